import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseExport, parseTaskFile } from "../../../src/clients/cli/task-file.ts";
import { dependenciesFirst } from "../../../src/clients/cli/task-transfer.ts";
import { factsOf, groupOf, lockOf, needOf } from "../../../src/clients/cli/task-words.ts";
import { type NewTask, newTask } from "../../../src/contract/tasks.ts";

test("a list in YAML: texts stand for locks, needs and single labels", () => {
  const text = `
- { title: build, ref: build, locks: ["src/**", "shared:docs/"], labels: ts }
- { title: test, needs: [build, "task_1:run"] }
`;
  const [build, check] = parseTaskFile(text, "tasks.yaml");
  expect(build).toMatchObject({
    labels: ["ts"],
    locks: [
      { kind: "path", glob: "src/**", mode: "exclusive" },
      { kind: "path", glob: "docs/", mode: "shared" },
    ],
  });
  expect(check?.dependsOn).toEqual([
    { task: "build", onFailed: "skip" },
    { task: "task_1", onFailed: "run" },
  ]);
});

test("the file that docs/tasks.md shows is read", () => {
  const page = readFileSync("docs/tasks.md", "utf8");
  const [, text = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const [build, check, report] = parseTaskFile(text, "tasks.yaml");
  expect(build).toMatchObject({ ref: "build", execution: { worktree: true }, group: { limit: 2 } });
  expect(check?.execution.check).toBe("npm test");
  expect(report?.dependsOn.map(({ onFailed }) => onFailed)).toEqual(["skip", "run"]);
});

test("what stands under defaults is each task's own, unless it says otherwise", () => {
  const text =
    "defaults: { type: test, priority: 5 }\ntasks:\n  - title: a\n  - { title: b, priority: 1 }\n";
  expect(parseTaskFile(text, "tasks.yaml")).toMatchObject([
    { title: "a", type: "test", priority: 5 },
    { title: "b", type: "test", priority: 1 },
  ]);
});

test("JSON and JSON Lines say the same", () => {
  const one = '{"title":"a","ref":"x"}';
  const two = '{"title":"b","needs":"x"}';
  const list = parseTaskFile(`[${one},${two}]`, "tasks.json");
  expect(parseTaskFile(`${one}\n\n${two}\n`, "tasks.jsonl")).toEqual(list);
  expect(list[1]?.dependsOn).toEqual([{ task: "x", onFailed: "skip" }]);
});

test.each([
  ["- { title: a }\n- { titel: b }\n", "tasks.yaml", /^tasks.yaml:2: 1.titel.*did you mean title/],
  ["tasks:\n- { title: a }\n- { title: '' }\n", "tasks.yaml", /^tasks.yaml:3: tasks.1.title/],
  ["tasks: [{ title: a }]\nmore: 1\n", "tasks.yaml", /^tasks.yaml:2: more/],
  [
    "- { title: a, ref: x }\n- { title: b, ref: x }\n",
    "tasks.yaml",
    /^tasks.yaml:2: 1.ref: another task/,
  ],
  ['{"title":"a"}\n{"title":"b","type":"song"}\n', "tasks.jsonl", /^tasks.jsonl:2: 1.type/],
  ['{"title":"a"}\n\nnonsense\n', "tasks.jsonl", /^tasks.jsonl:3: /],
  ["", "tasks.yaml", /^tasks.yaml:1: /],
  ["[]", "tasks.json", /no task is in it/],
])("what is wrong is told with file, line and field: %j", (text, file, told) => {
  expect(() => parseTaskFile(text, file)).toThrow(told);
});

test("ten thousand lines are read within two seconds", () => {
  const lines = Array.from({ length: 10_000 }, (_, at) => JSON.stringify({ title: `task ${at}` }));
  const began = performance.now();
  expect(parseTaskFile(lines.join("\n"), "tasks.jsonl")).toHaveLength(10_000);
  expect(performance.now() - began).toBeLessThan(2_000);
});

const exported = (ref: string, state: string, dependsOn: readonly object[] = []): string =>
  JSON.stringify({
    ...parseTaskFile(`- { title: ${ref} }`, "x.yaml")[0],
    id: ref,
    ref,
    state,
    dependsOn,
    runAt: 5,
    attempt: 1,
    openDependencies: 0,
    fence: 3,
    result: null,
    error: null,
    evidence: [],
    progress: null,
    reason: null,
    lease: null,
    terminalId: null,
    agentId: null,
    createdBy: "human",
    createdAt: 1,
    updatedAt: 2,
    startedAt: null,
    finishedAt: null,
  });

test("an import takes what is open, and what is over holds nothing up", () => {
  const text = [
    exported("task_a", "done"),
    exported("task_b", "running"),
    exported("task_c", "blocked", [
      { task: "task_a", onFailed: "skip" },
      { task: "task_b", onFailed: "run" },
      { task: "task_elsewhere", onFailed: "skip" },
    ]),
  ].join("\n");
  const open = parseExport(text, "tasks.jsonl", false);
  expect(open).toMatchObject([
    { title: "task_b", key: "import:task_b", ref: "task_b", runAt: 5 },
    {
      title: "task_c",
      dependsOn: [
        { task: "task_b", onFailed: "run" },
        { task: "task_elsewhere", onFailed: "skip" },
      ],
    },
  ]);
  expect(parseExport(text, "tasks.jsonl", true)).toHaveLength(3);
});

test("words of a person: locks, needs, groups, results", () => {
  expect(lockOf("src/**")).toEqual({ kind: "path", glob: "src/**", mode: "exclusive" });
  expect(lockOf("shared:module:auth")).toEqual({ kind: "module", glob: "auth", mode: "shared" });
  expect(lockOf("a:b")).toMatchObject({ glob: "a:b" });
  expect(needOf("task_1")).toEqual({ task: "task_1", onFailed: "skip" });
  expect(needOf("build:fail")).toEqual({ task: "build", onFailed: "fail" });
  expect(needOf("ns:build")).toEqual({ task: "ns:build", onFailed: "skip" });
  expect(groupOf("api")).toEqual({ key: "api", limit: 1 });
  expect(groupOf("a:b:3")).toEqual({ key: "a:b", limit: 3 });
  expect(factsOf('{"n":1}')).toEqual({ n: 1 });
  expect(factsOf("[1]")).toEqual({ text: "[1]" });
});

test("an import of thousands puts each behind what it depends on", () => {
  const on = (ref: string, ...needs: string[]) =>
    newTask.parse({ title: ref, ref, dependsOn: needs.map((task) => ({ task })) });
  const order = (tasks: NewTask[]) => dependenciesFirst(tasks).map(({ title }) => title);
  expect(order([on("c", "b"), on("b", "a", "d"), on("a"), on("d", "elsewhere")])).toEqual([
    "d",
    "a",
    "b",
    "c",
  ]);
  const chain = Array.from({ length: 20_000 }, (_, at) => on(`${at}`, `${at + 1}`));
  expect(order(chain)).toEqual(chain.map(({ title }) => title).toReversed());
  const circle = [on("a", "b"), on("b", "a")];
  expect(order(circle), "the daemon says what is wrong with it").toHaveLength(2);
});
