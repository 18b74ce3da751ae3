/** One thing that the agent does in a turn. */
export type Action =
  | { readonly do: "work"; readonly seconds: number }
  | { readonly do: "say"; readonly text: string }
  | { readonly do: "acknowledge"; readonly text: string }
  | { readonly do: "run"; readonly command: string; readonly asks: boolean }
  | {
      readonly do: "tool";
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | { readonly do: "ask"; readonly question: string; readonly options: readonly string[] }
  | { readonly do: "long"; readonly lines: number }
  | { readonly do: "flood"; readonly megabytesPerSecond: number; readonly seconds: number }
  | { readonly do: "crash"; readonly code: number }
  | { readonly do: "kill"; readonly signal: string }
  | { readonly do: "hang" }
  | { readonly do: "fail"; readonly text: string }
  | { readonly do: "bytes" }
  | { readonly do: "limit"; readonly minutes: number };

type Reader = (rest: string) => Action | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  slow: (rest) => withNumber(rest, 1, (seconds) => ({ do: "work", seconds })),
  say: (text) => ({ do: "say", text }),
  run: (command) => (command === "" ? undefined : { do: "run", command, asks: true }),
  sh: (command) => (command === "" ? undefined : { do: "run", command, asks: false }),
  tool: readTool,
  ask: readQuestion,
  long: (rest) => withNumber(rest, 100, (lines) => ({ do: "long", lines })),
  flood: readFlood,
  crash: readCrash,
  hang: () => ({ do: "hang" }),
  fail: (rest) => ({ do: "fail", text: rest === "" ? "scripted failure" : rest }),
  bytes: () => ({ do: "bytes" }),
  limit: (rest) => withNumber(rest, 60, (minutes) => ({ do: "limit", minutes })),
};

/** `slow 2`, `run make test`, …: the words of scripts, and of prompts after `do:`. */
export function parseAction(source: string): Action | undefined {
  const [, verb = "", rest = ""] = /^\s*([a-z]+)\s*(.*?)\s*$/s.exec(source) ?? [];
  return Object.hasOwn(READERS, verb) ? READERS[verb]?.(rest) : undefined;
}

/** The directives of a prompt: its first line begins with `do:`, and so may the lines after it. */
export function parseDirectives(prompt: string): Action[] | undefined {
  const lines = prompt.trim().split(/\r\n|\r|\n/);
  if (!lines[0]?.startsWith("do:")) return undefined;
  return lines
    .filter((line) => line.startsWith("do:"))
    .map((line) => parseAction(line.slice(3)) ?? { do: "fail", text: `bad directive ${line}` });
}

function withNumber(
  rest: string,
  preset: number,
  make: (value: number) => Action,
): Action | undefined {
  const value = rest === "" ? preset : Number(rest.split(/\s+/)[0]);
  return Number.isFinite(value) && value >= 0 ? make(value) : undefined;
}

/** `Bash {"command":"ls"}` */
function readTool(rest: string): Action | undefined {
  const [, name = "", json = ""] = /^(\S+)\s+(\{.*\})$/s.exec(rest) ?? [];
  try {
    const input: unknown = JSON.parse(json);
    return { do: "tool", name, input: Object.fromEntries(Object.entries(input ?? {})) };
  } catch {
    return undefined;
  }
}

function readQuestion(rest: string): Action {
  const [question = "", ...options] = rest.split("|").map((part) => part.trim());
  return { do: "ask", question, options: options.length < 2 ? ["Yes", "No"] : options };
}

function readFlood(rest: string): Action | undefined {
  const [rate = "10", length = "1"] = rest === "" ? [] : rest.split(/\s+/);
  const megabytesPerSecond = Number.parseFloat(rate);
  const seconds = Number.parseFloat(length);
  if (!(megabytesPerSecond > 0) || !(seconds >= 0)) return undefined;
  return { do: "flood", megabytesPerSecond, seconds };
}

function readCrash(rest: string): Action | undefined {
  if (/^SIG[A-Z0-9]+$/.test(rest)) return { do: "kill", signal: rest };
  const code = rest === "" ? 1 : Number(rest);
  return Number.isInteger(code) && code >= 0 && code <= 255 ? { do: "crash", code } : undefined;
}
