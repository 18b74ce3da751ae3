/** What a recording leaves under tests/golden; the same run again replaces its own files and no others. */
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LineSplitter, transcriptReaders } from "../../src/core/transcripts/index.ts";
import type { Recording } from "../../tests/core/providers/recordings.ts";
import type { Shot, Size } from "./pane.ts";
import { LABELS, type SceneName } from "./scenario.ts";

const GOLDEN = resolve(import.meta.dirname, "../../tests/golden");
const SCREENS = join(GOLDEN, "screens");
const MANIFEST = join(SCREENS, "manifest.jsonl");
/** A text in a session file that says no more when it is longer. */
const LONGEST_TEXT = 2_000;

export interface Version {
  readonly provider: string;
  readonly version: string;
}

type Row = Recording & { readonly version: string; readonly height: number };

export function writeScreen(of: Version, name: SceneName, size: Size, shot: Shot): Row {
  const label = LABELS[name];
  const state = `scripted-${name}`;
  const file = `${state}-${size.width}x${size.height}-01-v${of.version}`;
  const folder = [label.status, label.detail].filter(Boolean).join("-");
  const path = `${of.provider}/${folder}/${file}.txt`;
  const { title, command, dispatched } = shot;
  const row = { id: `${of.provider}/${file}`, ...of, state, title, ...label, dispatched, command };
  mkdirSync(dirname(join(SCREENS, path)), { recursive: true });
  writeFileSync(join(SCREENS, path), shot.text);
  writeFileSync(join(SCREENS, path.replace(/txt$/, "ansi")), shot.ansi);
  return { ...row, ...size, file: path };
}

/** Rows of the same name give way. */
export function listInManifest(rows: readonly Row[]): void {
  const fresh = new Map(rows.map((row) => [row.id, row]));
  const lines = readFileSync(MANIFEST, "utf8").trimEnd().split("\n");
  const kept = lines.filter((line) => {
    const { id }: Row = JSON.parse(line);
    return !fresh.has(id);
  });
  const all = [...kept, ...rows.map((row) => JSON.stringify(row))];
  writeFileSync(MANIFEST, `${all.join("\n")}\n`);
}

/** The longest session file, unless that version has a recording; what our reader says of it lies beside it. */
export function writeTranscript(of: Version, home: string, root: string): string | undefined {
  const folder = join(GOLDEN, "transcripts", of.provider, of.version);
  const make = transcriptReaders[of.provider];
  if (make === undefined || existsSync(folder)) return undefined;
  const files = globSync("**/*.{jsonl,json}", { cwd: join(home, root) });
  const [longest] = files
    .map((name) => join(home, root, name))
    .toSorted((one, other) => statSync(other).size - statSync(one).size);
  if (longest === undefined) return undefined;
  const text = readFileSync(longest, "utf8").replaceAll(home, "/home/dev");
  const lines = text.trimEnd().split("\n").map(shortened);
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  const reader = make();
  const events = [...new LineSplitter(0).push(bytes)].flatMap((line) => reader.read(line.text));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "session.jsonl"), bytes);
  const told = events.map((event) => JSON.stringify(event));
  writeFileSync(join(folder, "events.jsonl"), `${told.join("\n")}\n`);
  return folder;
}

function shortened(line: string): string {
  return JSON.stringify(JSON.parse(line), (_, value: unknown) =>
    typeof value === "string" && value.length > LONGEST_TEXT
      ? `${value.slice(0, LONGEST_TEXT)}…`
      : value,
  );
}
