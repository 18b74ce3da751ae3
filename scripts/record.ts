/** `npm run record -- PROVIDER [VERSION]`: screens and session file of that version, played by a real CLI. */
import { parseArgs } from "node:util";
import { Lifetime } from "../src/base/lifetime.ts";
import { misjudged, shipped } from "../tests/core/providers/recordings.ts";
import * as pins from "../tests/support/agent-cli.ts";
import { openNamespace } from "../tests/support/netns.ts";
import { claudeCode } from "./record/claude-code.ts";
import { codex } from "./record/codex.ts";
import { copilot } from "./record/copilot.ts";
import { listInManifest, type Version, writeScreen, writeTranscript } from "./record/files.ts";
import { gemini } from "./record/gemini.ts";
import { opencode } from "./record/opencode.ts";
import type { Size } from "./record/pane.ts";
import { qwen } from "./record/qwen.ts";
import type { Scenario, Scene } from "./record/scenario.ts";
import { type Player, startPlayer } from "./record/stage.ts";

const SCENARIOS = [
  { scenario: claudeCode, pin: pins.claudeCode },
  { scenario: codex, pin: pins.codex },
  { scenario: gemini, pin: pins.gemini },
  { scenario: opencode, pin: pins.opencode },
  { scenario: qwen, pin: pins.qwen },
  { scenario: copilot, pin: pins.copilot },
];
const SIZES: readonly Size[] = [
  { width: 80, height: 24 },
  { width: 120, height: 40 },
  { width: 200, height: 60 },
];
const USAGE = `usage: npm run record -- PROVIDER [VERSION] [--only SCENE]… [--size WxH]…

  PROVIDER      ${SCENARIOS.map(({ pin }) => pin.name).join(", ")}
  VERSION       from the npm registry; without it the one that the tests run
  --only SCENE  record only this, but play all that comes before
  --size WxH    only this of ${SIZES.map(({ width, height }) => `${width}x${height}`).join(", ")}

Writes tests/golden/screens and, for a version that has none, tests/golden/transcripts. Look at each new screen
and at events.jsonl: a label is what the scenario meant, not what it saw. Exits 1 when a scene was missed.
`;

interface Asked {
  readonly scenario: Scenario;
  readonly of: Version;
  readonly sizes: readonly Size[];
  readonly only: ReadonlySet<string>;
}

interface Take {
  readonly rows: ReturnType<typeof writeScreen>[];
  readonly missed: string[];
}

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", multiple: true },
      size: { type: "string", multiple: true },
    },
  });
  const found = SCENARIOS.find(({ pin }) => pin.name === positionals[0]);
  if (found === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { scenario, pin } = found;
  const version = positionals[1] ?? pin.version;
  const installed = await pins.install({ ...pin, version });
  if (!installed.ok) throw new Error(installed.reason);
  const opened = await openNamespace();
  if (!opened.ok) throw new Error(opened.reason);
  const { namespace } = opened;
  const named = ({ width, height }: Size): boolean =>
    values.size === undefined || values.size.includes(`${width}x${height}`);
  const asked: Asked = {
    scenario,
    of: { provider: scenario.provider, version },
    sizes: SIZES.filter(named),
    only: new Set(values.only ?? scenario.scenes.map(({ name }) => name)),
  };
  try {
    return report(asked, await playAll(asked, installed.folder, namespace.enter));
  } finally {
    await namespace.close();
  }
}

async function playAll(asked: Asked, bin: string, enter: readonly string[]): Promise<Take> {
  const take: Take = { rows: [], missed: [] };
  for (const size of asked.sizes) {
    await Lifetime.run(async (lifetime) => {
      const player = await startPlayer(asked.scenario, bin, enter, size, lifetime);
      for (const scene of asked.scenario.scenes) await play(asked, player, size, scene, take);
      const folder = writeTranscript(asked.of, player.home, asked.scenario.transcripts);
      if (folder !== undefined) console.log(`wrote ${folder}`);
    });
  }
  return take;
}

async function play(asked: Asked, player: Player, size: Size, scene: Scene, take: Take) {
  const where = `${scene.name} at ${size.width}x${size.height}`;
  try {
    for (const step of scene.reach) await player.take(step);
    if (asked.only.has(scene.name))
      take.rows.push(writeScreen(asked.of, scene.name, size, player.shot()));
    for (const step of scene.leave) await player.take(step);
    console.log(`played ${where}`);
  } catch (error) {
    console.error(`missed ${where}: ${error instanceof Error ? error.message : String(error)}`);
    take.missed.push(where);
  }
}

function report({ of }: Asked, { rows, missed }: Take): number {
  listInManifest(rows);
  const definition = shipped(of.provider);
  const modes = [
    { form: "ansi", title: true },
    { form: "txt", title: true },
    { form: "txt", title: false },
  ] as const;
  console.log(`\n${of.provider} ${of.version}: ${rows.length} screens, ${missed.length} missed`);
  for (const mode of modes) {
    const wrong = rows.flatMap((row) => misjudged(definition, row, mode) ?? []);
    const how = `${mode.form}, ${mode.title ? "with" : "without"} its title`;
    console.log(`${how}: ${rows.length - wrong.length} of ${rows.length} judged right`);
    for (const line of wrong) console.log(`  ${line}`);
  }
  return missed.length === 0 ? 0 : 1;
}
