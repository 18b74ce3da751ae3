import { expect, test } from "vitest";
import type { HandoffView } from "../../../src/contract/handoffs.ts";
import { conductor } from "./support.ts";

const H = "/api/v1/handoffs";

function handoff(parts: Partial<HandoffView> = {}): HandoffView {
  return {
    id: "h_1",
    kind: "handoff",
    state: "running",
    from: "human",
    fromName: "human",
    profile: "developer",
    terminalId: "t_dev",
    terminalName: "developer-2",
    origin: "fresh",
    message: "fix it\nplease",
    key: null,
    parent: null,
    depth: 1,
    messageId: "m_1",
    question: null,
    result: null,
    error: null,
    createdAt: Date.now(),
    expiresAt: Date.now() + 60_000,
    settledAt: null,
    releasedAt: null,
    returned: null,
    ...parts,
  };
}
const over = { settledAt: Date.now() };
const done = handoff({ state: "done", result: { text: "it is fixed", source: "hook" }, ...over });
const error = { code: "pane.gone", message: "the worker dev is exited", screen: "oh no" };
const failed = handoff({ state: "failed", error, ...over });

test("handoff waits and prints the answer alone", async () => {
  const answers = { [`POST ${H}`]: handoff(), [`GET ${H}/h_1`]: done };
  const argv = ["handoff", "developer", "fix", "it", "--timeout", "5m", "--worktree", "fix"];
  const ran = await conductor(argv, { answers, cwd: "/src/shop", env: { PATH: "/bin" } });
  expect(ran).toMatchObject({ code: 0, stdout: "it is fixed\n", stderr: "" });
  expect(ran.calls[0]?.body).toMatchObject({
    kind: "handoff",
    to: "developer",
    message: "fix it",
    timeoutMs: 300_000,
    worktree: "fix",
    cwd: "/src/shop",
    env: { PATH: "/bin" },
  });
});

test("from an agent's pane the worker inherits from the agent, not from its shell", async () => {
  const answers = { [`POST ${H}`]: handoff(), [`GET ${H}/h_1`]: done };
  const env = { CONDUCTOR_TOKEN: "agent-token", LD_PRELOAD: "/tmp/x.so" };
  const { calls } = await conductor(["handoff", "dev", "fix it"], { answers, env });
  expect(calls[0]).toMatchObject({ token: "agent-token" });
  expect(Object.keys(Object(calls[0]?.body))).not.toContain("env");
  expect(Object.keys(Object(calls[0]?.body))).not.toContain("cwd");
});

test("a handoff that fails says why, with the last screen, and exits 1", async () => {
  const answers = { [`POST ${H}`]: handoff(), [`GET ${H}/h_1`]: failed };
  const ran = await conductor(["handoff", "--profile", "developer", "fix it"], { answers });
  expect(ran).toMatchObject({ code: 1, stdout: "" });
  expect(ran.stderr).toBe(
    "error: developer-2 (developer) failed: the worker dev is exited\nits screen showed last:\noh no\nhint: conductor handoffs show h_1\n",
  );
  const json = await conductor(["handoff", "dev", "fix it", "--json"], { answers });
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, data: { state: "failed" } });
});

test("a handoff that nobody waits for any more goes on, and its sender is told where it is", async () => {
  const stop = new AbortController();
  const answers = { [`POST ${H}`]: handoff(), [`GET ${H}/h_1`]: { take: () => stop.abort() } };
  const ran = await conductor(["handoff", "dev", "x"], { answers, signal: stop.signal });
  expect(ran.code).toBe(130);
  expect(ran.stderr).toContain("conductor handoffs result h_1 --wait");
});

test("assign reads its text from stdin and returns at once", async () => {
  const answers = { [`POST ${H}`]: handoff({ kind: "assignment", state: "requested" }) };
  const ran = await conductor(["assign", "dev", "-"], { answers, stdin: "a\nb\n" });
  expect(ran).toMatchObject({ code: 0, stdout: "assigned to developer-2 (developer)  h_1\n" });
  expect(ran.calls.map(({ body }) => body)).toMatchObject([
    { kind: "assignment", message: "a\nb" },
  ]);
});

test.each([[["handoff"]], [["handoff", "dev"]], [["assign", "dev", " "]]])(
  "%s is refused before anything is asked",
  async (argv) => {
    expect(await conductor(argv, { stdin: "" })).toMatchObject({ code: 2, calls: [] });
  },
);

test("handoffs lists, shows, and prints results, whatever bytes are in them", async () => {
  const hostile = handoff({ message: "\u001b[2Jx", ...over, state: "done", result: done.result });
  const answers = {
    [`GET ${H}`]: [hostile],
    [`GET ${H}/h_1`]: hostile,
    [`POST ${H}/h_1/cancel`]: handoff({ state: "cancelled" }),
  };
  const list = await conductor(["handoffs"], { answers });
  expect(list.stdout).toMatch(
    /^ID +FROM +TO +STATE +AGE +TEXT\nh_1 +human +developer-2 \(developer\) +done/,
  );
  expect(list.stdout).toContain("\\x1b[2Jx");
  const open = await conductor(["handoffs", "list", "--open", "--json"], { answers });
  expect(open.calls[0]?.query.get("open")).toBe("1");
  const shown = await conductor(["handoffs", "show", "h_1"], { answers });
  expect(shown.stdout).toContain("answer:\nit is fixed\n");
  const result = await conductor(["handoffs", "result", "h_1"], { answers });
  expect(result).toMatchObject({ code: 0, stdout: "it is fixed\n" });
  const cancelled = await conductor(["handoffs", "cancel", "h_1"], { answers });
  expect(cancelled.stdout).toBe("cancelled h_1\n");
});
