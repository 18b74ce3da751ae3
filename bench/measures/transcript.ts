import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { type Listening, listen } from "../product-status.ts";
import { atMost, type Result } from "../result.ts";
import { percentile } from "../stats.ts";
import type { World } from "../world.ts";

const RUNS = 100;
const QUICK_RUNS = 10;
const MOST_MS = 100;
const HEARD_MS = 5_000;
const PAUSE_MS = 30;

/** A CLI that shows nothing and writes its session down: we write it in its place. */
export function installWritingProvider(world: World): void {
  const text = [
    "name: writing",
    "displayName: a bench's",
    "verified: false",
    "command: sh",
    'args: [-c, "exec sleep 100000"]',
    "systemPrompt: []",
    "ready: { timeoutMs: 600000 }",
    "foreground: [sleep, sh]",
    "exit: { keys: [C-c] }",
    "transcript: { format: claude-code, root: { folder: .writing }, path: session.jsonl }",
  ];
  writeFileSync(join(world.paths.providers, "writing.yaml"), `${text.join("\n")}\n`);
}

/** From a line in an agent's session file to a client of the event stream knowing of its new state. */
export async function measureTranscript(bench: Bench): Promise<Result[]> {
  const { world, isQuick, say, signal } = bench;
  const { channel } = (await world.client().status()).tmux;
  const folder = join(world.home, ".writing");
  const file = join(folder, "session.jsonl");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, "");
  const { launched, failed } = await world.client().launch({
    provider: "writing",
    name: "writing",
    session: "writing",
    cwd: world.home,
    env: { ...world.env },
  });
  const [agent] = launched;
  if (agent === undefined) throw new Error(failed[0]?.message ?? "nothing was launched");
  const listening = await listen(world, signal);
  const known: Record<"working" | "idle", number[]> = { working: [], idle: [] };
  try {
    for (let run = 0; run < (isQuick ? QUICK_RUNS : RUNS); run += 1) {
      for (const mode of ["working", "idle"] as const) {
        const at = performance.timeOrigin + performance.now();
        appendFileSync(file, linesOf(mode, run));
        known[mode].push((await heardOf({ listening, bench }, agent.id, { mode, at })) - at);
        await sleep(PAUSE_MS, undefined, { signal });
      }
    }
  } finally {
    await listening.stop();
    await world.client().stop(agent.id, { force: true });
  }
  const late = (samples: readonly number[]) =>
    [0.5, 0.95, 1].map((share) => percentile(samples, share).toFixed(1)).join(" / ");
  say(`  p50 / p95 / max: a prompt ${late(known.working)} ms, an end ${late(known.idle)} ms`);
  const p95 = (name: string, samples: readonly number[]) =>
    atMost({ name, value: percentile(samples, 0.95), unit: "ms", channel }, MOST_MS);
  return [
    p95("transcript: a prompt's line to working, p95", known.working),
    p95("transcript: an end's line to idle, p95", known.idle),
  ];
}

function linesOf(mode: "working" | "idle", run: number): string {
  const timestamp = new Date().toISOString();
  const line = (fields: object) => `${JSON.stringify({ ...fields, timestamp })}\n`;
  if (mode === "working") return line({ type: "user", message: { content: `do ${run}` } });
  const content = [{ type: "text", text: "an answer\n".repeat(200) }];
  const usage = { input_tokens: 100, output_tokens: 50 };
  const message = { id: `msg_${run}`, model: "scripted", content, usage, stop_reason: "end_turn" };
  return line({ type: "assistant", message }) + line({ type: "system", subtype: "turn_duration" });
}

async function heardOf(
  { listening, bench }: { readonly listening: Listening; readonly bench: Bench },
  key: string,
  { mode, at }: { readonly mode: string; readonly at: number },
): Promise<number> {
  for (;;) {
    const found = listening.heard.findLast((one) => one.key === key && one.at >= at);
    if (found?.mode === mode) return found.at;
    if (performance.timeOrigin + performance.now() - at > HEARD_MS)
      throw new Error(`nobody heard that the agent is ${mode}`);
    await sleep(1, undefined, { signal: bench.signal });
  }
}
