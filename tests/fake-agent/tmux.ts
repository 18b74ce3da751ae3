import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const launcher = join(import.meta.dirname, "../support/run-fake-agent.ts");

export interface Receipt {
  readonly sha256: string;
  readonly text: string;
  readonly chars: number;
}

/** A private tmux server with a home of its own; every question is about its current pane. */
export class Stage implements Disposable {
  readonly home = mkdtempSync(join(tmpdir(), "cnd-"));
  #isOpen = false;
  readonly #socket = `conductor-test-${randomBytes(4).toString("hex")}`;

  tmux(...args: string[]): string {
    return execFileSync("tmux", ["-L", this.#socket, "-f", "/dev/null", ...args], {
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: this.home,
        TMUX_TMPDIR: this.home,
        LANG: "C.UTF-8",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs the command in a new pane and shows its exit code and the terminal's state after it. */
  open(...command: string[]): void {
    const line = `${command.join(" ")}; printf 'ended with %d' $?; stty -a; exec sleep 1000`;
    this.#isOpen = true;
    this.tmux("new-session", "-d", "-x", "100", "-y", "30", "-c", this.home, line);
  }

  readonly screen = (): string => this.tmux("capture-pane", "-p");

  readonly title = (): string => this.tmux("display-message", "-p", "#{pane_title}").trim();

  submit(text: string): void {
    this.tmux("send-keys", "-l", "--", text);
    this.tmux("send-keys", "Enter");
  }

  paste(text: string): void {
    const file = join(this.home, "paste");
    writeFileSync(file, text);
    this.tmux("load-buffer", "-b", "message", file);
    this.tmux("paste-buffer", "-d", "-p", "-r", "-b", "message");
  }

  get receipts(): Receipt[] {
    const file = join(this.home, "receipts");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.tmux("kill-server");
    rmSync(this.home, { recursive: true, force: true });
  }
}
