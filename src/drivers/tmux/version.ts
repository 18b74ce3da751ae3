import { ConductorError } from "../../base/errors.ts";

/** Subscriptions and `pause-after` come with it. */
const FLOOR = [3, 2] as const;

/** `tmux -V` as numbers; `undefined` for a version without any, such as `master`. */
export function readVersion(text: string): readonly [number, number] | undefined {
  const match = /(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** An unnumbered version is a build from source, newer than any release known here. */
export function isAtLeast(text: string, wanted: readonly [number, number]): boolean {
  const version = readVersion(text);
  if (version === undefined) return true;
  return version[0] > wanted[0] || (version[0] === wanted[0] && version[1] >= wanted[1]);
}

export function assertVersion(text: string): void {
  if (isAtLeast(text, FLOOR)) return;
  throw new ConductorError("tmux.too_old", `tmux ${text} is too old: 3.2 or later is needed`, {
    data: { version: text },
    hint: "install a newer tmux, for example from your distribution's backports",
  });
}
