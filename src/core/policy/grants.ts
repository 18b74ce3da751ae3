import { type Analysis, runsOthers } from "../guard/index.ts";
import type { Verdict } from "./decide.ts";

/** What a shell reads as more than a word of one command. */
const MORE_THAN_WORDS = /[$`*?[\]{};&|<>()\n\\#!]/;
/** What runs depends on something that the text does not hold. */
const RUNS_UNSEEN = new Set([
  "run-downloaded",
  "run-obfuscated",
  "run-unresolved",
  "run-hook",
  "remote-shell",
  "privilege",
  "guard-tamper",
]);

/** Why this text cannot be said yes to once and for all; undefined where it can. */
export function whyNoGrant(text: string, analysis: Analysis, verdict: Verdict): string | undefined {
  const [action, more] = analysis.actions;
  if (verdict.effect === "deny") return "policy denies it";
  if (verdict.terms.quorum > 1) return "its rule asks for more than one person each time";
  if (action === undefined || more !== undefined || analysis.flags.length > 0)
    return "it is not one plain command";
  const { argv, via, dynamic, facts } = action;
  const [program = ""] = argv;
  if (via.length > 0) return `it runs through ${via.join(", ")}`;
  if (runsOthers(program)) return `${program} runs whatever it is given`;
  if (dynamic || MORE_THAN_WORDS.test(text) || !startsWith(text, program))
    return "it is not one plain command of literal words";
  return facts.find(({ deed }) => RUNS_UNSEEN.has(deed))?.note;
}

/** No assignment in front: it may change what the same words do. */
function startsWith(text: string, program: string): boolean {
  const [first = ""] = text.trim().split(/\s/);
  return !first.includes("=") && first.replace(/^.*\//, "") === program.replace(/^.*\//, "");
}
