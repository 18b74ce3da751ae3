// An agent of the Agent Client Protocol without a model, made with the protocol's own SDK.
//   do:say TEXT   do:slow SECONDS   do:fail TEXT   do:permit TEXT (a call of a tool)   do:shell CMD (of its shell)
// A session is a file of the prompts it took; the others are remembered for whoever counts.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import {
  type AgentContext,
  agent,
  methods,
  ndJsonStream,
  RequestError,
} from "@agentclientprotocol/sdk";

// As the CLIs that take no other words in this mode.
if (process.argv.length > 2) throw new Error(`unknown: ${process.argv.slice(2).join(" ")}`);
/** As Gemini CLI does with a session of this minute, it finds none that is younger. */
const YOUNG_MS = 1_000;
const folder = join(process.env["HOME"] ?? "", ".acp");
mkdirSync(folder, { recursive: true });
const fileOf = (id: string): string => join(folder, `${id}.txt`);
const cancelled = new AbortController();

const app = agent({ name: "acp-agent" })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: 1,
    agentInfo: { name: "acp-agent", version: "1.0.0" },
    agentCapabilities: { loadSession: true },
  }))
  .onRequest(methods.agent.session.new, () => {
    const sessionId = crypto.randomUUID();
    writeFileSync(fileOf(sessionId), "");
    return { sessionId };
  })
  .onRequest(methods.agent.session.load, ({ params }) => {
    const born = statSync(fileOf(params.sessionId), { throwIfNoEntry: false })?.birthtimeMs;
    const isYoung = born !== undefined && Date.now() - born < YOUNG_MS;
    if (born === undefined || isYoung) throw new RequestError(-32_602, "no such session");
    return {};
  })
  .onNotification(methods.agent.session.cancel, () => cancelled.abort())
  .onRequest(methods.agent.session.prompt, async ({ params: { sessionId, prompt }, client }) => {
    const text = prompt.map((each) => (each.type === "text" ? each.text : "")).join("");
    appendFileSync(fileOf(sessionId), `${JSON.stringify(text)}\n`);
    appendFileSync(join(folder, "prompts.jsonl"), `${JSON.stringify(text)}\n`);
    const answer = await answerTo(text, sessionId, client);
    if (cancelled.signal.aborted) return { stopReason: "cancelled" };
    await client.notify(methods.client.session.update, {
      sessionId,
      update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text: answer } },
    });
    return { stopReason: "end_turn" };
  });
const input = Readable.toWeb(process.stdin);
const output = Writable.toWeb(process.stdout);
await app.connect(ndJsonStream(output, input)).closed;

async function answerTo(text: string, sessionId: string, client: AgentContext): Promise<string> {
  const [, verb = "", rest = ""] = /^do:(\w+) ?(.*)$/s.exec(text) ?? [];
  switch (verb) {
    case "say":
      return rest;
    case "fail":
      throw new RequestError(-32_603, rest);
    case "slow":
      await slowly(Number(rest) * 1_000);
      return "slowly done";
    case "permit":
      return (await isAllowed(client, sessionId, { title: rest })) ? "allowed" : "refused";
    case "shell": {
      const call = { title: rest, kind: "execute" as const, rawInput: { command: rest } };
      if (!(await isAllowed(client, sessionId, call))) return "refused";
      return `ran: exit ${spawnSync("sh", ["-c", rest]).status ?? -1}`;
    }
    default: {
      const count = readFileSync(fileOf(sessionId), "utf8").split("\n").filter(Boolean).length;
      return `prompt ${count} of this session: ${text}`;
    }
  }
}

function slowly(delayMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  cancelled.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}

async function isAllowed(
  client: AgentContext,
  sessionId: string,
  call: { readonly title: string; readonly kind?: "execute"; readonly rawInput?: object },
): Promise<boolean> {
  const { outcome } = await client.request(methods.client.session.requestPermission, {
    sessionId,
    toolCall: { toolCallId: crypto.randomUUID(), ...call },
    options: [
      { optionId: "always", name: "Always", kind: "allow_always" },
      { optionId: "yes", name: "Yes", kind: "allow_once" },
      { optionId: "no", name: "No", kind: "reject_once" },
    ],
  });
  return outcome.outcome === "selected" && outcome.optionId === "yes";
}
