/** One pane of a private tmux server, looked at again and again: no CLI says when it has drawn. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Lifetime } from "../../src/base/lifetime.ts";
import type { Step } from "./scenario.ts";

const SETTINGS = "set -g status off\nset -g remain-on-exit on\nset -g escape-time 10\n";
const UNTIL_MS = 60_000;
const STILL_MS = 700;
const REST_MS = 8_000;
const LOOK_MS = 100;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Text and colours are of one moment. */
export interface Shot {
  readonly ansi: string;
  readonly text: string;
  readonly title: string;
  readonly command: string;
  /** It has been given a prompt. */
  readonly dispatched: boolean;
}

export interface Seat {
  /** The words that enter the namespace. */
  readonly enter: readonly string[];
  readonly size: Size;
  readonly work: string;
  readonly command: readonly string[];
}

export function openPane({ enter, size, work, command }: Seat, lifetime: Lifetime): Pane {
  const folder = mkdtempSync(join(tmpdir(), "cnr-"));
  lifetime.own(() => rmSync(folder, { recursive: true, force: true }));
  const pane = new Pane(folder, [...enter, "tmux", "-L", "conductor-record"]);
  const settings = join(folder, "tmux.conf");
  writeFileSync(settings, SETTINGS);
  const place = ["-x", String(size.width), "-y", String(size.height), "-c", work];
  pane.tmux("-f", settings, "new-session", "-d", ...place, "--", ...command);
  lifetime.own(() => void pane.tmux("kill-server"));
  return pane;
}

class Pane {
  readonly #folder: string;
  readonly #command: readonly string[];
  #dispatched = false;

  constructor(folder: string, command: readonly string[]) {
    this.#folder = folder;
    this.#command = command;
  }

  tmux(...args: readonly string[]): string {
    const [file = "tmux", ...words] = this.#command;
    const path = process.env["PATH"];
    const env = { HOME: this.#folder, PATH: path, TMUX_TMPDIR: this.#folder, LANG: "C.UTF-8" };
    return execFileSync(file, [...words, ...args], { encoding: "utf8", env, stdio: "pipe" });
  }

  shot(): Shot {
    const ansi = this.tmux("capture-pane", "-p", "-e");
    const title = this.#told("pane_title");
    const command = this.#told("pane_current_command");
    const text = stripVTControlCharacters(ansi);
    return { ansi, text, title, command, dispatched: this.#dispatched };
  }

  async take(step: Exclude<Step, { kind: "release" }>): Promise<void> {
    switch (step.kind) {
      case "until":
        return this.#until(() => step.shows.test(this.#seen()), String(step.shows));
      case "end":
        return this.#until(() => this.#told("pane_dead") === "1", "its end");
      case "rest":
        return this.#rest();
      case "send":
        return this.#send(step.text);
      case "type":
        this.tmux("send-keys", "-l", step.text);
        return after(STILL_MS);
      case "press":
        this.tmux("send-keys", step.key);
        return after(STILL_MS);
    }
  }

  #told(variable: string): string {
    return this.tmux("display-message", "-p", `#{${variable}}`).replace(/\n$/, "");
  }

  #seen(): string {
    const { title, text } = this.shot();
    return `${title}\n${text}`;
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    for (const late = Date.now() + UNTIL_MS; !holds(); await after(LOOK_MS))
      if (Date.now() > late) throw new Error(`not seen: ${what}\n${this.#seen().trimEnd()}`);
  }

  /** Also returns when it never rests. */
  async #rest(): Promise<void> {
    let last = "";
    let since = Date.now();
    for (const late = since + REST_MS; Date.now() < late; await after(LOOK_MS)) {
      const seen = this.#seen();
      if (seen !== last) since = Date.now();
      else if (Date.now() - since > STILL_MS) return;
      last = seen;
    }
  }

  async #send(text: string): Promise<void> {
    const file = join(this.#folder, "text");
    writeFileSync(file, text);
    this.tmux("load-buffer", file);
    this.tmux("paste-buffer", "-p", "-d");
    await this.#rest();
    this.tmux("send-keys", "Enter");
    this.#dispatched = true;
  }
}
