/** What rules look at: the regions of one screen, cut on demand and kept. */
import { assertNever } from "../../base/errors.ts";
import { type Composer, findComposer } from "./composer.ts";
import type { Condition, ProviderDefinition, Region, RegionName } from "./definition.ts";
import { readScreen, type Screen } from "./screen.ts";

export interface ScreenInput {
  /** Plain text, or with SGR escapes as `capture-pane -e` gives it. */
  readonly screen: string;
  readonly title?: string | undefined;
  /** The pane's foreground command. */
  readonly command?: string | undefined;
  readonly dead?: boolean | undefined;
  /** A turn was submitted before this screen. */
  readonly dispatched?: boolean | undefined;
}

export interface View {
  readonly input: ScreenInput;
  readonly screen: Screen;
  readonly composer: Composer | undefined;
  /** Lines above the composer, or all of them where there is none, less the notices at their end. */
  readonly above: readonly string[];
  /** Whether the CLI has the foreground; undefined when the command is not known. */
  readonly inFront: boolean | undefined;
  readonly lines: (region: Region) => readonly string[];
  readonly text: (region: Region) => string;
}

export function viewOf(input: ScreenInput, definition: ProviderDefinition): View {
  const screen = readScreen(input.screen, {
    scrollBar: definition.screen.scrollBar,
    sidePanel: definition.screen.sidePanel,
  });
  const composer = findComposer(screen, definition);
  const end = composer?.top ?? screen.lines.length;
  const texts = new Map<string, string>();
  const view: View = {
    input,
    screen,
    composer,
    above: withoutNotices(screen.lines.slice(0, end), definition.screen.notice),
    inFront:
      input.command === undefined ? undefined : definition.foreground.includes(input.command),
    lines: (region) => cut(linesOf(region.name, view, definition), region.lines),
    text(region) {
      const kept = texts.get(region.key);
      if (kept !== undefined) return kept;
      const made = view.lines(region).join("\n");
      texts.set(region.key, made);
      return made;
    },
  };
  return view;
}

function withoutNotices(lines: readonly string[], notice: RegExp | undefined): readonly string[] {
  const isNotice = (line: string): boolean => line === "" || notice?.test(line) === true;
  return lines.slice(0, lines.findLastIndex((line) => !isNotice(line)) + 1);
}

/** Lines since the last prompt of the user, as far as the screen shows it. */
export function linesOfTurn(view: View, definition: ProviderDefinition): readonly string[] {
  const lines = view.above;
  const prompt = definition.answer?.prompt;
  const start = prompt === undefined ? -1 : lines.findLastIndex((line) => prompt.test(line));
  return lines.slice(start + 1);
}

function linesOf(name: RegionName, view: View, definition: ProviderDefinition): readonly string[] {
  const { composer, screen } = view;
  switch (name) {
    case "title":
      return [view.input.title?.trim() ?? ""];
    case "composer":
      return composer === undefined ? [] : [composer.text];
    case "above":
      return view.above;
    case "below":
      return composer === undefined ? [] : screen.lines.slice(composer.to + 1);
    case "turn":
      return linesOfTurn(view, definition);
    case "screen":
      return screen.lines;
    default:
      return assertNever(name);
  }
}

function cut(lines: readonly string[], count: number): readonly string[] {
  if (count === 0) return lines;
  return lines.filter((line) => line.trim() !== "").slice(-count);
}

/** What the conditions of rules and dialogs have in common. */
export interface Conditions {
  readonly in: Region;
  readonly match?: Condition | undefined;
  readonly all: readonly Condition[];
  readonly any: readonly Condition[];
  readonly not: readonly Condition[];
  readonly composer?: "present" | "absent" | "empty" | "draft" | undefined;
  readonly dispatched?: boolean | undefined;
  readonly inFront?: boolean | undefined;
}

export function holds(conditions: Conditions, view: View): boolean {
  if (!composerIs(conditions.composer, view.composer)) return false;
  const { dispatched } = view.input;
  // What is not known contradicts nothing.
  if (dispatched !== undefined && conditions.dispatched === !dispatched) return false;
  if (conditions.inFront !== undefined && conditions.inFront !== view.inFront) return false;
  const test = (condition: Condition): boolean =>
    condition instanceof RegExp
      ? condition.test(view.text(conditions.in))
      : condition.match.test(view.text(condition.in));
  return (
    (conditions.match === undefined || test(conditions.match)) &&
    conditions.all.every(test) &&
    (conditions.any.length === 0 || conditions.any.some(test)) &&
    !conditions.not.some(test)
  );
}

function composerIs(wanted: Conditions["composer"], composer: Composer | undefined): boolean {
  if (wanted === undefined) return true;
  if (wanted === "absent") return composer === undefined;
  return composer !== undefined && (wanted === "present" || composer.state === wanted);
}
