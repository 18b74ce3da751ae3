import * as fc from "fast-check";
import { expect, test } from "vitest";
import { redact, redactAll } from "../../../src/core/policy/index.ts";

// Put together here, so that no scanner takes the file itself for a leak.
const long = "Ab1".repeat(14);
const SECRETS: readonly (readonly [text: string, secret: string])[] = [
  [`aws --id AKIA${"Z7".repeat(8)} s3 ls`, "Z7Z7Z7Z7Z7Z7"],
  [`git clone https://x:ghp_${long}@github.com/a/b`, long],
  [`curl -H 'Authorization: Bearer ${long}' https://a`, long],
  [`curl -H "X-Api-Key: hunter22" https://a`, "hunter22"],
  [`curl -u dev:hunter22 https://a`, "hunter22"],
  [`curl 'https://a/?token=hunter22'`, "hunter22"],
  [`curl -d '{"password": "hunter22"}' https://a`, "hunter22"],
  [`psql postgres://dev:hunter22@db/shop`, "hunter22"],
  [`redis-cli -u redis://:hunter22@cache`, "hunter22"],
  [`DB_PASSWORD=hunter22 npm test`, "hunter22"],
  [`export API_KEY="hun ter\\"22"; ls`, "ter"],
  [`API_KEY="a"hunter22'b' npm test`, "hunter22"],
  [`docker run -e SECRET_TOKEN=hunter22 app`, "hunter22"],
  [`env "MY_SECRET=hunter22" app`, "hunter22"],
  [`tool --password hunter22`, "hunter22"],
  [`tool --db-password='hunter 22'`, "hunter 22"],
  [`sshpass -p hunter22 ssh a`, "hunter22"],
  [`mysql -u root -phunter22 shop`, "hunter22"],
  [`echo sk-ant-${long}`, long],
  [`echo npm_${long}`, long],
  [`echo xoxb-${long}`, long],
  [`echo sk_live_${long}`, long],
  [`echo ey${long}.ey${long}.${long}`, `.ey${long}`],
  [`echo '-----BEGIN RSA PRIVATE KEY-----\n${long}\n-----END RSA PRIVATE KEY-----'`, long],
];

test.each(SECRETS)("of %j the secret is taken out", (text, secret) => {
  expect(redact(text)).not.toContain(secret);
  expect(redact(text)).toContain("[redacted]");
});

test.each([
  "npm test -- --reporter=dot",
  "git log --author=me -n 3",
  "docker run -u 1000:1000 app:latest",
  "curl https://example.com:8443/a/b?page=2",
  "rm -rf src/tokens && cat docs/password.md",
  "ssh -p 2222 dev@host",
])("%j stays as it is", (text) => {
  expect(redact(text)).toBe(text);
});

test("what was redacted once is not changed by a second time", () => {
  const texts = SECRETS.map(([text]) => redact(text));
  expect(texts.map(redact)).toEqual(texts);
  const parts = fc.constantFrom(
    "TOKEN",
    "=",
    '"',
    "'",
    " ",
    ":",
    "//",
    "@",
    "--password",
    "-u",
    "x",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 20 }), (words) => {
      const once = redact(words.join(""));
      expect(redact(once)).toBe(once);
    }),
    { examples: [[["TOKEN", "=", '"', '"', "TOKEN"]]], numRuns: 1_000 },
  );
});

test("secrets deep in a value are found, and all else is kept", () => {
  const value = { a: [1, null, true, { b: "A_TOKEN=hunter22" }], c: "plain" };
  expect(redactAll(value)).toEqual({
    a: [1, null, true, { b: "A_TOKEN=[redacted]" }],
    c: "plain",
  });
});

// biome-ignore format: one a line tells no more.
const PIECES = [
  "TOKEN", "A_TOKEN", "ey-", "ey.ey", "://", "://a:", 'TOKEN="', "TOKEN='", '\\"', "--password ",
  "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "PRIVATE KEY", "token:", "token: ", "Bearer ",
  "mysql ", " -u ", " -u a", "--a-", "sk-", "=", "x", " ", '"', "'", "_", "api-key",
];

test.each(PIECES)("%j many times over takes no longer than its length asks for", (piece) => {
  const text = `A${piece.repeat(Math.ceil(60_000 / piece.length))}`;
  const from = performance.now();
  redact(text);
  redact(`TOKEN=${text}`);
  expect(performance.now() - from).toBeLessThan(1_000);
});
