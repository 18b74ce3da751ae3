import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import type { Agent, Fleet } from "../fleet.ts";
import { PasteStage } from "../paste-stage.ts";
import { atMost, atMostShare, type Result } from "../result.ts";
import { median } from "../stats.ts";

const RUNS = 25;
const QUICK_RUNS = 7;
const BYTES = 100_000;
const PAUSE_MS = 100;
const MOST_MS = 100;

/** Words, marks and characters of several bytes; never the same twice. */
function longText(run: number): string {
  const line = (index: number) => `${run}.${index} “é漢🙂”\t'$x' \\ ;{}#%~ -\n`;
  let text = "";
  for (let index = 0; Buffer.byteLength(text) < BYTES - 100; index += 1) text += line(index);
  return text.padEnd(text.length + BYTES - Buffer.byteLength(text), "x");
}

/** A long text as it comes to an app, and as a whole message to an agent. */
export async function measureMessage(bench: Bench): Promise<Result[]> {
  return [await pasted(bench), await delivered(bench)];
}

async function pasted({ world, say, signal, isQuick }: Bench): Promise<Result> {
  const stage = await PasteStage.open(world);
  const ours: number[] = [];
  const raw: number[] = [];
  try {
    for (let run = 0; run < (isQuick ? QUICK_RUNS : RUNS); run += 1) {
      const text = longText(run);
      ours.push(await stage.timed(text, () => stage.paste(text)));
      await sleep(PAUSE_MS, undefined, { signal });
      raw.push(await stage.timed(text, () => stage.spawnedPaste(text)));
      await sleep(PAUSE_MS, undefined, { signal });
    }
  } finally {
    await stage[Symbol.asyncDispose]();
  }
  say(`  pasted: ours ${median(ours).toFixed(1)} ms, spawned ${median(raw).toFixed(1)} ms`);
  const { channel } = stage;
  const value = median(ours);
  const figure = { name: "message: 100 kB in the app, byte-exact", value, unit: "ms", channel };
  return atMostShare(figure, 1, median(raw));
}

async function delivered(bench: Bench): Promise<Result> {
  const { world, say, signal } = bench;
  const fleet = await bench.fleet();
  const { channel } = (await world.client().status()).tmux;
  const [one, other] = fleet.agents;
  if (one === undefined || other === undefined) throw new Error("no agents");
  const ours: number[] = [];
  const raw: number[] = [];
  for (let run = 0; run < (bench.isQuick ? QUICK_RUNS : RUNS); run += 1) {
    const text = longText(run);
    const send = () => world.client().send({ to: one.id, body: text, mode: "when-idle" });
    ours.push(await submitted(fleet, one, text, send));
    await sleep(PAUSE_MS * 5, undefined, { signal });
    raw.push(await submitted(fleet, other, text, () => spawned(bench, other, text)));
    await sleep(PAUSE_MS * 5, undefined, { signal });
  }
  say(`  whole: ours ${median(ours).toFixed(1)} ms, spawned ${median(raw).toFixed(1)} ms`);
  const value = median(ours);
  const figure = { name: "message: 100 kB sent and submitted", value, unit: "ms", channel };
  // It stores first, looks before and after, and waits for the disk three times: no share of a bare paste.
  return { ...atMost(figure, MOST_MS), baseline: median(raw) };
}

/** The naive way: three processes, nothing stored, nothing looked at. */
async function spawned({ world }: Bench, agent: Agent, text: string): Promise<void> {
  await world.pasteSpawned(agent.paneId, text);
  await world.tmux("send-keys", "-t", agent.paneId, "Enter");
}

async function submitted(
  fleet: Fleet,
  agent: Agent,
  text: string,
  send: () => Promise<unknown>,
): Promise<number> {
  const taken = fleet.next(agent, "working");
  const from = performance.timeOrigin + performance.now();
  await send();
  const at = await taken;
  await fleet.next(agent, "idle");
  const last = readFileSync(agent.receipts, "utf8").trim().split("\n").at(-1) ?? "{}";
  const receipt: { sha256?: string } = JSON.parse(last);
  if (receipt.sha256 !== hash(text)) throw new Error("the message did not arrive as it was sent");
  return at - from;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
