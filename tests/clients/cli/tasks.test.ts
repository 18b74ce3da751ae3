import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shortIds } from "../../../src/clients/cli/task-text.ts";
import type { TaskCounts } from "../../../src/contract/task-calls.ts";
import type { LockView, TaskView } from "../../../src/contract/tasks.ts";
import type { Call } from "../../support/stub-daemon.ts";
import { conductor, refusal } from "./support.ts";
import { task, terminal } from "./views.ts";

const T = "/api/v1/tasks";

const none = { queued: 0, claimed: 0, running: 0, blocked: 0, waiting: 0 };
const over = { done: 0, failed: 0, cancelled: 0, dead: 0 };
const counts = (states: Partial<TaskCounts["states"]>): TaskCounts => ({
  states: { ...none, ...over, ...states },
  groups: [],
});
const page = (...tasks: TaskView[]) => ({ tasks, next: null });
const bodiesOf = (calls: readonly Call[], path: string) =>
  calls.filter((call) => call.path === path && call.method === "POST").map(({ body }) => body);

test("create says all of a task, and prints its id first", async () => {
  const folder = mkdtempSync(join(tmpdir(), "conductor-test-"));
  const cwd = join(folder, "src");
  mkdirSync(join(folder, ".git"));
  mkdirSync(cwd);
  writeFileSync(join(cwd, "how.md"), "do it well");
  const argv = ["task", "create", "fix it", "--type", "test", "-l", "ts", "-l", "fast"];
  const more = ["--priority", "-3", "--needs", "task_1:run", "--lock", "shared:src/**"];
  const rest = [
    "--payload",
    '{"pr":7}',
    "--prompt",
    "@how.md",
    "--key",
    "k",
    "--capability",
    "code",
  ];
  const row = { id: "ag_1", name: "fixer", refused: [], score: null, asks: false };
  const routing = { picked: null, outcome: "nobody", why: "no agent fits: …", table: [row] };
  const answers = {
    [`POST ${T}`]: [{ task: task(), existing: false }],
    [`GET ${T}/task_1/why`]: { routing },
  };
  const ran = await conductor([...argv, ...more, ...rest, "--check", "npm test"], { answers, cwd });
  expect(ran).toMatchObject({
    code: 0,
    stdout: "task_1  queued  fix it\n",
    stderr: "nobody registered can take it: no agent fits: …\n",
  });
  expect(bodiesOf(ran.calls, T)).toMatchObject([
    {
      tasks: [
        {
          title: "fix it",
          type: "test",
          labels: ["ts", "fast"],
          capabilities: ["code"],
          priority: -3,
          dependsOn: [{ task: "task_1", onFailed: "run" }],
          locks: [{ kind: "path", glob: "src/**", mode: "shared" }],
          payload: { pr: 7 },
          prompt: "do it well",
          key: "k",
          project: folder,
          execution: { cwd, check: "npm test" },
        },
      ],
    },
  ]);
});

test("create --file is one call, and each task gets the folder where it was asked for", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "conductor-test-"));
  mkdirSync(join(cwd, ".git"));
  const stdin = "- { title: a, ref: a }\n- { title: b, needs: a, execution: { cwd: /else } }\n";
  const made = [
    { task: task({ title: "a" }), existing: false },
    { task: task({ id: "task_2", title: "b", state: "blocked" }), existing: true },
  ];
  const ran = await conductor(["task", "create", "--file", "-"], {
    answers: { [`POST ${T}`]: made },
    stdin,
    cwd,
  });
  expect(ran.stdout).toBe("task_1  queued  a\ntask_2  blocked  b  (it was there)\n");
  expect(bodiesOf(ran.calls, T)).toMatchObject([
    { tasks: [{ project: cwd, execution: { cwd } }, { execution: { cwd: "/else" } }] },
  ]);
});

test.each([
  [["create"], /a title is missing/],
  [["create", " "], /a title is missing/],
  [["create", "x", "--payload", "[1]"], /no JSON object/],
  [["create", "x", "--type", "song"], /one of code, review/],
  [["create", "x", "--file", "tasks.yaml"], /all of a task stands in the file/],
  [["create", "--file", "tasks.yaml", "--label", "x"], /all of a task stands in the file/],
  [["list", "--state", "queued,lost"], /one of queued, claimed/],
  [["fail", "task_1"], /missing required argument/],
])("task %j is refused before anything is asked", async (words, told) => {
  const ran = await conductor(["task", ...words]);
  expect(ran).toMatchObject({ code: 2, calls: [] });
  expect(ran.stderr).toMatch(told);
});

test("a file that is not there is not found", async () => {
  expect(await conductor(["task", "create", "--file", "nowhere.yaml"])).toMatchObject({
    code: 3,
    calls: [],
    stderr: expect.stringMatching(/nowhere.yaml cannot be read.*\nhint: name a file/),
  });
});

test("list shows states, holders and notes, and counts; hostile titles cannot repaint", async () => {
  const held = { owner: "agent:t_dev", until: Date.now() + 9_000 };
  const shown = page(
    task({ id: "task_b", state: "running", lease: held, progress: { share: 0.5, note: "half" } }),
    task({ id: "task_a", title: "\x1b[2Jx", state: "blocked", openDependencies: 2 }),
  );
  const answers = {
    [`GET ${T}`]: shown,
    [`GET ${T}/counts`]: counts({ running: 1, blocked: 1, done: 7 }),
    "GET /api/v1/terminals": [terminal("dev")],
  };
  const ran = await conductor(["task", "list", "--state", "running,blocked", "-l", "ts"], {
    answers,
  });
  expect(ran.stdout).toMatch(/^ID +STATE +PRI/);
  expect(ran.stdout).toMatch(/task_b +running 50% .* dev +0s +half/);
  expect(ran.stdout).toContain("\\x1b[2Jx");
  expect(ran.stdout).toContain("waits for 2 others");
  expect(ran.stdout).toMatch(/1 running, 1 blocked, 7 done\n$/);
  const asked = ran.calls.find(({ path }) => path === T)?.query;
  expect(Object.fromEntries(asked ?? [])).toMatchObject({ state: "running,blocked", label: "ts" });
  const json = await conductor(["task", "list", "--json"], { answers });
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: true,
    data: { tasks: [{ id: "task_b" }, { id: "task_a" }], counts: { done: 7 } },
  });
});

test("show prints result, evidence and what hangs on it", async () => {
  const digest = "ab".repeat(32);
  const proof = { kind: "tests", summary: "42 passed", blob: digest, bytes: 12, data: {} } as const;
  const done = task({
    state: "done",
    result: { text: "it is fixed", passed: 42 },
    evidence: [{ ...proof, attempt: 1, at: 1 }],
  });
  const edge = { task: "task_0", title: "first", state: "done", onFailed: "run", isOpen: false };
  const answers = {
    [`GET ${T}/task_1`]: done,
    [`GET ${T}/task_1/dependencies`]: { upstream: [edge], downstream: [] },
  };
  const { stdout } = await conductor(["task", "show", "task_1"], { answers });
  expect(stdout).toContain('result:\nit is fixed\n{\n  "passed": 42\n}');
  expect(stdout).toMatch(
    /evidence:\ntests +attempt 1 {2}42 passed {2}\[12 bytes, sha256 abababababab\]/,
  );
  expect(stdout).toMatch(/depends on:\n +task_0 {2}done {2}first \(run if it fails\)/);
});

test("claim prints id and fence; nothing to claim is exit code 3, and says why", async () => {
  const lease = { owner: "human", until: Date.now() + 60_000 };
  const claimed = { task: task({ state: "claimed", fence: 4, lease }), fence: 4 };
  const ran = await conductor(["task", "claim", "--label", "ts"], {
    answers: { [`POST ${T}/claim`]: claimed },
  });
  expect(ran.stdout).toBe("task_1  fence 4  fix it\n");
  expect(bodiesOf(ran.calls, `${T}/claim`)).toEqual([{ labels: ["ts"] }]);
  const empty = { take: (response: ServerResponse) => void response.writeHead(204).end() };
  const answers = { [`POST ${T}/claim`]: empty, [`GET ${T}/counts`]: counts({ queued: 2 }) };
  const nothing = await conductor(["task", "claim"], { answers });
  expect(nothing.code).toBe(3);
  expect(nothing.stderr).toMatch(/no task to claim \(2 queued\)\nhint: none that is queued suits/);
});

const lease = (owner: string) => ({ owner, until: Date.now() + 60_000 });

test("a person writes what a person holds without saying the fence, in another's place only with it", async () => {
  const own = task({ state: "running", fence: 2, lease: lease("human") });
  const done = task({ state: "done" });
  const at = `${T}/task_1/complete`;
  const argv = ["task", "complete", "task_1", "--result"];
  const answers = { [`GET ${T}/task_1`]: own, [`POST ${at}`]: done };
  const ran = await conductor([...argv, "all pass"], { answers });
  expect(ran.stdout).toBe("task_1 is done\n");
  expect(bodiesOf(ran.calls, at)).toEqual([{ fence: 2, result: { text: "all pass" } }]);
  const theirs = task({ state: "running", fence: 2, lease: lease("agent:t_dev") });
  const refused = await conductor([...argv, "x"], { answers: { [`GET ${T}/task_1`]: theirs } });
  expect(refused).toMatchObject({ code: 4 });
  expect(refused.stderr).toContain("--fence 2");
  const forced = await conductor([...argv, '{"n":1}', "--fence", "2"], { answers });
  expect(bodiesOf(forced.calls, at)).toEqual([{ fence: 2, result: { n: 1 } }]);
});

test("in an agent's pane no fence is asked for or sent", async () => {
  const at = `${T}/task_1/heartbeat`;
  const env = { CONDUCTOR_TERMINAL_ID: "t_dev", CONDUCTOR_TOKEN: "agent-token" };
  const answers = { [`POST ${at}`]: task({ state: "running" }) };
  const argv = ["task", "heartbeat", "task_1", "--note", "half", "--percent", "50"];
  const { calls } = await conductor(argv, { answers, env });
  expect(calls).toMatchObject([
    { token: "agent-token", body: { progress: { note: "half", share: 0.5 } } },
  ]);
});

test("who settles what nobody holds is told to claim it", async () => {
  const answers = { [`GET ${T}/task_1`]: task() };
  const ran = await conductor(["task", "complete", "task_1"], { answers });
  expect(ran).toMatchObject({ code: 1 });
  expect(ran.stderr).toContain("hint: conductor task claim task_1");
});

test("a lost lease is told with what to do", async () => {
  const answers = {
    [`POST ${T}/task_1/fail`]: refusal(409, "task.lease_lost", "the lease 1 is lost", "stop"),
  };
  const argv = ["task", "fail", "task_1", "it", "broke", "--fence", "1", "--class", "permanent"];
  const ran = await conductor(argv, { answers });
  expect(ran).toMatchObject({ code: 1, stderr: "error: the lease 1 is lost\nhint: stop\n" });
  expect(ran.calls[0]?.body).toEqual({ fence: 1, message: "it broke", class: "permanent" });
});

test("claim --keep renews the lease until the task is over", async () => {
  const held = task({ state: "running", fence: 1, leaseMs: 30, lease: lease("human") });
  let shows = 0;
  const show = (response: ServerResponse) => {
    shows += 1;
    const now = shows < 3 ? held : task({ state: "done", fence: 1 });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(now));
  };
  const answers = {
    [`POST ${T}/claim`]: { task: held, fence: 1 },
    [`GET ${T}/task_1`]: { take: show },
    [`POST ${T}/task_1/heartbeat`]: held,
  };
  const ran = await conductor(["task", "claim", "--keep"], { answers });
  expect(ran.code).toBe(0);
  expect(bodiesOf(ran.calls, `${T}/task_1/heartbeat`)).toEqual([{ fence: 1 }, { fence: 1 }]);
});

test("watch of one task tells each change and ends with it", async () => {
  const states = [
    task({ state: "running", progress: { share: 0.5, note: "half" } }),
    task({
      state: "failed",
      error: { class: "permanent", code: "x", message: "no", upstream: null },
    }),
  ];
  const answers = {
    [`GET ${T}/task_1`]: {
      take: (response: ServerResponse) => {
        const now = states.length > 1 ? states.shift() : states[0];
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(now));
      },
    },
    "GET /api/v1/events": {
      take: (response: ServerResponse) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        for (const seq of [1, 2]) response.write(`id: ${seq}\ndata: {"seq":${seq}}\n\n`);
      },
    },
  };
  const ran = await conductor(["task", "watch", "task_1"], { answers });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toBe('task_1  failed  "fix it": no\n');
  expect(ran.stderr).toContain("hint: conductor task show task_1");
});

test("watch elsewhere than on a terminal is one line for each event of a task", async () => {
  const stop = new AbortController();
  const event = (seq: number, type: string, data: object) =>
    `id: ${seq}\ndata: ${JSON.stringify({ seq, id: "e", time: 0, type, subject: "task_1", actor: "human", data })}\n\n`;
  let connects = 0;
  const stream = (response: ServerResponse) => {
    connects += 1;
    if (connects > 1) return stop.abort();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(event(1, "message.queued", {}));
    response.write(event(2, "task.created", { title: "fix \x1bit" }));
    return response.end(event(3, "task.requeued", { title: "fix it", message: "it broke" }));
  };
  const answers = { "GET /api/v1/events": { take: stream } };
  const ran = await conductor(["task", "watch"], { answers, signal: stop.signal });
  expect(ran.stdout).toBe(
    '00:00:00  task_1  created     "fix \\x1bit"  human\n00:00:00  task_1  requeued    "fix it"  human  it broke\n',
  );
});

test("export writes the oldest first over all pages; import creates what is open", async () => {
  const line = (id: string) => ({ ...task({ id }), ref: id, dependsOn: [] });
  const pages = [
    { tasks: [line("task_3"), line("task_2")], next: 2 },
    { tasks: [line("task_1")], next: null },
  ];
  const answers = {
    [`GET ${T}/export`]: {
      take: (response: ServerResponse) => {
        const body = JSON.stringify(pages.shift());
        response.writeHead(200, { "content-type": "application/json" }).end(body);
      },
    },
  };
  const { stdout, calls } = await conductor(["task", "export", "--open"], { answers });
  expect(
    stdout
      .trim()
      .split("\n")
      .map((each) => JSON.parse(each).id),
  ).toEqual(["task_1", "task_2", "task_3"]);
  expect(calls.map(({ query }) => query.get("before"))).toEqual([null, "2"]);
  const made = {
    [`POST ${T}`]: [
      { task: task(), existing: false },
      { task: task(), existing: true },
    ],
  };
  const ran = await conductor(["task", "import", "-"], { answers: made, stdin: stdout });
  expect(ran.stdout).toBe("1 created, 1 were there\n");
  expect(bodiesOf(ran.calls, T)).toMatchObject([{ tasks: [{ key: "import:task_1" }, {}, {}] }]);
});

test("lock list shows who holds what, and who waits for it", async () => {
  const held: LockView = {
    kind: "path",
    glob: "src/**",
    mode: "exclusive",
    project: "/w",
    task: "task_1",
    title: "fix it",
    owner: "agent:t_dev",
    since: Date.now(),
    waiting: [{ kind: "path", glob: "src/a.ts", mode: "shared", task: "task_2", title: "read it" }],
  };
  const answers = { "GET /api/v1/locks": [held], "GET /api/v1/terminals": [terminal("dev")] };
  const { stdout } = await conductor(["lock", "list"], { answers });
  expect(stdout).toMatch(
    /src\/\*\* +exclusive +task_1 +fix it +dev +0s\n +src\/a.ts +waits +task_2 +read it\n/,
  );
  const empty = await conductor(["lock", "list"], { answers: { "GET /api/v1/locks": [] } });
  expect(empty.stdout).toBe("no locks are held\n");
});

test("watch on a terminal draws bars, and NO_COLOR takes their colours", async () => {
  const drawn = async (env: Record<string, string>) => {
    const stop = new AbortController();
    const running = task({ state: "running", progress: { share: 0.5, note: "half" } });
    const answers = {
      [`GET ${T}`]: page(running),
      [`GET ${T}/counts`]: counts({ running: 1, done: 1 }),
      "GET /api/v1/events": { take: () => stop.abort() },
    };
    const world = { answers, columns: 100, signal: stop.signal, env };
    return (await conductor(["task", "watch"], world)).stdout;
  };
  const coloured = await drawn({});
  expect(coloured).toContain(
    "tasks  [\x1b[32m███████████████\x1b[0m\x1b[36m▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒\x1b[0m]  50%  1/2",
  );
  const plain = await drawn({ NO_COLOR: "1" });
  expect(plain).toContain("tasks  [███████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒]  50%  1/2");
  expect(plain).toContain("[███████████████···············]  50%  fix it");
  expect(plain).toMatch(/1 running, 1 done/);
  expect(plain).toMatch(/task_1 +running 50% .* half/);
});

test("80 columns show ids whole, and leave out what is the same everywhere", async () => {
  const ids = ["task_0199abcdef0171aa", "task_0199abcdef0171bb"];
  const title = "say in the guide how a worktree is given to each of them";
  const waits = { reason: "given back: the machine it ran on was shut down over night" };
  const tasks = ids.map((id) => task({ id, title, ...waits }));
  const answers = { [`GET ${T}`]: page(...tasks), [`GET ${T}/counts`]: counts({ queued: 2 }) };
  const plain = (
    await conductor(["task", "list"], { answers, columns: 80, env: { NO_COLOR: "1" } })
  ).stdout;
  expect(plain).toMatch(/^ID +STATE +TITLE +AGE +NOTE$/m);
  expect(plain).toMatch(/^task_0199abcdef0171a +queued +say in the guide .* given back.*…$/m);
  expect(plain).toMatch(/^task_0199abcdef0171b /m);
  const full = tasks.map((each) => ({
    ...each,
    labels: ["documentation", "nightly"],
    priority: 100,
    type: "research" as const,
    state: "running" as const,
    progress: { share: 0.5, note: "half of the pages were read by now" },
    lease: { owner: "a-person-of-a-long-name", until: Date.now() + 9_000 },
  }));
  const most = { ...answers, [`GET ${T}`]: page(...full) };
  const dense = (
    await conductor(["task", "list"], { answers: most, columns: 80, env: { NO_COLOR: "1" } })
  ).stdout;
  expect(dense).toMatch(/^ID +S.* PRI .*TI.*$/m);
  expect(dense).toMatch(/^task_0199abcdef0171a /m);
  for (const line of `${plain}${dense}`.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const piped = (await conductor(["task", "list"], { answers })).stdout;
  expect(piped).toMatch(/^ID +STATE +PRI +TYPE +TITLE +LABELS +HOLDER +AGE +NOTE$/m);
});

test("watch of one task on a terminal leaves its end behind", async () => {
  const answers = {
    [`GET ${T}/task_1`]: task({ state: "done" }),
    [`GET ${T}/task_1/dependencies`]: { upstream: [], downstream: [] },
    "GET /api/v1/events": { take: () => undefined },
  };
  const { code, stdout } = await conductor(["task", "watch", "task_1"], { answers, columns: 80 });
  expect(code).toBe(0);
  expect(stdout).toMatch(/\x1b\[\?1049l.*task_1 {2}done {2}"fix it"\n$/s);
});

test("ids are shown as far as they differ", () => {
  const ids = ["task_0199abcdef0171aa", "task_0199abcdef0171bb"];
  expect([...shortIds(ids).values()]).toEqual(["task_0199abcdef0171a", "task_0199abcdef0171b"]);
  expect([...shortIds(["task_0199abcdef0171aa"]).values()]).toEqual(["task_0199abcdef01"]);
  expect(shortIds([]).size).toBe(0);
});
