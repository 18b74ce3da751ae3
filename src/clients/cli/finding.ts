/** `note`: it works without, or only a part of it does. */
export interface Finding {
  readonly state: "ok" | "note" | "wrong";
  readonly what: string;
  readonly told: string;
  /** The command, or the sentence, that mends it. */
  readonly fix: string | null;
}

export function ok(what: string, told: string): Finding {
  return { state: "ok", what, told, fix: null };
}
