import type { Clock } from "../../base/clock.ts";
import type { Size } from "./cells.ts";
import type { Key } from "./keys.ts";
import { renderFrame } from "./render.ts";
import type { PanelOutput } from "./screen.ts";
import { type Effect, initialState, type PanelEvent } from "./state.ts";
import { update } from "./update.ts";
import { type Frame, view } from "./view.ts";

export interface LoopPorts {
  readonly stdout: PanelOutput;
  readonly clock: Clock;
  readonly hasColour: boolean;
  readonly perform: (effect: Exclude<Effect, { type: "redraw" }>) => void;
}

/** Event, update, effects, paint: the only place where the panel's state changes. */
export interface Loop {
  send(event: PanelEvent): void;
  /** Keys that came together are painted once: none of them can approve what the others reveal. */
  press(keys: readonly Key[]): void;
  paint(): void;
  /** Paints everything, whatever stands on the screen. */
  repaint(): void;
}

export function createLoop({ stdout, clock, hasColour, perform }: LoopPorts): Loop {
  let state = initialState(sizeOf(stdout), clock.now());
  let drawn: Frame | undefined;
  const apply = (event: PanelEvent) => {
    const step = update(state, event);
    state = step.state;
    for (const effect of step.effects) {
      if (effect.type === "redraw") drawn = undefined;
      else perform(effect);
    }
  };
  const paint = () => {
    // A terminal that reads slowly gets the newest view later, not every view.
    if (stdout.writableNeedDrain === true) return;
    const frame = view(state, state.size);
    const bytes = renderFrame(drawn, frame, { colour: hasColour });
    drawn = frame;
    if (bytes !== "") stdout.write(bytes);
    apply({ type: "painted" });
  };
  return {
    send: (event) => {
      apply(event);
      paint();
    },
    press: (keys) => {
      for (const key of keys) apply({ type: "key", key, now: clock.now() });
      paint();
    },
    paint,
    repaint: () => {
      drawn = undefined;
      paint();
    },
  };
}

export function sizeOf(stdout: PanelOutput): Size {
  return { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
}
