import { ConductorError, type ErrorCode } from "../../base/errors.ts";

const KNOWN: readonly (readonly [RegExp, ErrorCode])[] = [
  [/can't find (pane|window)|pane has exited/, "pane.gone"],
  [/can't find session|no such session/, "not_found"],
  [/duplicate session/, "name.taken"],
];

/** tmux's `%error` reply as an error of ours; its words are bounded and may quote an agent. */
export function refusal(body: Uint8Array): ConductorError {
  const words = Buffer.from(body.subarray(0, 300))
    .toString("utf8")
    .replaceAll(/\p{Cc}+/gu, " ");
  const [, code] = KNOWN.find(([pattern]) => pattern.test(words)) ?? [];
  return new ConductorError(code ?? "tmux.refused", `tmux refused: ${words.trim()}`);
}
