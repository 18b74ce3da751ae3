import type { Input } from "../../src/fake-agent/keys.ts";
import { defaultScript, type Script } from "../../src/fake-agent/script.ts";
import { type Effect, type Event, initialState, type State } from "../../src/fake-agent/state.ts";
import { update } from "../../src/fake-agent/update.ts";
import { view } from "../../src/fake-agent/view.ts";

const START = 1_000_000;

/** The pure agent with a clock in the hand: feeds events, keeps what came out. */
export class Driven {
  state: State;
  readonly effects: Effect[] = [];
  #now = START;

  constructor(script: Script = defaultScript) {
    this.state = initialState(script, START);
    this.event({ type: "started" });
  }

  event(event: Event): this {
    const step = update(this.state, event, this.#now);
    this.state = step.state;
    this.effects.push(...step.effects);
    return this;
  }

  key(key: Extract<Input, { type: "key" }>["key"]): this {
    return this.event({ type: "input", input: { type: "key", key } });
  }

  type(text: string): this {
    return this.event({ type: "input", input: { type: "text", text } });
  }

  paste(text: string): this {
    return this.event({ type: "input", input: { type: "paste", text } });
  }

  submit(text: string): this {
    return this.paste(text).key("enter");
  }

  /** Lets the clock run and reports the current action as done. */
  finishWork(ms = 100): this {
    this.#now += ms;
    return this.event({ type: "done", turn: this.state.turn });
  }

  pass(ms: number): this {
    this.#now += ms;
    return this.event({ type: "tick" });
  }

  get kind(): State["mode"]["kind"] {
    return this.state.mode.kind;
  }

  get printed(): string[] {
    return this.effects.flatMap((effect) => (effect.type === "print" ? effect.lines : []));
  }

  of<T extends Effect["type"]>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { type: T }> => {
      return effect.type === type;
    });
  }

  screen(columns = 40, rows = 24): readonly string[] {
    return view(this.state, { columns, rows }).lines;
  }
}
