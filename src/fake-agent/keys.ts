/** What a person, or tmux in their name, did to the keyboard. */
export type Key =
  | "enter"
  | "newline"
  | "escape"
  | "up"
  | "down"
  | "backspace"
  | "interrupt"
  | "clear"
  | "end";

export type Input =
  | { readonly type: "key"; readonly key: Key }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string };

const PASTE_END = "\u001b[201~";
const TEXT = /[^\u0000-\u001f\u007f]+/y;
const CSI = /\u001b\[([0-9;?<>=]*)([@-~])/y;
const SS3 = /\u001bO([A-Z])/y;
const ALT_ENTER = /\u001b\r/y;
// Answers to terminal queries come back as keystrokes: whole strings that must not be typed.
const REPORT = /\u001b[\]P_^][^\u0007\u001b]*(?:\u0007|\u001b\\)/y;
const UNFINISHED = /\u001b(?:\[[0-9;?<>=]*|O|[\]P_^][^\u0007\u001b]*\u001b?)?$/y;

const CONTROLS: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "newline",
  "\u0003": "interrupt",
  "\u0004": "end",
  "\u0008": "backspace",
  "\u007f": "backspace",
  "\u0015": "clear",
};
const ARROWS: Readonly<Record<string, Key>> = { A: "up", B: "down" };

/** Bytes of a raw terminal, already decoded, to inputs; any split of the stream gives the same inputs. */
export class KeyParser {
  #pending = "";
  #paste: string[] | undefined;

  /** True while an ESC may still turn out to be a key of its own. */
  get isUndecided(): boolean {
    return this.#paste === undefined && this.#pending !== "";
  }

  push(chunk: string): Input[] {
    const inputs: Input[] = [];
    let rest: string | undefined = this.#pending + chunk;
    this.#pending = "";
    while (rest !== undefined && rest !== "") {
      rest = this.#paste === undefined ? this.#keys(rest, inputs) : this.#pasted(rest, inputs);
    }
    return inputs;
  }

  /** Nothing followed in time: a lone ESC was the key. */
  flush(): Input[] {
    const wasEscape = this.isUndecided && this.#pending === "\u001b";
    if (this.isUndecided) this.#pending = "";
    return wasEscape ? [{ type: "key", key: "escape" }] : [];
  }

  /** Reads keys up to the start of a paste; returns what is left to read. */
  #keys(data: string, inputs: Input[]): string | undefined {
    let at = 0;
    while (at < data.length) {
      const text = matchAt(TEXT, data, at);
      if (text !== undefined) {
        inputs.push({ type: "text", text: text[0] });
        at += text[0].length;
      } else if (data[at] === "\u001b") {
        const read = readEscape(data, at);
        if (read === undefined) {
          this.#pending = data.slice(at);
          return undefined;
        }
        at += read.length;
        if (read.opensPaste === true) {
          this.#paste = [];
          return data.slice(at);
        }
        if (read.key !== undefined) inputs.push({ type: "key", key: read.key });
      } else {
        const key = CONTROLS[data[at] ?? ""];
        if (key !== undefined) inputs.push({ type: "key", key });
        at += 1;
      }
    }
    return undefined;
  }

  #pasted(data: string, inputs: Input[]): string | undefined {
    const end = data.indexOf(PASTE_END);
    if (end === -1) {
      // The end mark may be cut by the chunk border: its possible beginning waits for the next one.
      const keep = Math.min(data.length, PASTE_END.length - 1);
      this.#paste?.push(data.slice(0, data.length - keep));
      this.#pending = data.slice(data.length - keep);
      return undefined;
    }
    const text = (this.#paste ?? []).join("") + data.slice(0, end);
    this.#paste = undefined;
    inputs.push({ type: "paste", text });
    return data.slice(end + PASTE_END.length);
  }
}

interface Escape {
  readonly length: number;
  readonly key?: Key | undefined;
  readonly opensPaste?: boolean;
}

/** `undefined`: more bytes are needed. */
function readEscape(data: string, at: number): Escape | undefined {
  const csi = matchAt(CSI, data, at);
  if (csi !== undefined) {
    if (csi[1] === "200" && csi[2] === "~") return { length: csi[0].length, opensPaste: true };
    return { length: csi[0].length, key: csi[1] === "" ? ARROWS[csi[2] ?? ""] : undefined };
  }
  const ss3 = matchAt(SS3, data, at);
  if (ss3 !== undefined) return { length: ss3[0].length, key: ARROWS[ss3[1] ?? ""] };
  const altEnter = matchAt(ALT_ENTER, data, at);
  if (altEnter !== undefined) return { length: altEnter[0].length, key: "newline" };
  const report = matchAt(REPORT, data, at);
  if (report !== undefined) return { length: report[0].length };
  if (matchAt(UNFINISHED, data, at) !== undefined) return undefined;
  return { length: 1, key: "escape" };
}

function matchAt(pattern: RegExp, data: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(data) ?? undefined;
}
