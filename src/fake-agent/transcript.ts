/** Writes the session down as Claude Code does: the prompt, the last answer, how the turn ended. */
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

export class Transcript {
  readonly #file: string;
  readonly #sessionId: string;
  #answer: string[] = [];
  #isOpen = false;
  #count = 0;

  constructor(home: string, cwd: string, sessionId: string) {
    const folder = cwd.replaceAll(/[^A-Za-z0-9]/g, "-");
    this.#file = join(home, ".fake-agent", "projects", folder, `${sessionId}.jsonl`);
    this.#sessionId = sessionId;
  }

  exists(): boolean {
    return existsSync(this.#file);
  }

  prompt(text: string): void {
    this.#isOpen = true;
    this.#answer = [];
    this.#write({ type: "user", message: { role: "user", content: text } });
  }

  /** What a turn prints: an answer begins with a mark of its own, its other lines are indented. */
  printed(lines: readonly string[]): void {
    for (const line of lines) {
      if (line.startsWith("● ") || line.startsWith("✗ ")) this.#answer = [line.slice(2)];
      else if (this.#answer.length > 0) this.#answer.push(line.slice(2));
    }
  }

  ended(how: "completed" | "interrupted"): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (how === "interrupted") {
      const content = [{ type: "text", text: "[Request interrupted by user]" }];
      return this.#write({ type: "user", message: { role: "user", content } });
    }
    this.#count += 1;
    const content = [{ type: "text", text: this.#answer.join("\n") }];
    const usage = { input_tokens: 100, output_tokens: 50, cache_read_input_tokens: 1_000 };
    const message = { id: `msg_${this.#sessionId}_${this.#count}`, model: "scripted", usage };
    this.#write({ type: "assistant", message: { ...message, content, stop_reason: "end_turn" } });
    this.#write({ type: "system", subtype: "turn_duration" });
  }

  #write(line: object): void {
    const whole = { ...line, timestamp: new Date().toISOString(), sessionId: this.#sessionId };
    mkdirSync(dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify(whole)}\n`);
  }
}
