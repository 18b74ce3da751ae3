import { Fleet } from "./fleet.ts";
import type { Result } from "./result.ts";
import type { World } from "./world.ts";

/** What every measure is given. */
export interface Bench {
  readonly world: World;
  /** Fewer samples: to see that it runs, not to quote. */
  readonly isQuick: boolean;
  readonly signal: AbortSignal;
  /** The folder where packages to compare with are looked for. */
  readonly modules: string;
  readonly say: (text: string) => void;
  /** 100 scripted agents, launched with the first call and shared by all measures. */
  readonly fleet: () => Promise<Fleet>;
}

export type Measure = (bench: Bench) => Promise<Result[]>;

export const FLEET_SIZE = 100;

/** @param of  the world in which the daemon already runs */
export function lazyFleet(of: World): () => Promise<Fleet> {
  let fleet: Promise<Fleet> | undefined;
  return () => {
    fleet ??= Fleet.launch(of, "fleet", FLEET_SIZE);
    return fleet;
  };
}
