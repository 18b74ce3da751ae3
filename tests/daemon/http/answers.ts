/** Each route called once, on a daemon where there is something of everything; its answer. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { api } from "../../../src/contract/api/index.ts";
import type { Route } from "../../../src/contract/api/route.ts";
import { call, launched, type Served } from "../../support/served.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

type Ask = (name: keyof typeof api, given?: Given) => Promise<unknown>;

interface Given {
  /** What stands for the parts of the path, in order. */
  readonly of?: readonly string[];
  readonly query?: string;
  readonly body?: unknown;
  readonly token?: string;
}

export async function answers(world: Served): Promise<Record<string, Answer>> {
  const seen: Record<string, Answer> = {};
  const ask: Ask = async (name, given = {}) => {
    const answer = await answerOf(world, api[name], given);
    seen[name] = answer;
    return answer.body;
  };
  const agent = world.tokenOf(await launched(world));
  await askDaemon(ask);
  await askTerminals(world, ask);
  await askAgents(ask);
  await askNotifications(ask);
  await askMessages(ask);
  await askTasks(ask);
  await askExecution(world, ask);
  await askGate(world, ask, agent);
  await askPeople(world, ask, agent);
  await ask("stopTerminal", { of: ["dev"], body: { force: true } });
  await ask("restartTerminal", { of: ["dev"], body: { env: ENV } });
  await ask("shutDown", { body: { all: true } });
  await ask("stopDaemon", { body: {} });
  return seen;
}

const ENV = { PATH: process.env["PATH"] ?? "" };

async function askDaemon(ask: Ask): Promise<void> {
  await ask("readOpenApi");
  await ask("checkHealth");
  await ask("status");
  await ask("config");
  await ask("listProviders");
  await ask("showProvider", { of: ["scripted"] });
  await ask("listProfiles");
  await ask("showProfile", { of: ["worker"] });
  await ask("followEvents", { query: "after=0" });
  await ask("showUsage");
}

async function askTerminals(world: Served, ask: Ask): Promise<void> {
  const { logPath, session } = world.services.terminals.find("dev").record;
  mkdirSync(path.dirname(logPath), { recursive: true });
  writeFileSync(logPath, "grüße\r\n");
  const text = `session: shop\ncwd: ${world.folder}\nagents:\n  - { name: check, provider: scripted }\n`;
  await ask("listSessions");
  await ask("showSession", { of: [session] });
  await ask("listTerminals", { query: "all=1" });
  const wanted = { provider: "scripted", name: "other", cwd: world.folder, env: ENV };
  await ask("launchTerminal", { body: wanted });
  await ask("launchTeam", { body: { text, file: `${world.folder}/team.yaml`, env: ENV } });
  await ask("showTerminal", { of: ["dev"] });
  await ask("explainStatus", { of: ["dev"] });
  await ask("readScreen", { of: ["dev"] });
  await ask("readLog", { of: ["dev"], query: "offset=0" });
  await ask("typeInput", { of: ["dev"], body: { text: "hello", keys: ["Enter"] } });
  await ask("interruptTerminal", { of: ["dev"] });
  await ask("attach", { of: ["dev"], body: {} });
  await ask("renameTerminal", { of: ["other"], body: { name: "second" } });
}

async function askAgents(ask: Ask): Promise<void> {
  await ask("registerAgent", { body: { name: "fixer", provider: "scripted", labels: ["test"] } });
  await ask("listAgents");
  await ask("showAgent", { of: ["fixer"] });
  await ask("showAgentCard", { of: ["fixer"] });
  await ask("labelAgent", { of: ["fixer"], body: { add: ["docs"] } });
  await ask("disableAgent", { of: ["fixer"], body: {} });
  await ask("enableAgent", { of: ["fixer"], body: {} });
  await ask("removeAgent", { of: ["fixer"], body: {} });
}

async function askNotifications(ask: Ask): Promise<void> {
  await ask("listNotifyRules");
  await ask("testNotifications", { body: { to: ["console"] } });
  await ask("listNotifications", { query: "limit=5" });
}

async function askMessages(ask: Ask): Promise<void> {
  const id = idOf(await ask("sendMessage", { body: { to: "dev", body: "hello" } }));
  await ask("listMessages", { query: "to=dev" });
  await ask("showMessage", { of: [id] });
  await ask("awaitMessage", { of: [id], query: "waitMs=0" });
  await ask("cancelMessage", { of: [id] });
  const asked = { terminal: "dev", message: "work" };
  const handoff = idOf(await ask("requestHandoff", { body: asked }));
  await ask("listHandoffs", { query: "open=1" });
  await ask("showHandoff", { of: [handoff] });
  await ask("cancelHandoff", { of: [handoff] });
}

async function askTasks(ask: Ask): Promise<void> {
  const locks = [{ glob: "src/**" }];
  const first = { title: "first", ref: "one", locks, payload: { n: 1 } };
  const wanted = [first, { title: "second", dependsOn: [{ task: "one" }] }];
  await ask("createTasks", { body: { tasks: wanted } });
  const claimed = async () => {
    const { task, fence } = Object(await ask("claimTask", { body: {} }));
    return { of: [idOf(task)], fence: Number(fence) };
  };
  const held = await claimed();
  const holding = (body: object = {}) => ({ of: held.of, body: { fence: held.fence, ...body } });
  await ask("startTask", holding());
  await ask("beatTask", holding({ progress: { share: 0.5, note: "half" } }));
  await ask("addTaskEvidence", holding({ evidence: [{ kind: "note", summary: "seen" }] }));
  await ask("lockForTask", holding({ locks: [{ glob: "docs/", mode: "shared" }] }));
  await ask("listLocks");
  await ask("putTaskBy", holding({ reason: "which one?" }));
  await ask("resumeTask", { of: held.of, body: {} });
  const again = await claimed();
  const reason = { fence: again.fence, reason: "not now" };
  await ask("releaseTask", { of: held.of, body: reason });
  const third = await claimed();
  const failure = { fence: third.fence, class: "permanent", message: "no way" };
  await ask("failTask", { of: held.of, body: failure });
  await ask("retryTask", { of: held.of, body: {} });
  const last = await claimed();
  await ask("completeTask", { of: held.of, body: { fence: last.fence, result: { n: 2 } } });
  const second = await claimed();
  await ask("showTaskDependencies", { of: second.of });
  await ask("cancelTask", { of: second.of, body: {} });
  const more = [{ title: "third" }, { title: "fourth" }];
  const [earlier, later] = Object(await ask("createTasks", { body: { tasks: more } }));
  const on = [{ task: idOf(earlier.task) }];
  await ask("linkTask", { of: [idOf(later.task)], body: { dependsOn: on } });
  await ask("listTasks", { query: "state=done,cancelled&limit=10" });
  await ask("exportTasks");
  await ask("showTask", { of: held.of });
  await ask("countTasks");
  await ask("claimTask", { body: { queue: "nothing-here" } });
}

async function askExecution(world: Served, ask: Ask): Promise<void> {
  const digest = "ab".repeat(32);
  const folder = path.join(world.folder, "c/blobs/ab");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, digest), "what it printed");
  await ask("readBlob", { of: [digest] });
  await ask("registerAgent", { body: { name: "doer", provider: "scripted", labels: ["doing"] } });
  const task = { title: "do it", labels: ["doing"], execution: { cwd: world.folder } };
  const [created] = Object(await ask("createTasks", { body: { tasks: [task] } }));
  const of = [idOf(created.task)];
  await ask("executeTask", { of, body: {} });
  await ask("explainTask", { of });
  await ask("turnAuto", { body: { on: false, release: true } });
  await ask("showAuto");
}

async function askGate(world: Served, ask: Ask, token: string): Promise<void> {
  await ask("askGate", { token, body: `bash\0${world.folder}\0git status` });
  const decision = idOf(await ask("listDecisions", { query: "limit=10" }));
  await ask("showDecision", { of: [decision] });
  await ask("tellExit", { token, body: `${decision}\x000` });
  const input = { command: "ls" };
  const hook = { cwd: "/", hook_event_name: "PreToolUse", tool_name: "Bash", tool_input: input };
  await ask("callHook", { token, of: ["claude-code", "PreToolUse"], body: hook });
  const rule = { rule: "loses-work", effect: "deny", reason: "a test" };
  await ask("overrideRule", { body: rule });
  await ask("restoreRule", { body: { rule: "loses-work" } });
}

async function askPeople(world: Served, ask: Ask, token: string): Promise<void> {
  const action = { kind: "command", text: "make", cwd: "/w", why: null };
  const id = idOf(await ask("requestApproval", { token, body: { action } }));
  await ask("listApprovals", { query: "all=1" });
  await ask("showApproval", { of: [id] });
  const question = await questionOf(world, token);
  const always = { verdict: "approve", grantMs: 60_000 };
  await ask("decideApproval", { of: [question], body: always });
  await ask("createToken", { body: { name: "alice" } });
  await ask("listTokens");
  await ask("revokeToken", { of: ["alice"] });
  const grant = idOf(await ask("listGrants"));
  await ask("revokeGrant", { of: [grant] });
}

/** The number of a question that a gate waits for. */
async function questionOf(world: Served, token: string): Promise<string> {
  const body = `bash\0${world.folder}\0git push origin main`;
  const headers = { "content-type": api.askGate.takes };
  const response = await call(world, api.askGate.path, { method: "POST", token, body, headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const first = (await reader?.read())?.value ?? "";
  return /^wait (\d+)/.exec(first)?.[1] ?? first;
}

function idOf(value: unknown): string {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one === "object" && one !== null && "id" in one) return String(one.id);
  throw new Error(`nothing with an id: ${JSON.stringify(value)}`);
}

async function answerOf(world: Served, route: Route, given: Given): Promise<Answer> {
  const parts = [...(given.of ?? [])];
  const at = route.path.replaceAll(/:\w+/g, () => encodeURIComponent(parts.shift() ?? ""));
  const query = given.query === undefined ? "" : `?${given.query}`;
  const response = await call(world, `${at}${query}`, {
    method: route.method,
    token: given.token ?? world.ownerToken,
    body: given.body,
    ...(route.takes === undefined ? {} : { headers: { "content-type": route.takes } }),
  });
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  return { status: response.status, type, body: await bodyOf(response, type) };
}

/** Of a stream its first event. */
async function bodyOf(response: Response, type: string): Promise<unknown> {
  if (type !== "text/event-stream") {
    const text = await response.text();
    return type.endsWith("json") ? JSON.parse(text) : text;
  }
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.includes("\n\n")) break;
  }
  return JSON.parse(/^data: ?(.*)$/m.exec(text)?.[1] ?? "null");
}
