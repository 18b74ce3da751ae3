/**
 * The plugin by which OpenCode asks conductor about its tool calls and tells of its turns. It runs inside of
 * OpenCode, with nothing but Node's modules. What it cannot ask about it refuses.
 */
import { connect } from "node:net";

const AWAY =
  "the daemon of conductor does not answer, so this did not run. Ask the human to run `conductor daemon start`";

const WAIT_MS = Number(process.env.CONDUCTOR_HOOK_SECONDS) * 1_000 || 2 ** 31 - 1;

/** A plain socket: `fetch` goes by way of `http_proxy`, and gives up after five minutes. */
function post(event, body) {
  const { hostname, port, host } = new URL(process.env.CONDUCTOR_URL ?? "");
  const bytes = Buffer.from(JSON.stringify(body));
  const head = [
    `POST /api/v1/hooks/opencode/${event} HTTP/1.0`,
    `Host: ${host}`,
    `Authorization: Bearer ${process.env.CONDUCTOR_TOKEN ?? ""}`,
    "Content-Type: application/json",
    `Content-Length: ${bytes.length}`,
  ];
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      socket.write(bytes);
    });
    // A daemon that hangs says nothing, and closes nothing.
    const late = setTimeout(() => socket.destroy(new Error(AWAY)), WAIT_MS);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(late);
      try {
        resolve(answerOf(Buffer.concat(chunks)));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Cut off, it could mean anything. */
function answerOf(bytes) {
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, Math.max(end, 0)).toString();
  const body = bytes.subarray(end + 4);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (!/^HTTP\/1\.\d 200 /.test(head) || Number(length) !== body.length) throw new Error(AWAY);
  return JSON.parse(body.toString());
}

async function judged(call) {
  try {
    return await post("PreToolUse", call);
  } catch {
    return { decision: "deny", reason: AWAY };
  }
}

/** The words of a turn, by session: only those of a session that a person opened are told. */
class Turns {
  #children = new Set();
  #answers = new Map();
  #roles = new Map();
  #ends = new Map();
  #open = new Set();
  #told = Promise.resolve();

  tell(event, body) {
    this.#told = this.#told.then(() => post(event, { ...body, hook_event_name: event })).catch(() => {});
  }

  prompted({ sessionID }, { parts }) {
    if (this.#children.has(sessionID)) return;
    this.#answers.delete(sessionID);
    this.#ends.delete(sessionID);
    this.#open.add(sessionID);
    const texts = parts.flatMap((part) =>
      part.type === "text" && part.synthetic !== true ? [part.text] : [],
    );
    this.tell("UserPromptSubmit", { session_id: sessionID, prompt: texts.join("\n") });
  }

  heard({ type, properties }) {
    const { sessionID, info, part, error, status } = properties ?? {};
    if (type === "session.created" || type === "session.updated") {
      if (info?.parentID) this.#children.add(info.id);
    } else if (type === "message.updated") {
      this.#roles.set(info.id, info.role);
    } else if (type === "message.part.updated") {
      this.#said(part);
    } else if (type === "session.error" && sessionID) {
      this.#ends.set(sessionID, error);
    } else if (type === "session.idle" || (type === "session.status" && status?.type === "idle")) {
      this.#over(sessionID);
    }
  }

  #said(part) {
    if (part?.type !== "text" || this.#roles.get(part.messageID) !== "assistant") return;
    const known = this.#answers.get(part.sessionID);
    const texts = known?.message === part.messageID ? known.texts : new Map();
    texts.set(part.id, part.text);
    this.#answers.set(part.sessionID, { message: part.messageID, texts });
  }

  #over(sessionID) {
    // It says so twice.
    if (!this.#open.delete(sessionID)) return;
    const answer = [...(this.#answers.get(sessionID)?.texts.values() ?? [])].join("\n");
    const error = this.#ends.get(sessionID);
    const told = { session_id: sessionID, last_assistant_message: answer === "" ? null : answer };
    if (error === undefined) this.tell("Stop", told);
    else this.tell("StopFailure", { session_id: sessionID, error: wordOf(error) });
    this.#answers.delete(sessionID);
    this.#ends.delete(sessionID);
  }
}

function wordOf(error) {
  if (error?.name === "MessageAbortedError") return "interrupted";
  const said = JSON.stringify(error) ?? "";
  return /\b429\b|rate.?limit|quota|usage limit/i.test(said) ? "rate_limit" : "failed";
}

export const Conductor = async ({ client, directory }) => {
  const allowed = new Set();
  const turns = new Turns();
  turns.tell("SessionStart", {});
  return {
    "chat.message": async (input, output) => turns.prompted(input, output),
    "tool.execute.before": async ({ tool, sessionID, callID }, { args }) => {
      const { decision, reason } = await judged({
        hook_event_name: "PreToolUse",
        session_id: sessionID,
        cwd: directory,
        tool_name: tool,
        tool_input: args ?? {},
        tool_use_id: callID,
      });
      if (decision === "allow") allowed.add(callID);
      else if (decision !== "none") throw new Error(reason ?? AWAY);
    },
    "tool.execute.after": async ({ tool, callID }) => {
      allowed.delete(callID);
      turns.tell("PostToolUse", { tool_name: tool, tool_use_id: callID });
    },
    event: async ({ event }) => {
      turns.heard(event);
      if (event.type !== "permission.asked") return;
      // Its own question about a call that was allowed here; each other one is for a person.
      const { id, tool } = event.properties;
      if (!allowed.has(tool?.callID)) return;
      await client._client.post({
        url: "/permission/{id}/reply",
        path: { id },
        body: { reply: "once" },
        headers: { "Content-Type": "application/json" },
      });
    },
  };
};
