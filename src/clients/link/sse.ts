/** Server-sent events out of text that comes in any pieces; only `data:` is read. */
export class SseParser {
  #line = "";
  #data: string[] = [];

  *push(text: string): Generator<string> {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") yield* this.#dispatch();
      else if (line.startsWith("data:")) this.#data.push(line.slice(line[5] === " " ? 6 : 5));
    }
  }

  *#dispatch(): Generator<string> {
    const data = this.#data.join("\n");
    this.#data = [];
    if (data !== "") yield data;
  }
}
