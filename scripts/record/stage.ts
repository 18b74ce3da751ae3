/** Where a recorded CLI plays: a home of its own, nothing but loopback, a scripted model, a private tmux server. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Lifetime } from "../../src/base/lifetime.ts";
import { shipped } from "../../tests/core/providers/recordings.ts";
import { startModel } from "../../tests/support/model-process.ts";
import { openPane, type Shot, type Size } from "./pane.ts";
import type { Scenario, Step } from "./scenario.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Below the system's temporary folder Codex makes no helper for its sandbox. */
const HOMES = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "agent-conductor");

export interface Player {
  readonly home: string;
  take(step: Step): Promise<void>;
  shot(): Shot;
}

/** The CLI in `bin`, ready to be typed to. */
export async function startPlayer(
  scenario: Scenario,
  bin: string,
  enter: readonly string[],
  size: Size,
  lifetime: Lifetime,
): Promise<Player> {
  mkdirSync(HOMES, { recursive: true });
  const home = mkdtempSync(join(HOMES, "record-"));
  lifetime.own(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  lifetime.own(() => endAllOf(home));
  const work = join(home, "shop");
  mkdirSync(work);
  writeFileSync(join(work, "app.ts"), "export const a = 1;\n");
  const model = await startModel(enter, join(home, "model.jsonl"));
  lifetime.own(() => model.stop());
  const stage = { home, work, port: model.port };
  scenario.answerFirstRun(stage);
  const path = [bin, join(ROOT, "node_modules/.bin"), "/usr/local/bin", "/usr/bin", "/bin"];
  const own = {
    HOME: home,
    PATH: path.join(":"),
    LANG: "C.UTF-8",
    SHELL: "/bin/bash",
    TERM: "tmux-256color",
    COLORTERM: "truecolor",
    ...scenario.env(stage),
  };
  const variables = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const command = [
    "env",
    "-i",
    ...variables,
    join(bin, shipped(scenario.provider).command),
    ...scenario.args,
  ];
  const pane = openPane({ enter, size, work, command }, lifetime);
  await pane.take({ kind: "until", shows: scenario.ready });
  await pane.take({ kind: "rest" });
  return {
    home,
    shot: () => pane.shot(),
    take: async (step) => (step.kind === "release" ? model.release() : pane.take(step)),
  };
}

/** What the CLI left behind outlives its pane. */
function endAllOf(home: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, "utf8").includes(`HOME=${home}\0`))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
}
