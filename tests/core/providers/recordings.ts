/** The recordings under tests/golden/screens, with what each must be judged as. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Detection,
  detect,
  type ProviderDefinition,
  parseProvider,
} from "../../../src/core/providers/index.ts";

const ROOT = join(import.meta.dirname, "../../..");
export const SCREENS = join(ROOT, "tests/golden/screens");

export interface Recording {
  readonly id: string;
  readonly provider: string;
  readonly state: string;
  readonly file: string;
  readonly title: string;
  readonly status: string;
  readonly detail: string;
  readonly composer: string;
  readonly dispatched: boolean;
  readonly command: string;
  readonly width: number;
  /** Where the label that came with the recording is wrong; `why` says how that is known. */
  readonly corrected?: Partial<Pick<Recording, "status" | "detail" | "composer">>;
  /** The same for its coloured capture alone, which was taken a moment later. */
  readonly correctedAnsi?: Partial<Pick<Recording, "status" | "detail" | "composer">>;
}

export function recordings(provider: string): Recording[] {
  const lines = readFileSync(join(SCREENS, "manifest.jsonl"), "utf8").trim().split("\n");
  return lines
    .map((line): Recording => JSON.parse(line))
    .filter((recording) => recording.provider === provider);
}

export function shipped(name: string): ProviderDefinition {
  const file = join(ROOT, "providers", `${name}.yaml`);
  return parseProvider(readFileSync(file, "utf8"), file);
}

export function screenOf(recording: Recording, form: "ansi" | "txt"): string {
  return readFileSync(join(SCREENS, recording.file.replace(/txt$/, form)), "utf8");
}

export interface Mode {
  readonly form: "ansi" | "txt";
  readonly title: boolean;
}

/** What a recording was taken for, or undefined when it was judged right. */
export function misjudged(
  definition: ProviderDefinition,
  recording: Recording,
  { form, title }: Mode,
): string | undefined {
  const seen = detect(definition, {
    screen: screenOf(recording, form),
    command: recording.command,
    dispatched: recording.dispatched,
    ...(title ? { title: recording.title } : {}),
  });
  const corrected = form === "ansi" ? recording.correctedAnsi : undefined;
  const wanted = { ...recording, ...recording.corrected, ...corrected };
  const isRight =
    statusOf(wanted) === statusOf(seen) &&
    (wanted.composer === "unknown" || wanted.composer === seen.composer);
  return isRight
    ? undefined
    : `${recording.id}: ${statusOf(wanted)} ${wanted.composer}, seen ${statusOf(seen)} ${seen.composer} by ${seen.rule}`;
}

/** The recordings say `error` for a failed turn; a retry's cause does not matter while it is at work. */
function statusOf({ status, detail }: Pick<Recording, "status" | "detail"> | Detection): string {
  if (status === "error") return `idle(${detail})`;
  return status === "working" || detail === "" ? status : `${status}(${detail})`;
}
