import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import type { Key } from "../../core/terminals/index.ts";
import { deleteBuffer, loadBuffer, pasteBuffer, pressKeys, typeText } from "./commands.ts";
import type { SessionLink } from "./link.ts";
import { sanitizePaste } from "./sanitize.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_TYPED_BYTES = 1024;
/** A program that is busy reads late, and takes for one what it then finds together. */
const ESCAPE_MS = 300;
const KEYS = /^(Enter|Escape|Up|Down|Left|Right|Tab|BTab|Space|BSpace|C-c|C-u|C-d|C-q|y|n|[0-9])$/;

export interface PasteJob {
  readonly paneId: string;
  readonly text: string;
  readonly keepLineFeeds: boolean;
  /** The app asked for it; tmux itself puts the brackets. */
  readonly isBracketed: boolean;
}

export interface PastePorts {
  readonly link: SessionLink;
  readonly runtimeDir: string;
  /** tmux 3.7 and later rewrites pasted bytes unless told not to. */
  readonly needsRawFlag: boolean;
}

/** Puts the text into the pane: short plain text as keys, all else through a buffer of its own. */
export async function pasteText(ports: PastePorts, job: PasteJob): Promise<void> {
  const text = sanitizePaste(job.text);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > MAX_MESSAGE_BYTES) {
    const message = `a text of ${sizeBytes} bytes is over ${MAX_MESSAGE_BYTES}`;
    throw new ConductorError("message.too_large", message);
  }
  if (text === "") return;
  const isTyped = !job.isBracketed && sizeBytes <= MAX_TYPED_BYTES && !text.includes("\n");
  if (isTyped) await ports.link.run([typeText(job.paneId, text)]);
  else await pasteByFile(ports, job, text);
}

async function pasteByFile(ports: PastePorts, job: PasteJob, text: string): Promise<void> {
  // Buffers without a name of their own race between agents.
  const buffer = `cnd-${randomUUID()}`;
  const path = join(ports.runtimeDir, buffer);
  await writeFile(path, text, { mode: 0o600, flag: "wx" });
  try {
    const flags = { keepLineFeeds: job.keepLineFeeds, raw: ports.needsRawFlag };
    await ports.link.run([loadBuffer(buffer, path), pasteBuffer(buffer, job.paneId, flags)]);
  } catch (error) {
    await ports.link.run([deleteBuffer(buffer)]).catch(() => undefined);
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

export async function pressAllowed(
  link: SessionLink,
  clock: Clock,
  paneId: string,
  keys: readonly Key[],
): Promise<void> {
  const wrong = keys.find((key) => !KEYS.test(key));
  if (wrong !== undefined) {
    throw new ConductorError("usage.invalid", `"${wrong}" is not a key that may be pressed`);
  }
  for (const [at, together] of apart(keys).entries()) {
    if (at > 0) await pause(clock, ESCAPE_MS);
    await link.run([pressKeys(paneId, together)]);
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(delayMs, resolve);
  return promise;
}

/** What follows an Escape at once makes another key with it, Alt and that: each begins a press of its own. */
function apart(keys: readonly Key[]): Key[][] {
  const presses: Key[][] = [];
  for (const [at, key] of keys.entries()) {
    const last = presses.at(-1);
    if (last === undefined || keys[at - 1] === "Escape") presses.push([key]);
    else last.push(key);
  }
  return presses;
}
