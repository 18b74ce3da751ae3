/** The streams of a terminal, as far as the panel needs them; `process.stdin` and `stdout` fit. */
export interface PanelInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  readonly isRaw?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

export interface PanelOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableNeedDrain?: boolean;
}

/** Alternate screen, no cursor, no automatic wrap, and pastes told apart from keys. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h";
const LEAVE = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";

export interface Screen {
  /** Takes the terminal (again, after somebody else had it). */
  enter(): void;
  /** Gives the terminal back as it was; once, however often it is called. */
  leave(): void;
}

export function createScreen(stdin: PanelInput, stdout: PanelOutput): Screen {
  const wasRaw = stdin.isRaw === true;
  let isOurs = false;
  return {
    enter: () => {
      isOurs = true;
      stdin.setRawMode?.(true);
      stdout.write(ENTER);
    },
    leave: () => {
      if (!isOurs) return;
      isOurs = false;
      attempt(() => stdout.write(LEAVE));
      attempt(() => stdin.setRawMode?.(wasRaw));
      stdin.pause();
    },
  };
}

/** The terminal itself may be gone; then there is nothing left to give back. */
function attempt(run: () => unknown): void {
  try {
    run();
  } catch {
    // Nobody is there to read about it.
  }
}
