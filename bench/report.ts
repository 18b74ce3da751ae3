import type { Machine } from "./machine.ts";
import type { Result } from "./result.ts";

export interface Report {
  readonly machine: Machine;
  readonly results: readonly Result[];
}

const HEAD = ["measure", "channel", "value", "target", "baseline", "value to baseline", "met"];

export function textTable({ results }: Report): string {
  const rows = [HEAD, ...results.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

export function markdown(report: Report): string {
  const { machine } = report;
  const row = (values: readonly string[]) => `| ${values.join(" | ")} |`;
  return [
    "# Measures",
    "",
    "Written by `npm run bench -- --write docs/bench.md`; product and baselines are measured in the same run.",
    "",
    `${machine.cores} cores (${machine.cpu}), ${machine.system}, Node ${machine.node}, tmux ${machine.tmux}, agent-conductor ${machine.version}, ${machine.date}. Load ${machine.load} before, ${machine.loadAfter} after (the bench itself makes some); each measure is the least disturbed of up to four tries.`,
    "",
    row(HEAD),
    row(HEAD.map(() => "---")),
    ...report.results.map((result) => row(cells(result))),
    "",
    "- *status*: from an agent having drawn its new state to a client of the event stream hearing of it, 100 scripted agents that each begin or end a turn once a second. Baseline: `tmux capture-pane` spawned for every pane every 500 ms, four at a time, with no rules to judge by. CPU in percent of one core, of the daemon or the poller with their children.",
    "- *flood*: the same of 90 agents, while 10 others write 1 MB/s each.",
    "- *handoff*: from the call to the answer, less the worker's own turn (0.3 s): an idle worker that is taken again, and one that is launched for it (without its CLI's boot).",
    "- *submit*: a queued message, from its agent having drawn that it is idle to its having taken the message in; and a message to an idle agent, from the call.",
    "- *transcript*: from a line that an agent's CLI writes into its session file to a client of the event stream knowing of its new state, while nothing is drawn.",
    "- *launch*: a team of 50, from the request to the answer, all rows committed. Baseline: one `tmux` invocation that makes a session of the same windows, with the same launch scripts, options and logs.",
    "- *message*: 100 kB, checked by hash. Paste: until the last byte is in the app, against `tmux load-buffer` and `tmux paste-buffer` spawned. Whole: stored, typed into a composer seen empty, seen there, submitted; beside it the same two and `tmux send-keys Enter`, which store and look at nothing.",
    "- *restart*: from the start of a new daemon after `kill -9` until it knows 100 agents and a change of one of them is heard.",
    "- *memory*: what the daemon holds more (resident) with 100 busy agents than with none, each; all it holds with a team of 24; and the Node processes that run under their panes, whose agents are none themselves.",
    "- *guard*: parse, analysis and decision by the shipped policy for the commands of `tests/golden/commands/dev.jsonl`, in one process that has judged before.",
    "- *queue*: one caller, or sixteen at a time; mean time per task, each with its event and hash at `synchronous=FULL`. Baselines: the same rows, indexes and hashes in one transaction each in Postgres with its default durability, and pg-boss on the same server; left out where they are not installed (`npm run bench -- --help`). And the claim alone while 100,000 wait.",
    "- *task*: what the daemon takes for a task that an agent does at once: from its creation to its prompt and from its turn's end to its being done, without delivery and what collects its evidence.",
    "- *tasks*: tasks of scripted agents of which some are killed, and the daemon too: how many were not done exactly once. And the daemon's memory at rest, after a forced collection, by a line through its readings in as many tasks more.",
    "- *cli*: from spawning to exit, medians of interleaved runs. Baseline: `node -e 0` of the same Node.",
    "",
  ].join("\n");
}

function cells(result: Result): string[] {
  const { baseline, unit } = result;
  return [
    result.name,
    result.channel ?? "",
    `${shown(result.value)} ${unit}`,
    `≤ ${shown(result.target)} ${unit}`,
    baseline === undefined ? "" : `${shown(baseline)} ${unit}`,
    baseline === undefined ? "" : ratio(result.value, baseline),
    result.met ? "yes" : "NO",
  ];
}

function ratio(value: number, baseline: number): string {
  return value * 2 < baseline ? `1/${shown(baseline / value)}` : `${shown(value / baseline)}×`;
}

function shown(value: number): string {
  return Number.isNaN(value) ? "-" : String(Number(value.toPrecision(3)));
}
