import { ConductorError } from "../../base/errors.ts";

export type Piece =
  | {
      readonly kind: "head";
      readonly status: number;
      /** By lower-case name. */
      readonly headers: ReadonlyMap<string, string>;
    }
  | { readonly kind: "data"; readonly bytes: Buffer };

/** What the parser expects next; `left` counts bytes. */
type State =
  | { at: "head" }
  | { at: "body"; left: number }
  | { at: "chunk-size" }
  | { at: "chunk"; left: number }
  | { at: "chunk-end" }
  | { at: "trailers" }
  | { at: "until-close" }
  | { at: "done" };

const HEAD_LIMIT_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** One HTTP/1.1 response out of bytes that come in any pieces. */
export class ResponseParser {
  #state: State = { at: "head" };
  #rest: Buffer = NOTHING;

  get isDone(): boolean {
    return this.#state.at === "done";
  }

  *push(bytes: Buffer): Generator<Piece> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length > 0 && !this.isDone) {
      const before = this.#state;
      const size = this.#rest.length;
      yield* this.#step();
      if (this.#state === before && this.#rest.length === size) return;
    }
  }

  /** The peer closed the connection: right only where nothing else ends the body. */
  end(): void {
    if (this.#state.at === "until-close") this.#state = { at: "done" };
    if (this.isDone) return;
    throw new ConductorError(
      "daemon.unreachable",
      "the daemon closed the connection before it answered",
      { hint: "conductor daemon logs" },
    );
  }

  *#step(): Generator<Piece> {
    switch (this.#state.at) {
      case "head":
        yield* this.#head();
        return;
      case "body":
        yield* this.#take(this.#state.left, (left) =>
          left === 0 ? { at: "done" } : { at: "body", left },
        );
        return;
      case "chunk-size":
        this.#chunkSize();
        return;
      case "chunk":
        yield* this.#take(this.#state.left, (left) =>
          left === 0 ? { at: "chunk-end" } : { at: "chunk", left },
        );
        return;
      case "chunk-end":
        if (this.#line() !== undefined) this.#state = { at: "chunk-size" };
        return;
      case "trailers":
        if (this.#line() === "") this.#state = { at: "done" };
        return;
      case "until-close":
        yield* this.#take(this.#rest.length, () => ({ at: "until-close" }));
        return;
      case "done":
        return;
    }
  }

  *#head(): Generator<Piece> {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end === -1) {
      if (this.#rest.length > HEAD_LIMIT_BYTES) throw malformed("its head has no end");
      return;
    }
    const [statusLine = "", ...fields] = this.#rest.toString("latin1", 0, end).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
    if (!Number.isInteger(status))
      throw malformed(
        `its first line is no HTTP status: ${JSON.stringify(statusLine.slice(0, 200))}`,
      );
    this.#rest = this.#rest.subarray(end + 4);
    if (status < 200) return;
    const headers = parseFields(fields);
    this.#state = bodyState(status, headers);
    yield { kind: "head", status, headers };
  }

  *#take(wanted: number, next: (left: number) => State): Generator<Piece> {
    const bytes = this.#rest.subarray(0, wanted);
    this.#rest = this.#rest.subarray(bytes.length);
    this.#state = next(wanted - bytes.length);
    if (bytes.length > 0) yield { kind: "data", bytes };
  }

  #chunkSize(): void {
    const line = this.#line();
    if (line === undefined) return;
    const digits = /^[0-9a-f]{1,8}/i.exec(line)?.[0];
    if (digits === undefined) throw malformed("a chunk has no size");
    const left = Number.parseInt(digits, 16);
    this.#state = left === 0 ? { at: "trailers" } : { at: "chunk", left };
  }

  #line(): string | undefined {
    const end = this.#rest.indexOf("\r\n");
    if (end === -1) {
      if (this.#rest.length > HEAD_LIMIT_BYTES) throw malformed("a line has no end");
      return undefined;
    }
    const line = this.#rest.toString("latin1", 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }
}

function parseFields(fields: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(":");
    if (colon > 0) headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim());
  }
  return headers;
}

function bodyState(status: number, headers: ReadonlyMap<string, string>): State {
  if (status === 204 || status === 304) return { at: "done" };
  if (headers.get("transfer-encoding")?.toLowerCase().endsWith("chunked")) {
    return { at: "chunk-size" };
  }
  const length = headers.get("content-length");
  if (length === undefined) return { at: "until-close" };
  const left = Number(length);
  if (!Number.isSafeInteger(left) || left < 0) throw malformed("its content-length is no number");
  return left === 0 ? { at: "done" } : { at: "body", left };
}

function malformed(what: string): ConductorError {
  return new ConductorError("internal", `the daemon's answer cannot be read: ${what}`, {
    hint: "conductor daemon restart",
  });
}
