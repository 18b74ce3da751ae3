import type { Buffer } from "node:buffer";
import { appendFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { ReadStream, WriteStream } from "node:tty";
import { assertNever, describeError } from "../base/errors.ts";
import { startFlood } from "./flood.ts";
import { digest } from "./hash.ts";
import { type Input, KeyParser } from "./keys.ts";
import { Screen } from "./screen.ts";
import type { Script } from "./script.ts";
import { type Effect, type Event, initialState, type Mode, type State } from "./state.ts";
import type { Transcript } from "./transcript.ts";
import { update } from "./update.ts";
import { type Size, title, view } from "./view.ts";

/** How an agent ended: with a code, or by a signal that it is to send itself. */
export type Ending = { readonly code: number } | { readonly signal: string };

export interface AgentOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly cwd: string;
  readonly script: Script;
  /** A file that gets one JSON line for each submitted prompt. */
  readonly receipts?: string | undefined;
  /** Settings that name its hooks, as those of Claude Code do. */
  readonly settings?: string | undefined;
  /** Where it writes its session down. */
  readonly transcript?: Transcript | undefined;
  readonly ended: (ending: Ending) => void;
  /** Hears of every change of the mode, after it was drawn. */
  readonly changed?: (mode: Mode["kind"]) => void;
}

const TICK_MS = 1000;
// An ESC that starts a sequence comes with the rest of it; one that is a key comes alone.
const ESCAPE_MS = 30;
const ATTACK_MS = 300;

/** One agent on one terminal: carries out what `update` decides and draws what `view` shows. */
export class Agent implements Disposable {
  readonly #options: AgentOptions;
  readonly #screen: Screen;
  readonly #parser = new KeyParser();
  readonly #decoder = new StringDecoder("utf8");
  #state: State;
  #isFlooding = false;
  #isDamaged = false;
  #isOver = false;
  #cancel: (() => void) | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #escape: NodeJS.Timeout | undefined;
  #delay: NodeJS.Timeout | undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#screen = new Screen((data) => this.#write(data));
    this.#state = initialState(options.script, Date.now());
    options.output.on("resize", this.repaint);
    options.output.on("error", this.#lost);
    options.input.on("error", this.#lost);
    const { delayMs } = options.script.start;
    if (delayMs > 0) this.#delay = setTimeout(() => this.#start(), delayMs);
    else this.#start();
  }

  /** Types a whole prompt and submits it, as a person would with a paste and Enter. */
  submit(text: string): void {
    this.#take([
      { type: "paste", text },
      { type: "key", key: "enter" },
    ]);
  }

  readonly repaint = (): void => {
    if (this.#isOver || this.#isFlooding || !isDrawn(this.#state)) return;
    const size = this.#size();
    this.#screen.repaint(view(this.#state, size), title(this.#state), size);
  };

  /** Ends everything under way and leaves the terminal as it was found. */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTurn();
    for (const timer of [this.#ticker, this.#escape, this.#delay]) clearTimeout(timer);
    const { input, output } = this.#options;
    input.off("data", this.#read);
    output.off("resize", this.repaint);
    if (this.#isDamaged) this.#write("\u001b\\\u001b[r\u001b[?1049l\r\n");
    this.#screen.close();
    if (input.isRaw) input.setRawMode(false);
    input.pause();
  }

  #start(): void {
    const { start } = this.#options.script;
    if (start.exit === undefined && !start.hangs) {
      this.#options.input.setRawMode(true);
      this.#screen.open();
      this.#options.input.on("data", this.#read);
      this.#options.input.on("end", this.#lost);
    }
    this.#dispatch({ type: "started" });
  }

  readonly #read = (chunk: Buffer | string): void => {
    clearTimeout(this.#escape);
    const text = typeof chunk === "string" ? chunk : this.#decoder.write(chunk);
    this.#take(this.#parser.push(text));
    if (this.#parser.isUndecided && !this.#isOver) {
      this.#escape = setTimeout(() => this.#take(this.#parser.flush()), ESCAPE_MS);
    }
  };

  readonly #lost = (): void => this.#finish({ code: 129 });

  #take(inputs: readonly Input[]): void {
    for (const input of inputs) this.#dispatch({ type: "input", input });
  }

  #dispatch(event: Event): void {
    if (this.#isOver) return;
    const before = this.#state.mode.kind;
    const step = update(this.#state, event, Date.now());
    this.#state = step.state;
    if (step.effects.some((effect) => effect.type === "cancel")) this.#stopTurn();
    // Whoever sees a prompt on the screen finds its receipt in the file.
    for (const effect of step.effects) {
      if (effect.type === "receipt") this.#receipt(effect.text, effect.during);
    }
    this.#writeDown(before, step.effects);
    this.#draw(step.effects.flatMap((effect) => (effect.type === "print" ? effect.lines : [])));
    this.#tickWhileWorking();
    for (const effect of step.effects) this.#perform(effect);
    const { kind } = this.#state.mode;
    if (kind !== before) this.#options.changed?.(kind);
  }

  #writeDown(before: Mode["kind"], effects: readonly Effect[]): void {
    const { transcript } = this.#options;
    if (transcript === undefined) return;
    for (const effect of effects) {
      if (effect.type === "receipt") transcript.prompt(effect.text);
      if (effect.type === "print") transcript.printed(effect.lines);
    }
    if (this.#state.mode.kind !== "idle" || before === "idle") return;
    const isCut = effects.some((effect) => effect.type === "cancel");
    transcript.ended(isCut ? "interrupted" : "completed");
  }

  #draw(printed: readonly string[]): void {
    if (this.#isFlooding && this.#state.mode.kind === "working") return;
    if (!isDrawn(this.#state) && printed.length === 0) return;
    const size = this.#size();
    const frame = view(this.#state, size);
    this.#screen.draw(printed, frame, title(this.#state), size);
    if (!this.#isDamaged) return;
    this.#isDamaged = false;
    this.#screen.repaint(frame, title(this.#state), size);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "print":
      case "cancel":
      case "receipt":
        return; // done before the screen was drawn
      case "wait":
        return this.#wait(effect.turn, effect.ms);
      case "run":
        return this.#run(effect.turn, effect.command);
      case "tool":
        return this.#tool(effect);
      case "flood":
        return this.#flood(effect);
      case "attack":
        return this.#attack(effect.turn);
      case "exit":
        return this.#finish({ code: effect.code });
      case "kill":
        return this.#finish({ signal: effect.signal });
      default:
        return assertNever(effect);
    }
  }

  #receipt(text: string, during: string): void {
    const { receipts } = this.#options;
    if (receipts === undefined) return;
    try {
      appendFileSync(receipts, `${receiptLine(text, during)}\n`);
    } catch (error) {
      this.#draw([`✗ no receipt written: ${describeError(error)}`]);
    }
  }

  #wait(turn: number, ms: number): void {
    const timer = setTimeout(() => this.#dispatch({ type: "done", turn }), ms);
    this.#cancel = () => clearTimeout(timer);
  }

  #run(turn: number, command: string): void {
    const abort = new AbortController();
    this.#cancel = () => abort.abort();
    const { cwd } = this.#options;
    // Loaded when first needed: an agent that runs nothing starts without it.
    void import("./shell.ts")
      .then(({ runShell }) => runShell(command, { cwd, signal: abort.signal }))
      .then(({ code, output }) => this.#dispatch({ type: "ran", turn, code, output }));
  }

  #tool({ turn, ...call }: Extract<Effect, { type: "tool" }>): void {
    const abort = new AbortController();
    this.#cancel = () => abort.abort();
    const { cwd, settings } = this.#options;
    void import("./tools.ts")
      .then(({ callTool }) => callTool(call, { cwd, settings, signal: abort.signal }))
      .then(({ code, output }) => this.#dispatch({ type: "ran", turn, code, output }));
  }

  #flood(flood: Extract<Effect, { type: "flood" }>): void {
    this.#isFlooding = true;
    this.#write("\r\n");
    const stop = startFlood(
      (data) => this.#write(data),
      flood,
      () => {
        this.#calm();
        this.#dispatch({ type: "done", turn: flood.turn });
      },
    );
    this.#cancel = () => {
      stop();
      this.#calm();
    };
  }

  #calm(): void {
    this.#isFlooding = false;
    this.#screen.forget();
  }

  #attack(turn: number): void {
    void import("./hostile.ts").then(({ HOSTILE_BYTES }) => {
      if (this.#isOver) return;
      this.#options.output.write(HOSTILE_BYTES);
      this.#isDamaged = true;
      this.#wait(turn, ATTACK_MS);
    });
  }

  #stopTurn(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tickWhileWorking(): void {
    if (this.#state.mode.kind !== "working") {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    } else this.#ticker ??= setInterval(() => this.#dispatch({ type: "tick" }), TICK_MS);
  }

  #finish(ending: Ending): void {
    if (this.#isOver) return;
    this[Symbol.dispose]();
    this.#options.ended(ending);
  }

  #size(): Size {
    const [columns, rows] = this.#options.output.getWindowSize();
    return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
  }

  #write(data: string): void {
    this.#options.output.write(data);
  }
}

function isDrawn(state: State): boolean {
  return state.mode.kind !== "starting" && state.mode.kind !== "hung";
}

function receiptLine(text: string, during: string): string {
  return JSON.stringify({ at: Date.now(), ...digest(text), during, text });
}
