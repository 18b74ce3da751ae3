/** Where a CLI writes the session of one terminal, from what its provider file says. */

export interface TranscriptPlace {
  readonly root: string;
  /** With `{session}`, `{folder}`; `*` stands for anything within a name. */
  readonly path: string;
  readonly cwd: string;
  readonly session: string | null;
}

export interface TranscriptPath {
  /** The one file it can be; undefined where a part of its path is not known. */
  readonly file: string | undefined;
  /** The folder under which it is looked for, and what its whole path looks like. */
  readonly under: string;
  readonly pattern: RegExp;
  /** The session is part of the path: what matches is this terminal's, whoever found it. */
  readonly isExact: boolean;
}

export function transcriptPath(place: TranscriptPlace): TranscriptPath {
  const { session } = place;
  const filled = place.path
    .replaceAll("{folder}", place.cwd.replaceAll(/[^A-Za-z0-9]/g, "-"))
    .replaceAll("{session}", session ?? "*");
  const whole = `${place.root}/${filled}`;
  const isWild = whole.includes("*");
  const fixed = whole.slice(0, isWild ? whole.indexOf("*") : undefined);
  const escaped = whole.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return {
    file: isWild ? undefined : whole,
    under: fixed.slice(0, fixed.lastIndexOf("/")),
    pattern: new RegExp(`^${escaped.join("[^/]*")}$`, "u"),
    isExact: session !== null && place.path.includes("{session}"),
  };
}
