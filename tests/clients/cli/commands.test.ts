import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "../../../src/clients/cli/commands.ts";
import { conductor, refusal } from "./support.ts";
import { approval, message, terminal, turn } from "./views.ts";

const T = "/api/v1/terminals";
const M = "/api/v1/messages";

test.each(Object.keys(COMMANDS).filter((name) => name !== "fake-agent"))(
  "%s --help has examples and exit codes and fits into 80 columns",
  async (name) => {
    const { code, stdout } = await conductor([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: conductor ${name}`);
    expect(stdout).toContain("Examples:\n  $ ");
    expect(stdout).toContain("Exit codes: 0 ok");
    const prose = stdout.split("Examples:")[0] ?? "";
    for (const line of prose.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  },
);

test("a mistyped command is told with the one that was meant", async () => {
  const { code, stderr } = await conductor(["lanch"]);
  expect(code).toBe(2);
  expect(stderr).toBe('error: there is no command "lanch"\nhint: did you mean: conductor launch\n');
});

test("--json is one envelope, for answers and for errors", async () => {
  const team = [terminal("dev")];
  const shown = await conductor(["ls", "--json"], { answers: { [`GET ${T}`]: team } });
  expect(JSON.parse(shown.stdout)).toEqual({ ok: true, data: team });
  const missing = refusal(404, "not_found", "no terminal is called x", "conductor ls");
  const failed = await conductor(["why", "x", "--json"], {
    answers: { [`GET ${T}/x/why`]: missing },
  });
  expect(failed.code).toBe(3);
  expect(JSON.parse(failed.stdout)).toEqual({
    ok: false,
    error: { code: "not_found", message: "no terminal is called x", hint: "conductor ls" },
  });
  expect(failed.stderr).toBe("");
});

test.each([
  [404, "not_found", 3],
  [403, "auth.refused", 4],
  [409, "approval.decided", 4],
  [400, "usage.invalid", 2],
  [409, "name.taken", 1],
])("a refusal %i %s ends with exit code %i and says what to do", async (status, code, exit) => {
  const answers = { [`POST ${T}/dev/rename`]: refusal(status, code, "no", "do that") };
  const ran = await conductor(["rename", "dev", "back"], { answers });
  expect(ran).toMatchObject({ code: exit, stdout: "", stderr: "error: no\nhint: do that\n" });
});

test("what an agent calls itself cannot repaint the terminal", async () => {
  const answers = { [`GET ${T}`]: [terminal("dev", { profile: "\x1b[2Jx\u202e" })] };
  const { stdout } = await conductor(["ls"], { answers });
  expect(stdout).toContain("\\x1b[2Jx\\u202e");
});

test("NO_COLOR and a pipe take the colours", async () => {
  const answers = { [`GET ${T}`]: [terminal("dev")] };
  expect((await conductor(["ls"], { answers, columns: 80 })).stdout).toContain("\x1b[");
  expect((await conductor(["ls"], { answers })).stdout).not.toContain("\x1b[");
  const env = { NO_COLOR: "1" };
  expect((await conductor(["ls"], { answers, columns: 80, env })).stdout).not.toContain("\x1b[");
});

test("send reads stdin for -, and the last line break is not part of it", async () => {
  const answers = { [`POST ${M}`]: [message("dev", { state: "queued" })] };
  const { calls, stdout } = await conductor(["send", "dev", "-"], { answers, stdin: "a\nb\n" });
  expect(calls.map(({ body }) => body)).toEqual([{ body: "a\nb", to: "dev" }]);
  expect(stdout).toBe("queued for dev  m_dev\n");
});

test("send --wait prints the answer alone, and fails with the turn", async () => {
  const good = message("dev", { turn: turn("completed", "42 tests pass") });
  const sent = { [`POST ${M}`]: [message("dev", { state: "queued" })] };
  const argv = ["send", "dev", "run them", "--wait"];
  expect(
    await conductor(argv, { answers: { ...sent, [`GET ${M}/m_dev/result`]: good } }),
  ).toMatchObject({ code: 0, stdout: "42 tests pass\n", stderr: "" });
  const bad = message("dev", { turn: turn("failed") });
  const ran = await conductor(argv, { answers: { ...sent, [`GET ${M}/m_dev/result`]: bad } });
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("dev: the turn failed") });
});

test("send --all --wait says whose answer is whose", async () => {
  const answers = {
    [`POST ${M}`]: [message("dev", { state: "queued" }), message("lead", { state: "queued" })],
    [`GET ${M}/m_dev/result`]: message("dev", { turn: turn("completed", "one") }),
    [`GET ${M}/m_lead/result`]: message("lead", { turn: turn("completed", "two") }),
  };
  const { stdout } = await conductor(["send", "--all", "what is it?", "--wait"], { answers });
  expect(stdout).toBe("dev:\none\n\nlead:\ntwo\n");
});

test("a message that nobody waits for any more is not lost, and its sender is told where it is", async () => {
  const answers = {
    [`POST ${M}`]: [message("dev", { state: "queued" })],
    [`GET ${M}/m_dev/result`]: { take: () => stop.abort() },
  };
  const stop = new AbortController();
  const { signal } = stop;
  const ran = await conductor(["send", "dev", "x", "--wait"], { answers, signal });
  expect(ran).toMatchObject({
    code: 130,
    stderr: "no longer waiting for dev; conductor inbox show m_dev\n",
  });
});

test("a verdict carries the hash of what was shown, and an agent's shell cannot give one", async () => {
  const asked = approval(7, "rm -rf build");
  const answers = {
    "GET /api/v1/approvals/7": asked,
    "POST /api/v1/approvals/a_7/verdict": { ...asked, state: "denied", decidedBy: "human" },
  };
  const argv = ["deny", "7", "--reason", "not today"];
  const { calls, stdout } = await conductor(argv, { answers });
  expect(calls.at(-1)?.body).toEqual({ verdict: "deny", hash: "hash-7", reason: "not today" });
  expect(stdout).toContain("denied by human");
  const env = { CONDUCTOR_TERMINAL_ID: "t_dev" };
  const refused = await conductor(["approve", "7"], { answers, env });
  expect(refused).toMatchObject({ code: 4, calls: [] });
});

test("a verdict finds the one question of an agent by its name, and refuses to choose among several", async () => {
  const one = approval(7, "npm test");
  const answers = {
    "GET /api/v1/approvals": [one],
    "POST /api/v1/approvals/a_7/verdict": { ...one, state: "approved", decidedBy: "human" },
  };
  expect(await conductor(["approve", "dev"], { answers })).toMatchObject({ code: 0 });
  const two = { "GET /api/v1/approvals": [one, approval(8, "rm x")] };
  const refused = await conductor(["approve", "dev"], { answers: two });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("7, 8") });
});

test("an approval's command is listed whole, with what cannot be seen spelled out", async () => {
  const answers = { "GET /api/v1/approvals": [approval(1, `echo ${"x".repeat(300)}\n\x1b[8mrm`)] };
  const { stdout } = await conductor(["approvals"], { answers, columns: 80 });
  expect(stdout).toContain("x".repeat(300));
  expect(stdout).toContain("    \\x1b[8mrm");
});

test("an approval shows the rule, what it would touch, the safer way, and who has spoken", async () => {
  const plain = approval(1, "rm -rf src");
  const about = {
    rules: ["default/delete"],
    targets: [
      { says: "deletes /w/src", path: "/w/src", place: "workspace", is: "folder", files: 2 },
    ],
    instead: "Commit it first",
  };
  const vote = { quorum: 2, denyThreshold: 1, yes: ["owner"], no: [] };
  const asked = { ...plain, action: { ...plain.action, ...about }, vote };
  const { stdout } = await conductor(["approvals"], {
    answers: { "GET /api/v1/approvals": [asked] },
  });
  for (const line of [
    "rule: default/delete",
    "does: deletes /w/src (in the workspace, 2 files)",
    "safer: Commit it first",
    "vote: 1 of 2 people said yes: owner",
  ])
    expect(stdout).toContain(`    ${line}\n`);
});

test("one approval is shown by its number, settled or not, with the risky part underlined", async () => {
  const asked = approval(7, "npm test && rm -rf src");
  const marks = [{ start: 12, end: 22 }];
  const settled = { ...asked, state: "denied", action: { ...asked.action, marks } };
  const { code, stdout } = await conductor(["approvals", "show", "7"], {
    answers: { "GET /api/v1/approvals/7": settled },
  });
  expect(code).toBe(0);
  expect(stdout).toContain("    npm test && rm -rf src\n                ^^^^^^^^^^\n");
});

test("--always sends how long the grant holds, and --for alone is refused", async () => {
  const asked = approval(7, "rm -rf build");
  const answers = {
    "GET /api/v1/approvals/7": asked,
    "POST /api/v1/approvals/a_7/verdict": { ...asked, state: "approved", decidedBy: "human" },
  };
  const always = await conductor(["approve", "7", "--always"], { answers });
  expect(always.calls.at(-1)?.body).toMatchObject({ verdict: "approve", grantMs: 604_800_000 });
  const once = await conductor(["approve", "7", "--once"], { answers });
  expect(once.calls.at(-1)?.body).toEqual({ verdict: "approve", hash: "hash-7" });
  expect(await conductor(["approve", "7", "--for", "1d"], { answers })).toMatchObject({ code: 2 });
});

test("init writes a team that launch finds, and never writes over one", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "conductor-init-"));
  const first = await conductor(["init"], { cwd });
  expect(first.stdout).toContain("wrote .ai/team.yaml");
  writeFileSync(join(cwd, ".ai/team.yaml"), "mine");
  expect((await conductor(["init"], { cwd })).stdout).toContain("kept  .ai/team.yaml");
  expect(readFileSync(join(cwd, ".ai/team.yaml"), "utf8")).toBe("mine");
  const none = { kept: [], failed: [], resumed: [], fresh: [] };
  const outcome = { session: "shop", launched: [terminal("dev")], ...none };
  const answers = { "POST /api/v1/teams": outcome };
  const ran = await conductor(["launch", "--no-panel"], { cwd, answers });
  expect(ran.calls.map(({ body }) => body)).toMatchObject([{ text: "mine" }]);
  expect(ran.stdout).toContain("launched  dev  scripted, idle\nnext      conductor attach dev\n");
});

test("an agent without a pane is talked to, not attached to", async () => {
  const launched = [terminal("dev", { connector: "headless", paneId: null })];
  const outcome = { session: "shop", launched, kept: [], failed: [], resumed: [], fresh: [] };
  const argv = ["launch", "--provider", "claude-code", "--connector", "headless"];
  const ran = await conductor(argv, { answers: { "POST /api/v1/terminals": outcome } });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain('\nnext      conductor send dev --wait "..."\n');
});

test("a try of notifications that tells nobody is no success", async () => {
  const ran = await conductor(["notify", "test"], {
    answers: { "POST /api/v1/notifications/test": [] },
  });
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain("nobody was told");
  expect(ran.stderr).toContain("conductor notify test desktop");
});

test("launch without anything to launch says what it needs, and an agent's flags do not fit a team", async () => {
  const nothing = await conductor(["launch"]);
  expect(nothing).toMatchObject({ code: 2, calls: [] });
  expect(nothing.stderr).toContain("there is no .ai/team.yaml here");
  const mixed = await conductor(["launch", "team.yaml", "--session", "x"]);
  expect(mixed).toMatchObject({ code: 2, stderr: expect.stringContaining("--session and a team") });
});

test("one agent of a team that cannot start fails the launch and leaves the others running", async () => {
  const failed = { name: "dev", code: "not_found", message: "no provider x", hint: "known: y" };
  const outcome = { session: "shop", launched: [], kept: [terminal("lead")], failed: [failed] };
  const cwd = mkdtempSync(join(tmpdir(), "conductor-launch-"));
  writeFileSync(join(cwd, "team.yaml"), "session: shop");
  const answers = { "POST /api/v1/teams": outcome };
  const ran = await conductor(["launch", "team.yaml", "--no-panel"], { cwd, answers });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toBe(
    [
      "session   shop",
      "runs      lead  scripted, idle",
      "failed    dev   no provider x (known: y)",
      "next      conductor attach lead",
      "",
    ].join("\n"),
  );
});

test("an inbox calls an agent that sent something by its name", async () => {
  const lead = terminal("lead");
  const sent = [message("dev", { from: `agent:${lead.id}` }), message("dev", { from: "human" })];
  const answers = { [`GET ${M}`]: sent, [`GET ${T}`]: [lead] };
  const { stdout } = await conductor(["inbox"], { answers });
  expect(stdout).toMatch(/ lead +dev /);
  expect(stdout).toMatch(/ human +dev /);
});

test("an inbox shows as much of an id as tells it apart", async () => {
  const all = ["m_0192abcd12347111", "m_0192abcd12347222"].map((id) => message("dev", { id }));
  const { stdout } = await conductor(["inbox"], { answers: { [`GET ${M}`]: all } });
  expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([
    "ID",
    "m_0192abcd123471",
    "m_0192abcd123472",
    "",
  ]);
});

test.each([
  ["logs", "dev", "-n", "many"],
  ["send", "dev", "x", "--ttl", "soon"],
  ["events", "--after", "x"],
  ["completion", "tcsh"],
  ["send", "dev"],
  ["send", "dev", " "],
  ["provider", "shw"],
])("%s %s %s %s is a usage error before anything is asked of the daemon", async (...argv) => {
  expect(await conductor(argv)).toMatchObject({ code: 2, stdout: "", calls: [] });
});

test("a log is printed in lines that are safe to show, and as JSON", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "conductor-log-")), "log");
  writeFileSync(file, "one\r\n\x1b[31mtwo\x1b[0m\x07\nthree\n");
  const answers = { [`GET ${T}/dev`]: terminal("dev", { logPath: file }) };
  expect((await conductor(["logs", "dev"], { answers })).stdout).toBe("one\ntwo\\x07\nthree\n");
  expect((await conductor(["logs", "dev", "-n", "1"], { answers })).stdout).toBe("three\n");
  const { stdout } = await conductor(["logs", "dev", "--json"], { answers });
  expect(JSON.parse(stdout).data).toEqual({ file, lines: ["one", "two\\x07", "three"] });
});

test("a broken config file is told with what was meant, and its keys can still be printed", async () => {
  const home = mkdtempSync(join(tmpdir(), "conductor-config-"));
  writeFileSync(join(home, "config.yaml"), "http: { prt: 1 }\n");
  const env = { CONDUCTOR_HOME: home };
  const shown = await conductor(["config", "show"], { env });
  expect(shown).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean port?") });
  expect(shown.stderr).toContain("config show --defaults");
  const defaults = await conductor(["config", "show", "--defaults"], { env });
  expect(defaults).toMatchObject({ code: 0, stdout: expect.stringContaining("port: 7373") });
});

test.each([
  ["waiting", 0, "conductor attach dev"],
  ["waiting", 1, "conductor approvals"],
  ["lost", 0, "conductor restart dev"],
] as const)(
  "why says what to do about %s with %i approvals",
  async (status, pendingApprovals, next) => {
    const shown = terminal("dev", { status, pendingApprovals });
    const answers = { [`GET ${T}/dev/why`]: { terminal: shown, evidence: [], delivery: null } };
    expect((await conductor(["why", "dev"], { answers })).stdout).toContain(`next:     ${next}\n`);
    const calm = { terminal: terminal("dev"), evidence: [], delivery: null };
    const { stdout } = await conductor(["why", "dev"], { answers: { [`GET ${T}/dev/why`]: calm } });
    expect(stdout).not.toContain("next:");
  },
);

test("guard check and policy explain mark what makes the verdict, as text and as offsets", async () => {
  const text = "npm test && rm -rf src";
  for (const command of [
    ["guard", "check"],
    ["policy", "explain"],
  ]) {
    const { stdout } = await conductor([...command, text]);
    expect(stdout.split("\n").slice(0, 2)).toEqual([text, "            ^^^^^^^^^^"]);
    const json = await conductor([...command, text, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ data: { marks: [{ start: 12, end: 22 }] } });
  }
});
