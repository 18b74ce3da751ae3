/** What `npm run record` makes an agent CLI do, as data: one file per provider, one scene per label. */

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

export interface Stage {
  readonly home: string;
  readonly work: string;
  readonly port: number;
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
