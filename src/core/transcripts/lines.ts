/** Lines out of bytes as they come, cut anywhere; an unfinished last line waits for its end. */

/** A request with pictures in it may be long; beyond this a line is skipped and nothing of it kept. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export interface Line {
  readonly text: string;
  /** Where it begins, in bytes from where the splitter began. */
  readonly from: number;
}

const LINE_FEED = 0x0a;

export class LineSplitter {
  #pieces: Uint8Array[] = [];
  #held = 0;
  #isSkipping = false;
  /** Of the line that is not finished yet. */
  #from: number;

  constructor(offset: number) {
    this.#from = offset;
  }

  /** All before it has been given out as lines. */
  get offset(): number {
    return this.#from;
  }

  *push(bytes: Uint8Array): Generator<Line> {
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#hold(bytes.subarray(start, end));
      const line = this.#take();
      if (line !== undefined) yield line;
      start = end + 1;
    }
    this.#hold(bytes.subarray(start));
  }

  #hold(piece: Uint8Array): void {
    this.#held += piece.length;
    if (this.#held > MAX_LINE_BYTES) {
      this.#isSkipping = true;
      this.#pieces = [];
    }
    // A copy, which a Buffer's own slice is not: whoever reads a file fills the same one again.
    if (!this.#isSkipping && piece.length > 0) this.#pieces.push(new Uint8Array(piece));
  }

  #take(): Line | undefined {
    const from = this.#from;
    const wasSkipped = this.#isSkipping;
    const text = wasSkipped ? "" : decode(this.#pieces);
    this.#from += this.#held + 1;
    this.#pieces = [];
    this.#held = 0;
    this.#isSkipping = false;
    return wasSkipped || text === "" ? undefined : { text, from };
  }
}

function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("");
  return text + decoder.decode();
}
