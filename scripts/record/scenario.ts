/** What `npm run record` makes an agent CLI do, as data: one file per provider, one scene per label. */
import type { Stage } from "../../tests/support/agent-world.ts";

/** What each scene's screen must be judged as, in the words of the recordings' manifest. */
export const LABELS = {
  idle: { status: "idle", detail: "", composer: "empty" },
  draft: { status: "idle", detail: "", composer: "draft" },
  completed: { status: "idle", detail: "", composer: "empty" },
  streaming: { status: "working", detail: "", composer: "empty" },
  working: { status: "working", detail: "", composer: "empty" },
  permission: { status: "waiting", detail: "permission", composer: "unknown" },
  question: { status: "waiting", detail: "question", composer: "unknown" },
  interrupted: { status: "idle", detail: "", composer: "unknown" },
  failed: { status: "error", detail: "failed", composer: "empty" },
  limited: { status: "error", detail: "limited", composer: "empty" },
  exited: { status: "exited", detail: "", composer: "unknown" },
} as const;

export type SceneName = keyof typeof LABELS;

export type Step =
  /** Pasted and submitted; `do:…` orders the model's answer (tests/support/model-server.ts). */
  | { readonly kind: "send"; readonly text: string }
  | { readonly kind: "type"; readonly text: string }
  | { readonly kind: "press"; readonly key: string }
  /** Until the title and the screen under it match. */
  | { readonly kind: "until"; readonly shows: RegExp }
  /** Until the screen has stood still for a moment. */
  | { readonly kind: "rest" }
  /** Until its process is gone: it says its last words before. */
  | { readonly kind: "end" }
  /** The model ends its held answers. */
  | { readonly kind: "release" };

export interface Scene {
  readonly name: SceneName;
  /** What leads from an idle agent to this screen. */
  readonly reach: readonly Step[];
  /** What leads back. */
  readonly leave: readonly Step[];
}

export interface Scenario {
  readonly provider: string;
  readonly args: readonly string[];
  readonly env: (stage: Stage) => Readonly<Record<string, string>>;
  /** Writes what answers the dialogs of its first start. */
  readonly answerFirstRun: (stage: Stage) => void;
  /** It can be typed to. */
  readonly ready: RegExp;
  /** In the home: where it keeps its session files. */
  readonly transcripts: string;
  readonly scenes: readonly Scene[];
}

export const send = (text: string): Step => ({ kind: "send", text });
export const type = (text: string): Step => ({ kind: "type", text });
export const press = (key: string): Step => ({ kind: "press", key });
export const until = (shows: RegExp): Step => ({ kind: "until", shows });
export const rest: Step = { kind: "rest" };
export const end: Step = { kind: "end" };
export const release: Step = { kind: "release" };

/** Scenes that every CLI plays alike, but for a key or what it says. */
export const scenes = {
  idle: { name: "idle", reach: [rest], leave: [] },
  draft: (clear: string): Scene => ({
    name: "draft",
    reach: [type("fix the flaky test"), until(/fix the flaky test/), rest],
    leave: [press(clear), rest],
  }),
  completed: {
    name: "completed",
    reach: [send("a first prompt"), until(/ACK bytes/), rest],
    leave: [],
  },
  streaming: {
    name: "streaming",
    reach: [send("do:hold"), until(/HOLD-BEGIN/)],
    leave: [release, until(/HOLD-END/), rest],
  },
  interrupted: (how: {
    readonly keys: readonly string[];
    readonly says: RegExp;
    readonly back?: readonly Step[];
  }): Scene => ({
    name: "interrupted",
    reach: [
      send("do:hold again"),
      until(/do:hold again[\s\S]*HOLD-BEGIN/),
      ...how.keys.map(press),
      until(how.says),
      rest,
    ],
    leave: [release, ...(how.back ?? []), rest],
  }),
  failed: (code: number, says: RegExp): Scene => ({
    name: "failed",
    reach: [send(`do:http ${code}`), until(says), rest],
    leave: [],
  }),
  limited: (says: RegExp): Scene => ({
    name: "limited",
    reach: [send("do:http 429"), until(says), rest],
    leave: [],
  }),
  exited: (...how: readonly Step[]): Scene => ({ name: "exited", reach: [...how, end], leave: [] }),
} as const;

/** A question as most of them take it. */
export const DATABASE = {
  question: "Which database should the shop use?",
  header: "Database",
  options: [
    { label: "PostgreSQL", description: "Solid, well known" },
    { label: "SQLite", description: "One file, no server" },
  ],
};
