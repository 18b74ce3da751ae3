/** An agent's screen in memory: a composer, a transcript, and the ways in which real ones misbehave. */
import type { Turn } from "../../src/contract/terminals.ts";
import type {
  DeliveryLook,
  DeliverySignal,
  DeliveryTerminal,
  SubmitRules,
} from "../../src/core/messages/index.ts";
import { isReceiptOf } from "../../src/core/messages/index.ts";
import type { Key } from "../../src/core/terminals/index.ts";
import type { FakeClock } from "./fake-clock.ts";

export class FakeTui implements DeliveryTerminal {
  readonly id: string;
  readonly clock: FakeClock;
  rules: SubmitRules = {
    guard: " ",
    mention: "",
    keepLineFeeds: true,
    maxWaitBeforeEnterMs: 1_500,
    keys: ["Enter"],
    clearDraft: ["C-u"],
    interrupt: ["Escape"],
  };
  transcript: string[] = ["Welcome"];
  composer = "";
  status: DeliveryLook["status"] = "idle";
  dialog: string | undefined;
  inMode = false;
  foregroundIsAgent = true;
  /** It reads nothing until it is woken. */
  isStalled = false;
  /** What is typed is thrown away. */
  isDeaf = false;
  /** Its provider cannot see a composer. */
  isOpaque = false;
  /** It shows nothing of what it is given, and counts as idle because it is quiet. */
  isMute = false;
  ignoredEnters = 0;
  /** Puts the interrupted prompt back into the composer. */
  putsBack = false;
  /** How a long paste is shown. */
  foldsPaste = false;
  readonly submitted: string[] = [];
  readonly pressed: Key[] = [];
  readonly turns: Turn[] = [];
  interrupts = 0;
  /** Called before each step of the delivery that touches the pane. */
  onTouch: (what: "look" | "paste" | "keys") => void = () => undefined;

  readonly #told: { readonly prompt: string; readonly at: number }[] = [];
  readonly #listeners = new Set<(signal: DeliverySignal) => void>();
  #input: (() => void)[] = [];
  #pastes = 0;

  constructor(id: string, clock: FakeClock) {
    this.id = id;
    this.clock = clock;
  }

  look(): Promise<DeliveryLook> {
    this.onTouch("look");
    return Promise.resolve(this.#seen());
  }

  watch(listener: (signal: DeliverySignal) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  paste(text: string): Promise<void> {
    this.onTouch("paste");
    this.#take(() => {
      this.#pastes += 1;
      if (!this.isDeaf) this.composer += text;
    });
    return Promise.resolve();
  }

  keys(keys: readonly Key[]): Promise<void> {
    this.onTouch("keys");
    for (const key of keys) {
      this.pressed.push(key);
      this.#take(() => this.#press(key));
    }
    return Promise.resolve();
  }

  turnStarted(turn: Turn): void {
    this.turns.push(turn);
  }

  markInterrupted(): void {
    this.interrupts += 1;
  }

  wake(): void {
    this.isStalled = false;
    this.#read();
  }

  /** Something on the screen changes by itself. */
  show(change: () => void): void {
    change();
    this.#tell();
  }

  /** The agent says that it took this as a prompt. */
  hook(prompt: string): void {
    this.#told.push({ prompt, at: this.clock.now() });
    for (const listener of this.#listeners) listener({ kind: "word" });
  }

  speaks = (): boolean => false;

  received(text: string, since: number): "hook" | undefined {
    const told = this.#told.some(({ prompt, at }) => at >= since && isReceiptOf(prompt, text));
    return told ? "hook" : undefined;
  }

  #take(input: () => void): void {
    this.#input.push(input);
    if (!this.isStalled) this.clock.after(3, () => this.#read());
  }

  #read(): void {
    if (this.isStalled || this.#input.length === 0) return;
    const input = this.#input;
    this.#input = [];
    for (const one of input) one();
    this.#tell();
  }

  #press(key: Key): void {
    if (key === "C-u") this.composer = "";
    if (key === "Escape" && this.status === "working") {
      this.status = "idle";
      if (this.putsBack) this.composer = this.submitted.at(-1) ?? "";
    }
    if (key !== "Enter") return;
    if (this.dialog !== undefined) {
      this.transcript.push(`approved: ${this.dialog}`);
      this.dialog = undefined;
      return;
    }
    if (this.ignoredEnters > 0) {
      this.ignoredEnters -= 1;
      return;
    }
    if (this.composer === "") return;
    this.submitted.push(this.composer);
    if (this.isMute) {
      this.composer = "";
      return;
    }
    this.transcript.push(`> ${this.#shown()}`);
    this.composer = "";
    this.status = "working";
  }

  #shown(): string {
    const isLong = this.foldsPaste && this.composer.includes("\n");
    return isLong ? `[Pasted text #${this.#pastes} +3 lines]` : this.composer;
  }

  #mute(): DeliveryLook {
    return {
      at: this.clock.now(),
      status: "idle",
      detail: "",
      composer: "empty",
      inMode: false,
      dialog: false,
      foregroundIsAgent: true,
      screenText: this.transcript.join("\n"),
    };
  }

  #tell(): void {
    const look = this.#seen();
    for (const listener of this.#listeners) listener({ kind: "look", look });
  }

  #seen(): DeliveryLook {
    if (this.isMute) return this.#mute();
    const hidden = this.dialog !== undefined || this.isOpaque;
    const box = this.dialog === undefined ? `│ ❯ ${this.#shown()}` : `Allow ${this.dialog}? 1. Yes`;
    return {
      at: this.clock.now(),
      status: this.dialog === undefined ? this.status : "waiting",
      detail: "",
      composer: hidden ? "unknown" : this.composer === "" ? "empty" : "draft",
      composerText: hidden ? undefined : this.#shown(),
      inMode: this.inMode,
      dialog: this.dialog !== undefined,
      foregroundIsAgent: this.foregroundIsAgent,
      screenText: [...this.transcript, "────", box].join("\n"),
    };
  }
}
