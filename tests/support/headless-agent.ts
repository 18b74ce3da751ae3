// A CLI without a model and without a screen: its prompt is its standard input, what it prints has the form of
// Claude Code's stream. A session is a file of the prompts it took; `--resume` of one that is not there fails.
//   node headless-agent.ts --session-id ID | --resume ID
//   do:say TEXT   do:slow SECONDS   do:run CMD (in bash)   do:fail TEXT   do:flood MEGABYTES   do:crash
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  strict: false,
  options: { "session-id": { type: "string" }, resume: { type: "string" } },
});
const id = String(values.resume ?? values["session-id"]);
const folder = join(process.env["HOME"] ?? "", ".headless");
const file = join(folder, `${id}.txt`);
mkdirSync(folder, { recursive: true });
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

if (values.resume !== undefined && !existsSync(file)) {
  process.stderr.write(`no session ${id}\n`);
  process.exit(1);
}
const prompt = readFileSync(0, "utf8");
appendFileSync(file, `${JSON.stringify(prompt)}\n`);
appendFileSync(join(folder, "prompts.jsonl"), `${JSON.stringify(prompt)}\n`);
say({ type: "system", subtype: "init", session_id: id, cwd: process.cwd() });
end(await answer(prompt));

async function answer(
  text: string,
): Promise<{ readonly text: string; readonly isError?: boolean }> {
  const [, verb = "", rest = ""] = /^do:(\w+) ?(.*)$/s.exec(text) ?? [];
  switch (verb) {
    case "say":
      return { text: rest };
    case "fail":
      return { text: rest, isError: true };
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, Number(rest) * 1_000));
      return { text: "slowly done" };
    case "run": {
      say({ type: "assistant", message: { content: [{ type: "tool_use", name: "Bash" }] } });
      const ran = spawnSync("bash", ["-c", rest], { encoding: "utf8" });
      return { text: `ran: exit ${ran.status ?? -1} ${ran.stdout}${ran.stderr}` };
    }
    case "flood":
      for (let megabyte = 0; megabyte < Number(rest); megabyte += 1)
        process.stdout.write("x".repeat(1_000_000));
      return { text: "flooded" };
    case "crash":
      return process.exit(3);
    default: {
      const count = readFileSync(file, "utf8").split("\n").filter(Boolean).length;
      return { text: `prompt ${count} of this session: ${text}` };
    }
  }
}

function end({
  text,
  isError = false,
}: {
  readonly text: string;
  readonly isError?: boolean;
}): void {
  if (!isError) say({ type: "assistant", message: { content: [{ type: "text", text }] } });
  const model_usage_since_last_result = { scripted: { inputTokens: 7, outputTokens: 3 } };
  const head = { type: "result", subtype: "success", uuid: crypto.randomUUID() };
  say({ ...head, is_error: isError, result: text, model_usage_since_last_result });
}
