/** The queue of tasks as people and agents work it: by the command line, by MCP, side by side. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ClaimedTask, TaskDependencies } from "../../src/contract/task-calls.ts";
import type { LockView, TaskView } from "../../src/contract/tasks.ts";
import { overBridge, overHttp } from "../support/mcp.ts";
import { office } from "../support/office.ts";
import { type Product, product, until } from "../support/product.ts";
import { clientOf, launchScripted, terminalOf } from "../support/scripted.ts";

const PATIENCE_MS = 120_000;

const create = (world: Product, ...args: string[]) =>
  world.json<TaskView & { existing: boolean }>("task", "create", ...args);
const stateOf = async (world: Product, id: string) => (await clientOf(world).tasks.show(id)).state;

const TEAM_WORK = `
defaults: { labels: demo }
tasks:
  - { title: build, ref: build, type: code, locks: ["src/**"], prompt: "build it" }
  - { title: test, ref: test, type: test, needs: build }
  - { title: report, needs: [build, "test:run"] }
`;

test(
  "a person works the queue by the command line, from a file to the last task",
  async () => {
    const world = product();
    writeFileSync(path.join(world.folder, "tasks.yaml"), TEAM_WORK);
    const made = await world.json<TaskView[]>("task", "create", "--file", "tasks.yaml");
    expect(made.map(({ title, state }) => [title, state])).toEqual([
      ["build", "queued"],
      ["test", "blocked"],
      ["report", "blocked"],
    ]);
    const [build, check, report] = made.map(({ id }) => id);
    if (build === undefined || check === undefined || report === undefined) throw new Error("few");
    const watching = world.run("task", "watch", report);
    const claimed = await world.run("task", "claim", "--label", "demo");
    expect(claimed.stdout).toBe(`${build}  fence 1  build\n`);
    const overlapping = await create(world, "overlap", "--lock", "shared:src/api.ts");
    const [held] = await world.json<LockView[]>("lock", "list");
    expect(held).toMatchObject({
      task: build,
      glob: "src/**",
      waiting: [{ task: overlapping.id }],
    });
    const locked = await world.run("task", "claim", overlapping.id);
    expect(locked).toMatchObject({ code: 1, stderr: expect.stringContaining("lock list") });
    await world.json("task", "heartbeat", build, "--note", "half", "--percent", "50");
    const list = await world.run("task", "list", "--open");
    expect(list.stdout).toMatch(/claimed 50% .* build .* human .* half/);
    expect(list.stdout).toMatch(/1 queued, 1 claimed, 2 blocked\n$/);
    await world.json("task", "complete", build.slice(0, 20), "--result", '{"files":3}');
    const next = await world.json<ClaimedTask>("task", "claim", check);
    await world.json("task", "fail", next.task.id, "no such test", "--class", "permanent");
    expect(await stateOf(world, report), "its edge to test says run").toBe("queued");
    const deps = await world.json<TaskDependencies>("task", "deps", report);
    expect(deps.upstream.map(({ state }) => state)).toEqual(["done", "failed"]);
    const { fence } = await world.json<ClaimedTask>("task", "claim", report);
    await world.json("task", "complete", report, "--fence", String(fence), "--result", "reported");
    const watched = await watching;
    expect(watched.code).toBe(0);
    expect(watched.stdout.trim().split("\n").at(-1)).toBe(`${report}  done  "report"`);
    const shown = await world.run("task", "show", report);
    expect(shown.stdout).toContain("result:\nreported");
    const events = (await world.run("events")).stdout;
    for (const verb of ["created", "claimed", "progressed", "completed", "failed", "unblocked"])
      expect(events).toContain(`task.${verb}`);
  },
  PATIENCE_MS,
);

test(
  "whatever is wrong is told with the exit code it has, and with what to do",
  async () => {
    const world = product();
    const { id } = await create(world, "one", "--key", "k");
    expect((await create(world, "one", "--key", "k")).existing).toBe(true);
    writeFileSync(
      path.join(world.folder, "circle.json"),
      '[{"title":"a","ref":"a","needs":"b"},{"title":"b","ref":"b","needs":"a"}]',
    );
    const big = JSON.stringify({ x: "x".repeat(300_000) });
    writeFileSync(path.join(world.folder, "big.json"), big);
    const refusals: readonly (readonly [number, string, readonly string[]])[] = [
      [3, "not_found", ["task", "show", "task_ffff"]],
      [3, "not_found", ["task", "create", "x", "--needs", "task_ffff"]],
      [1, "state.conflict", ["task", "create", "two", "--key", "k"]],
      [2, "task.cycle", ["task", "create", "--file", "circle.json"]],
      [2, "task.cycle", ["task", "deps", id, "--on", id]],
      [2, "task.too_large", ["task", "create", "x", "--payload", "@big.json"]],
      [2, "task.bad_glob", ["task", "create", "x", "--lock", "../else"]],
      [2, "usage.invalid", ["task", "create", "x", "--label", "two words"]],
      [1, "task.wrong_state", ["task", "complete", id]],
      [1, "task.wrong_state", ["task", "retry", id]],
      [1, "task.wrong_state", ["task", "resume", id]],
      [1, "task.lease_lost", ["task", "complete", id, "--fence", "7"]],
    ];
    for (const [exit, code, words] of refusals) {
      const ran = await world.run(...words, "--json");
      const { ok, error }: { ok: boolean; error: { code: string; hint: string | null } } =
        JSON.parse(ran.stdout);
      expect({ words, ok, exit: ran.code, code: error.code }).toEqual({
        words,
        ok: false,
        exit,
        code,
      });
      expect({ words, hint: error.hint }).not.toEqual({ words, hint: null });
    }
    expect((await clientOf(world).tasks.list()).tasks, "nothing of all that was kept").toHaveLength(
      1,
    );
    const { fence } = await world.json<ClaimedTask>("task", "claim");
    const empty = await world.run("task", "claim");
    expect(empty).toMatchObject({ code: 3, stderr: expect.stringContaining("no task to claim") });
    await world.json("task", "cancel", id, "--reason", "not needed");
    const late = await world.run("task", "complete", id, "--fence", String(fence));
    expect(late).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is cancelled already, by human"),
    });
    await world.json("task", "retry", id);
    expect(await stateOf(world, id)).toBe("queued");
  },
  PATIENCE_MS,
);

test(
  "a waiting claim gets what comes, and keeps it until it is settled",
  async () => {
    const world = product();
    await world.json("daemon", "start");
    const claiming = world.run("task", "claim", "--wait", "60s", "--keep");
    const { id } = await create(world, "late", "--lease", "2s");
    const isClaimed = async () => (await stateOf(world, id)) === "claimed";
    await until(isClaimed, "it is claimed");
    const { lease } = await clientOf(world).tasks.show(id);
    const isRenewed = async () =>
      ((await clientOf(world).tasks.show(id)).lease?.until ?? 0) > (lease?.until ?? 0);
    await until(isRenewed, "its lease is renewed");
    await world.json("task", "complete", id);
    expect(await claiming).toMatchObject({ code: 0, stdout: `${id}  fence 1  late\n` });
  },
  PATIENCE_MS,
);

test(
  "what was exported is there once on another conductor, however often it is imported",
  async () => {
    const [here, there] = [product(), product()];
    writeFileSync(path.join(here.folder, "tasks.yaml"), TEAM_WORK);
    const [build] = await here.json<TaskView[]>("task", "create", "--file", "tasks.yaml");
    await here.json("task", "claim", build?.id ?? "");
    await here.json("task", "complete", build?.id ?? "");
    const { stdout } = await here.run("task", "export");
    expect(stdout.trim().split("\n")).toHaveLength(3);
    writeFileSync(path.join(there.folder, "tasks.jsonl"), stdout);
    const bring = () => there.json("task", "import", "tasks.jsonl");
    expect(await bring()).toEqual({ created: 2, existing: 0 });
    expect(await bring()).toEqual({ created: 0, existing: 2 });
    const { tasks } = await clientOf(there).tasks.list();
    expect(tasks.map(({ title, state }) => [title, state])).toEqual([
      ["report", "blocked"],
      ["test", "queued"],
    ]);
  },
  PATIENCE_MS,
);

test.each([
  ["over HTTP", overHttp],
  ["through the bridge", overBridge],
] as const)(
  "an agent works the queue by its tools alone, %s",
  async (_name, connect) => {
    const world = office();
    await launchScripted(world, "dev");
    const dev = await connect(world, "dev");
    writeFileSync(path.join(world.folder, "tasks.yaml"), TEAM_WORK.replace("labels: demo", ""));
    const made = await world.json<TaskView[]>("task", "create", "--file", "tasks.yaml");
    const { tools } = await dev.client.listTools();
    expect(tools.filter(({ name }) => name.endsWith("_task")).map(({ name }) => name)).toEqual([
      "claim_task",
      "update_task",
      "complete_task",
      "fail_task",
    ]);
    const listed: unknown = JSON.parse((await dev.call("list_tasks")).text);
    expect(listed).toMatchObject([{ state: "blocked" }, { state: "blocked" }, { state: "queued" }]);
    for (const { id, title } of made) {
      const given = await dev.call("claim_task");
      expect(given.text).toContain(`You hold task ${id}: "${title}"`);
      await dev.call("update_task", { note: `${title} goes on`, share: 0.5 });
      expect((await dev.call("complete_task", { result: `${title} is done` })).isError).toBe(false);
    }
    expect((await dev.call("claim_task")).text).toContain("no task for you");
    const { id } = await terminalOf(world, "dev");
    const { tasks } = await clientOf(world).tasks.list({ terminal: "dev" });
    expect(tasks).toMatchObject(
      made.toReversed().map(({ title }) => ({
        state: "done",
        attempt: 1,
        terminalId: id,
        result: { text: `${title} is done` },
      })),
    );
  },
  PATIENCE_MS,
);

test(
  "an agent in its pane works the queue by its own shell, without a fence; it creates and cancels nothing",
  async () => {
    const world = office();
    const first = await create(world, "first");
    const second = await create(world, "second");
    const [node, main] = ["node_modules/.bin/node", "dist/main.js"].map((file) =>
      path.resolve(import.meta.dirname, "../..", file),
    );
    const said = path.join(world.folder, "said");
    const work = `task() { ${node} ${main} task "$@" >> ${said} 2>&1; echo "exit $?" >> ${said}; }
task claim
task heartbeat ${first.id} --percent 50
task complete ${first.id} --result "by shell"
task complete ${second.id}
task cancel ${second.id}
task create third
`;
    writeFileSync(path.join(world.folder, "work.sh"), work);
    const rules = [{ match: "work", actions: [`sh sh ${world.folder}/work.sh`] }];
    const script = path.join(world.folder, "script.json");
    writeFileSync(script, JSON.stringify({ rules }));
    await launchScripted(world, "dev", ["--script", script]);
    await world.json("send", "dev", "--wait", "work the queue");
    const told = readFileSync(said, "utf8");
    expect([...told.matchAll(/^exit (\d)$/gm)].map(([, code]) => code)).toEqual([
      "0",
      "0",
      "0",
      "1",
      "4",
      "4",
    ]);
    expect(told).toContain(`${first.id}  fence 1  first`);
    const { id: terminalId } = await terminalOf(world, "dev");
    expect(await clientOf(world).tasks.show(first.id)).toMatchObject({
      state: "done",
      terminalId,
      result: { text: "by shell" },
    });
    expect(await stateOf(world, second.id)).toBe("queued");
  },
  PATIENCE_MS,
);

test(
  "two agents and a person empty the queue together, and nothing is done twice",
  async () => {
    const world = office();
    await launchScripted(world, "dev");
    await launchScripted(world, "lead");
    const lines = Array.from({ length: 60 }, (_, at) => JSON.stringify({ title: `task ${at}` }));
    writeFileSync(path.join(world.folder, "tasks.jsonl"), lines.join("\n"));
    await world.json("task", "create", "--file", "tasks.jsonl");
    const done: string[] = [];
    const agent = async (name: string): Promise<void> => {
      const speaker = await overHttp(world, name);
      for (;;) {
        const id = /task_[0-9a-f]{32}/.exec((await speaker.call("claim_task")).text)?.[0];
        if (id === undefined) return;
        await speaker.call("complete_task", { task: id, result: `${name} did it` });
        done.push(id);
      }
    };
    const person = async (): Promise<void> => {
      const { tasks } = clientOf(world);
      for (;;) {
        const claimed = await tasks.claim({});
        if (claimed === null) return;
        const { task, fence } = claimed;
        await tasks.complete(task.id, { fence, result: { text: "a person did it" } });
        done.push(task.id);
      }
    };
    await Promise.all([agent("dev"), agent("lead"), person()]);
    expect(new Set(done).size).toBe(60);
    expect(done).toHaveLength(60);
    const { states } = await clientOf(world).tasks.counts();
    expect(states).toMatchObject({ done: 60, queued: 0, claimed: 0, running: 0 });
    const { tasks } = await clientOf(world).tasks.list({ limit: 500 });
    expect(tasks.every(({ attempt }) => attempt === 1)).toBe(true);
    const byWhom = new Set(tasks.map(({ result }) => result?.["text"]));
    expect(byWhom).toEqual(new Set(["dev did it", "lead did it", "a person did it"]));
  },
  PATIENCE_MS,
);
