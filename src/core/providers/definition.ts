/** What a provider file may say. One YAML file drives one agent CLI; every pattern is a regular expression over lines. */
import { z } from "zod";
import { describeError } from "../../base/errors.ts";
import { statusDetail, statusName } from "../../contract/status.ts";

/** `^` and `$` are the borders of a line; `\A`-like anchors are written `(?<![\s\S])` and `(?![\s\S])`. */
const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text, "mu");
  } catch (error) {
    context.addIssue({ code: "custom", message: describeError(error) });
    return z.NEVER;
  }
});

const REGION_NAMES = ["title", "screen", "composer", "above", "below", "turn"] as const;
const REGION = /^(title|screen|last|composer|above|below|turn)(?: ([1-9]\d{0,2}))?$/;

/** `last 5`: the last five non-empty lines of that region; `title`, `screen`, `composer`, … the whole of it. */
const region = z.string().transform((text, context) => {
  const [, word, count] = REGION.exec(text) ?? [];
  const name = word === "last" ? "screen" : REGION_NAMES.find((it) => it === word);
  if (name === undefined || (word === "last" && count === undefined)) {
    context.addIssue({
      code: "custom",
      message: `"${text}" is no region: title, screen, "last N", composer, "above N", "below N" or "turn N"`,
    });
    return z.NEVER;
  }
  return { key: text, name, lines: Number(count ?? 0) };
});
export type Region = z.output<typeof region>;
export type RegionName = Region["name"];

const condition = z.union([
  pattern,
  z.strictObject({ in: region, match: pattern }).transform((it) => ({ ...it })),
]);
export type Condition = z.output<typeof condition>;

const conditions = {
  /** Where the bare patterns of this rule look. */
  in: region.prefault("screen"),
  match: condition.optional(),
  all: z.array(condition).default([]),
  any: z.array(condition).default([]),
  not: z.array(condition).default([]),
  /** Holds only on a screen with, or without, a composer; `empty` and `draft` ask for its content. */
  composer: z.enum(["present", "absent", "empty", "draft"]).optional(),
  /** Holds only while the pane's foreground command is, or is not, one of `foreground`. */
  inFront: z.boolean().optional(),
  /** Holds only after, or before, a turn was submitted. */
  dispatched: z.boolean().optional(),
};

const rule = z.strictObject({
  id: z.string().min(1),
  priority: z.number().int().default(0),
  ...conditions,
  status: statusName,
  detail: statusDetail.default(""),
});

const keys = z.array(z.string().min(1)).min(1);

interface Answer {
  /** The number of the option that reads so is pressed, or `keys` where it is there. */
  readonly option?: RegExp | undefined;
  /** `keys` are pressed only while the option under the cursor reads so. */
  readonly selected?: RegExp | undefined;
  /** The same where a colour is the cursor: the capture's last lines match, SGR sequences and all. */
  readonly drawn?: RegExp | undefined;
  readonly keys?: readonly string[] | undefined;
}

const answer = z.union([
  keys.transform((it): Answer => ({ keys: it })),
  z.strictObject({ option: pattern, keys: keys.optional() }).transform((it): Answer => it),
  z.strictObject({ selected: pattern, keys }).transform((it): Answer => it),
  z.strictObject({ drawn: pattern, keys }).transform((it): Answer => it),
]);

const dialog = z.strictObject({
  id: z.string().min(1),
  priority: z.number().int().default(0),
  ...conditions,
  detail: z.enum(["permission", "question", "dialog"]),
  /** A hook of ours may answer it: it is a person's to answer once it has stood so long. */
  settleMs: z.number().int().min(0).max(60_000).default(0),
  /** The dialog's own lines start here (the last line that matches, and what follows). */
  start: pattern.optional(),
  /** Where the exact action stands within the dialog; the first that matches wins, group `action` or the whole. */
  action: z.array(pattern).default([]),
  answers: z.record(z.string(), answer).default({}),
});
export type Dialog = z.output<typeof dialog>;

const composerShape = z.strictObject({
  /** The first line of the composer, with the text in group `text`. */
  prompt: pattern,
  /** The line right above the prompt. */
  above: pattern.optional(),
  /** The line above the prompt must not look like this: the prompt is the first line of a block. */
  aboveNot: pattern.optional(),
  /** The first line after the composer's text. */
  below: pattern.optional(),
  /** A line of the composer after the first, with the text in group `text`. */
  continuation: pattern.optional(),
  /** No line under the composer may look like this: else it is a message of the past. */
  belowNot: pattern.optional(),
  /** Some line under the composer must look like this: a menu or a panel that hangs on it. */
  belowHas: pattern.optional(),
  /** More lines than that under it: a message of the past. */
  maxBelow: z.number().int().min(0).default(20),
  /** The last lines of the screen, under a blank one, are the footer and no text. */
  footerGap: z.boolean().default(false),
  /** Lines within the composer that are not text, e.g. a status line. */
  ignore: pattern.optional(),
  /** A line of the composer or under it that says it takes commands now: then it is never empty. */
  command: pattern.optional(),
  /** What stands to the right of the text on the same lines. */
  cut: pattern.optional(),
});
export type ComposerShape = z.output<typeof composerShape>;

const lastAnswer = z.strictObject({
  /** A line with which a prompt of the user starts: an answer never reaches over it. */
  prompt: pattern,
  /** The first line of an answer, with its text in group `text`. */
  start: pattern,
  /** Further lines of the answer; what it matches is taken off. */
  continuation: pattern,
  /** Ends the answer though it looks like a continuation. */
  end: pattern.optional(),
  /** A line right under the first that makes the block a tool call. */
  tool: pattern.optional(),
  /** The block is no answer but a tool call or a notice. */
  skip: pattern.optional(),
});

const submit = z.strictObject({
  /** False: line feeds are sent as carriage returns by the paste. */
  keepLineFeeds: z.boolean().default(true),
  /** It asks for bracketed pastes once it listens: a composer that is drawn before takes nothing. */
  bracketed: z.boolean().default(false),
  /** What goes in front of a text that starts with `/ ! # @ ?`, so that it is never a command. */
  guard: z.string().default(" "),
  /** What goes behind a text that ends in an `@word` or a `/word`, so that no menu stands over it when Enter comes. */
  mention: z.string().default(""),
  /** Upper bound; the wait ends as soon as the composer shows the paste. */
  maxWaitBeforeEnterMs: z.number().int().min(0).max(60_000).default(1_500),
  keys: keys.default(["Enter"]),
  clearDraft: z.array(z.string().min(1)).default([]),
});

const inFolder = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, "a path below the folder, without ..");

/** A folder of the home, made anew for one terminal: its settings are a copy with ours, all else are links. */
const mirror = z.strictObject({
  folder: inFolder,
  file: inFolder,
  /** What it makes there for good: these are there, and the files are when it writes them. */
  folders: z.array(inFolder).default([]),
  files: z.array(inFolder).default([]),
});

/** Settings that are read where a variable says: what stands there otherwise is joined to ours. */
const instead = z.strictObject({
  variable: z.string().min(1),
  file: z.string().startsWith("/"),
  /** Variables of files that it else looks for beside those settings. */
  beside: z.record(z.string(), z.string().min(1)).default({}),
});

/** Its own hooks: how they are switched on for one terminal, and whose format they have. */
const hooks = z.strictObject({
  contract: z.enum(["claude-code", "codex", "copilot", "gemini", "opencode", "qwen"]),
  /** What a launch is given for them; `{file}` is the settings made for this terminal, `{settings}` their text, `{folder}` its folder, `{seconds}` how long an answer of ours may take. */
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  /** They tell of every prompt, and of nothing before the first: a screen's word waits for theirs. */
  receipts: z.boolean().default(false),
  /** For a CLI that is told where its home is, and by nothing else: its folder there is stood in for. */
  mirror: mirror.optional(),
  instead: instead.optional(),
  /** Tools of which a test has seen that our gate holds, denies and outlives a kill: its own question for them is answered too. */
  covers: z.array(z.string().min(1)).default([]),
});

/** What the CLI keeps, for the gate level `contain`. */
const contain = z.strictObject({
  /** In a workspace: what tells it what to run. Read-only there, for every contained agent. */
  settings: z.array(inFolder).default([]),
  /** Of these, those that it cannot do without taking them for a file. */
  settingsFiles: z.array(inFolder).default([]),
  /** In the home: what stands there is read-only to it, what it makes there is gone when it ends. */
  folders: z.array(inFolder).default([]),
  /** In those folders, one level down: what it writes for good. */
  state: z.array(inFolder).default([]),
  /** In those folders, one level down: folders that it finds empty, files that it does not; what it makes is gone. */
  fresh: z.array(inFolder).default([]),
  /** In a workspace or the home: files that it makes where they are not; it ends where it may not. */
  marks: z.array(inFolder).default([]),
  /** In the home: files of which it gets a copy to change. */
  copies: z.array(inFolder).default([]),
  /** False where its conversation is among what is gone. */
  resumes: z.boolean().default(true),
});

/** Arguments that give a new session an id of ours; `{session}` stands for it. */
const session = z.strictObject({
  args: z.array(z.string()).min(1),
  /** Beside these arguments of a person's own it gets none. */
  unless: z.array(z.string().min(1)).default([]),
});

/** The file in which it writes down its session. */
const transcript = z.strictObject({
  format: z.enum(["claude-code", "codex", "gemini", "qwen", "copilot"]),
  /** Its own folder: that variable's value, or that folder of the agent's home. */
  root: z.strictObject({ env: z.string().min(1).optional(), folder: z.string().min(1) }),
  /**
   * Below it. `{session}` is the id, `{folder}` the working directory with `-` for all but letters and digits,
   * `*` anything. Without the id in it, it is known by the process
   * that holds it open.
   */
  path: z.string().min(1),
});

/** Its MCP client: how it finds our tools, and how long it lets one call take. */
const mcp = z.strictObject({
  /** The text of a file made for this terminal; `{url}` stands for where our tools are. */
  file: z.string().optional(),
  /** What a launch is given; `{file}` and `{url}` stand for those. The token is in CONDUCTOR_TOKEN. */
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  /** An answer comes before that: what is not finished by then is answered with a handle. */
  callSeconds: z.number().positive().optional(),
});

/** Its own mode for programs: one process per prompt, which comes on its standard input. */
const headless = z.strictObject({
  /** Of what it prints. */
  format: z.enum(["claude-code", "codex", "gemini", "opencode"]),
  /** In the place of `args`. */
  args: z.array(z.string()).min(1),
  /** Behind all others. */
  last: z.array(z.string()).default([]),
  /** In the place of `resume`. */
  resume: z.array(z.string()).optional(),
});

/** It speaks the Agent Client Protocol on its standard streams. */
const acp = z.strictObject({
  /** In the place of `args`. */
  args: z.array(z.string()).min(1),
  /** A younger session it does not find again: its next prompt waits for that long. */
  loadAfterSeconds: z.number().positive().optional(),
});

export const providerSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, "small letters, digits, - and _"),
  aliases: z.array(z.string().min(1)).default([]),
  displayName: z.string().min(1),
  /** True when its rules were held against recordings of the versions named. */
  verified: z.boolean(),
  versions: z.array(z.string().min(1)).default([]),
  notes: z.string().optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  unsetEnv: z.array(z.string().min(1)).default([]),
  /** Arguments that resume a session; `{session}` stands for its id. */
  resume: z.array(z.string()).optional(),
  session: session.optional(),
  transcript: transcript.optional(),
  /**
   * Arguments that add a system prompt; `{prompt}` stands for it. Without this key a role is typed as
   * the first message; an empty list is for what must never be told a role.
   */
  systemPrompt: z.array(z.string()).optional(),
  hooks: hooks.optional(),
  mcp: mcp.optional(),
  headless: headless.optional(),
  acp: acp.optional(),
  version: z.strictObject({ args: z.array(z.string()), match: pattern }).optional(),
  install: z.string().min(1).optional(),
  /** How long the start may take before it counts as hung. */
  ready: z
    .strictObject({ timeoutMs: z.number().int().min(100).max(600_000).default(60_000) })
    .prefault({}),
  /** Names of the pane's foreground command while this CLI runs; never typed into under another name. */
  foreground: z.array(z.string().min(1)).min(1),
  /** For a CLI that nothing is known of: a screen unchanged for so long means idle. */
  stableMs: z.number().int().min(100).optional(),
  /** CLIs say in the title that they stopped, then draw the rest: idle is believed when the screen stood still for that long. */
  settleMs: z.number().int().min(0).max(5_000).default(100),
  submit: submit.prefault({}),
  interrupt: keys.default(["Escape"]),
  exit: z.union([z.strictObject({ text: z.string().min(1) }), z.strictObject({ keys })]),
  screen: z
    .strictObject({
      scrollBar: z.string().optional(),
      /** A line right above the composer that says something for a moment and is of no turn. */
      notice: pattern.optional(),
      sidePanel: z
        .union([
          z.strictObject({ border: z.string().length(1), minColumn: z.number().int() }),
          z.strictObject({ mark: pattern, minColumn: z.number().int() }),
        ])
        .optional(),
    })
    .prefault({}),
  contain: contain.prefault({}),
  composer: z.array(composerShape).default([]),
  /** What an empty composer shows; in a capture with colours dim text counts as one anyway. */
  placeholders: z.array(pattern).default([]),
  answer: lastAnswer.optional(),
  dialogs: z.array(dialog).default([]),
  rules: z.array(rule).default([]),
});

export type Mirror = Readonly<z.output<typeof mirror>>;
export type ProviderDefinition = Readonly<z.output<typeof providerSchema>>;
