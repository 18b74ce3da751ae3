import { expect, test } from "vitest";
import { api } from "../../src/contract/api/index.ts";
import { actorOf, admit, authenticate, deciderOf, digest } from "../../src/daemon/auth.ts";
import { guardRequest, type RequestFacts } from "../../src/daemon/http/guard.ts";

const agents = new Map([[digest("agent-secret"), "t_1"]]);
const people = new Map([
  [digest("alice-secret"), { name: "alice", scope: "human" as const }],
  [digest("board-secret"), { name: "board", scope: "read" as const }],
]);
const tokens = {
  human: "human-secret",
  terminalOf: (hash: string) => agents.get(hash),
  bearerOf: (hash: string) => people.get(hash),
};

test("a token tells a human from an agent, and nothing else gets in", () => {
  expect(authenticate("Bearer human-secret", tokens)).toEqual({ kind: "human" });
  const alice = authenticate("Bearer alice-secret", tokens);
  expect([actorOf(alice), deciderOf(alice)]).toEqual(["human", "human:alice"]);
  expect(deciderOf({ kind: "human" })).toBe("human");
  expect(actorOf(authenticate("Bearer board-secret", tokens))).toBe("read:board");
  expect(actorOf(authenticate("Bearer agent-secret", tokens))).toBe("agent:t_1");
  for (const header of [
    undefined,
    "",
    "Bearer ",
    "Bearer nope",
    "human-secret",
    `Bearer ${"x".repeat(300)}`,
  ]) {
    expect(() => authenticate(header, tokens)).toThrow(/token/);
  }
});

test("an agent is refused what only a human may do", () => {
  expect(() => admit({ kind: "agent", terminalId: "t_1" }, api.decideApproval)).toThrow(
    "an agent cannot decide approvals",
  );
});

const local: RequestFacts = {
  host: "127.0.0.1:7373",
  origin: undefined,
  fetchSite: undefined,
  overUnixSocket: false,
};

test.each<[string, Partial<RequestFacts>]>([
  ["a rebound host", { host: "evil.example:7373" }],
  ["another port of this machine", { host: "127.0.0.1:8080" }],
  ["no host", { host: undefined }],
  ["a page of another origin", { origin: "http://evil.example" }],
  ["a page on another loopback port", { origin: "http://127.0.0.1:8080" }],
  ["an opaque origin", { origin: "null" }],
  ["a malformed origin", { origin: "\u0000:::" }],
  ["a same-site page", { fetchSite: "same-site" }],
])("%s is refused", (_claim, over) => {
  expect(() => guardRequest({ ...local, ...over }, 7373)).toThrow(/host|origin|site/);
});

test("the daemon's own page and its unix socket pass", () => {
  expect(() =>
    guardRequest({ ...local, origin: "http://127.0.0.1:7373", fetchSite: "same-origin" }, 7373),
  ).not.toThrow();
  expect(() =>
    guardRequest({ ...local, host: "conductor", overUnixSocket: true }, 7373),
  ).not.toThrow();
});
