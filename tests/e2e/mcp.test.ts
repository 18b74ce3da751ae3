/** The tools of agents, by the official SDK's client: over HTTP, and through the stdio bridge. */
import { expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { mcpUrl, overBridge, overHttp } from "../support/mcp.ts";
import { office, tokenOf, untilReleased } from "../support/office.ts";
import { type Product, until } from "../support/product.ts";
import { clientOf, inboxOf, launchScripted, terminalOf } from "../support/scripted.ts";

const PATIENCE_MS = 120_000;
const QUICK = "handoffs: { returnSeconds: 0.3 }\n";

const TOOLS = [
  "assign",
  "claim_task",
  "complete_task",
  "fail_task",
  "get_status",
  "handoff",
  "list_agents",
  "list_profiles",
  "list_tasks",
  "read_inbox",
  "report_result",
  "request_approval",
  "send_message",
  "update_task",
];

const newest = async (world: Product) => {
  const [handoff] = await clientOf(world).handoffs();
  if (handoff === undefined) throw new Error("nothing was handed on");
  return handoff;
};

test.each([
  ["over HTTP", overHttp],
  ["through the bridge", overBridge],
] as const)(
  "%s the tools say what they take, and do it",
  async (_name, connect) => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    const dev = await launchScripted(world, "dev");
    const lead = await connect(world, "lead");
    const { tools } = await lead.client.listTools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(TOOLS);
    for (const { description, inputSchema } of tools) {
      expect(description?.length).toBeGreaterThan(60);
      expect(inputSchema["additionalProperties"]).toBe(false);
      for (const about of Object.values(inputSchema.properties ?? {}))
        expect(about).toHaveProperty("description");
    }
    const agents = await lead.call("list_agents");
    expect(JSON.parse(agents.text)).toMatchObject([
      { name: "lead", you: true },
      { name: "dev", status: "idle" },
    ]);
    expect((await lead.call("list_profiles")).text).toContain('"name": "worker"');
    const answer = await lead.call("handoff", { agent: "dev", message: "do:say forty-two" });
    expect(answer).toMatchObject({ isError: false });
    expect(answer.text).toContain("forty-two");
    expect((await newest(world)).returned).toBe("call");
    await lead.call("send_message", { to: "dev", message: "do:say hello" });
    await until(() => dev.prompts().at(-1) === "do:say hello", "the message arrived");
    expect((await inboxOf(world, "dev")).at(-1)?.from).toBe(
      `agent:${(await terminalOf(world, "lead")).id}`,
    );
    const status = await lead.call("get_status", { agent: "dev" });
    expect(JSON.parse(status.text)).toMatchObject({ name: "dev" });
    expect((await lead.call("read_inbox")).text).toBe("No messages.");
    expect((await lead.call("report_result", { result: "x" })).isError).toBe(true);
    expect((await lead.call("get_status")).text).toBe("No open work.");
    expect(await inboxOf(world, "lead")).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "a handoff of 60 s outlives a time-out of 5 s that progress resets",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const lead = await overHttp(world, "lead");
    const told: string[] = [];
    const message = "do:slow 60\ndo:say at last";
    const said = await lead.call(
      "handoff",
      { agent: "dev", message },
      {
        timeout: 5_000,
        resetTimeoutOnProgress: true,
        onprogress: ({ message: text }) => void told.push(text ?? ""),
      },
    );
    expect(said.text).toContain("at last");
    expect(told).toContain("dev works on it");
  },
  PATIENCE_MS,
);

test(
  "a client that gives up gets the result as a message",
  async () => {
    const world = office(QUICK);
    const lead = await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const speaker = await overHttp(world, "lead");
    const message = "do:slow 4\ndo:say too late for the call";
    const call = speaker.call("handoff", { agent: "dev", message }, { timeout: 1_500 });
    await expect(call).rejects.toThrow("timed out");
    await until(() => lead.prompts().length === 1, "the result came");
    expect(lead.prompts()[0]).toContain("too late for the call");
    expect((await newest(world)).returned).toBe("message");
  },
  PATIENCE_MS,
);

test(
  "a CLI with a hard limit gets a handle, and the result as a message",
  async () => {
    const world = office(QUICK, [{ name: "worker" }], "mcp: { callSeconds: 1 }");
    await world.json("launch", "--profile", "worker", "--name", "lead", "--no-panel");
    await launchScripted(world, "dev");
    const speaker = await overHttp(world, "lead");
    const said = await speaker.call("handoff", {
      agent: "dev",
      message: "do:slow 3\ndo:say later",
    });
    const { id } = await newest(world);
    expect(said).toMatchObject({ isError: false });
    expect(said.text).toContain(id);
    await until(async () => (await inboxOf(world, "lead")).length === 1, "the result came");
    expect((await inboxOf(world, "lead"))[0]?.body).toContain("later");
  },
  PATIENCE_MS,
);

test(
  "the daemon is killed in the middle: the bridge brings it back, repeats the call, and answers",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    const dev = await launchScripted(world, "dev");
    const lead = await overBridge(world, "lead");
    const said = lead.call("handoff", { agent: "dev", message: "do:slow 3\ndo:say survived" });
    await until(() => dev.prompts().length === 1, "the worker has it");
    await world.killDaemon();
    expect((await said).text).toContain("survived");
    expect(dev.prompts()).toHaveLength(1);
    const { id } = await newest(world);
    await untilReleased(world, id);
    expect(await inboxOf(world, "lead")).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "the daemon is killed in the middle of a call over HTTP: the same call again gets the one answer",
  async () => {
    const world = office("handoffs: { returnSeconds: 60 }\n");
    await launchScripted(world, "lead");
    const dev = await launchScripted(world, "dev");
    const lead = await overHttp(world, "lead");
    const work = { agent: "dev", message: "do:slow 2\ndo:say once" };
    const cut = lead.call("handoff", work, { timeout: 2_500 }).catch(() => undefined);
    await until(() => dev.prompts().length === 1, "the worker has it");
    await world.killDaemon();
    await cut;
    await world.json("daemon", "start");
    expect((await lead.call("handoff", work)).text).toContain("once");
    expect(dev.prompts()).toHaveLength(1);
  },
  PATIENCE_MS,
);

test(
  "a daemon that is restarted under a call over HTTP answers it to the client that asks again",
  async () => {
    const world = office("handoffs: { returnSeconds: 60 }\n");
    await launchScripted(world, "lead");
    const dev = await launchScripted(world, "dev");
    const lead = await overHttp(world, "lead");
    const said = lead.call("handoff", { agent: "dev", message: "do:slow 2\ndo:say resumed" });
    await until(() => dev.prompts().length === 1, "the worker has it");
    await world.killDaemon();
    await world.json("daemon", "start");
    expect((await said).text).toContain("resumed");
    expect(dev.prompts()).toHaveLength(1);
  },
  PATIENCE_MS,
);

test(
  "what a worker hands in is its result, whatever it says last",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const [lead, dev] = [await overHttp(world, "lead"), await overHttp(world, "dev")];
    const said = lead.call("handoff", { agent: "dev", message: "do:slow 3\ndo:say bye" });
    await until(
      async () => (await newest(world).catch(() => undefined))?.state === "running",
      "it works",
    );
    expect((await dev.call("get_status")).text).toContain("lead gave this to you");
    const kept = await dev.call("report_result", { result: "the whole report" });
    expect(kept).toMatchObject({ isError: false });
    expect((await said).text).toContain("the whole report");
    expect((await said).text).not.toMatch(/^bye$/m);
  },
  PATIENCE_MS,
);

test(
  "a human is asked: yes, no with a reason, and nobody for one who went away",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    const lead = await overHttp(world, "lead");
    const pending = async (): Promise<ApprovalView> => {
      await until(async () => (await clientOf(world).approvals()).length > 0, "it is asked");
      const [found] = await clientOf(world).approvals();
      if (found === undefined) throw new Error("nothing is asked");
      return found;
    };
    const yes = lead.call("request_approval", { action: "publish 1.0 to npm", why: "it is done" });
    expect(await pending()).toMatchObject({
      terminalName: "lead",
      action: { text: "publish 1.0 to npm", why: "it is done" },
    });
    await world.json("approve", String((await pending()).number));
    expect((await yes).text).toMatch(/^Approved/);
    const no = lead.call("request_approval", { action: "publish 2.0 to npm" });
    await world.json("deny", String((await pending()).number), "--reason", "not on a Friday");
    expect((await no).text).toContain("not on a Friday");
    const left = lead.call("request_approval", { action: "x" }, { timeout: 1_000 });
    await expect(left).rejects.toThrow("timed out");
    await until(async () => (await clientOf(world).approvals()).length === 0, "nobody is asked");
    const short = await lead.call("request_approval", { action: "y", wait_seconds: 1 });
    expect(short.text).toMatch(/^No answer yet/);
  },
  PATIENCE_MS,
);

test(
  "wrong tokens, and payloads that nobody should send, get an answer and harm nothing",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    const url = await mcpUrl(world);
    const own = tokenOf(world, (await terminalOf(world, "lead")).id);
    const post = async (body: string, token: string): Promise<number> => {
      const accept = "application/json, text/event-stream";
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept,
      };
      const response = await fetch(url, { method: "POST", body, headers });
      await response.text();
      return response.status;
    };
    const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    expect(await post(list, "")).toBe(401);
    expect(await post(list, "0".repeat(64))).toBe(401);
    const human = (await import("node:fs")).readFileSync(`${world.home}/.conductor/token`, "utf8");
    expect(await post(list, human.trim())).toBe(403);
    expect(await post(list, tokenOf(world, "t_nobody"))).toBe(401);
    expect(await post(list, own)).toBe(200);
    const text = await fetch(url, {
      method: "POST",
      body: list,
      headers: { authorization: `Bearer ${own}`, "content-type": "text/plain" },
    });
    expect(text.status).toBe(415);
    expect(await post(`"${"x".repeat(32 * 1024 * 1024)}"`, own)).toBe(413);
    const bodies = [
      "{",
      "null",
      "7",
      "[]",
      "[[[[]]]]",
      `[${list}]`,
      "{}",
      '{"jsonrpc":"2.0","id":{"a":1},"method":"tools/list"}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"__proto__","arguments":7}}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"handoff","_meta":7}}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":null}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{"x":[]}}}',
      `{"jsonrpc":"2.0","id":1,"method":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    ];
    for (const body of bodies) expect([body, (await post(body, own)) < 500]).toEqual([body, true]);
    const lead = await overHttp(world, "lead");
    const wrong: [string, Record<string, unknown>][] = [
      ["handoff", {}],
      ["handoff", { message: "x" }],
      ["handoff", { agent: "dev", profile: "worker", message: "x" }],
      ["handoff", { agent: "nobody", message: "x" }],
      ["handoff", { profile: "worker", message: "x", cwd: "/etc" }],
      ["handoff", { profile: "worker", message: "x", cwd: "../.." }],
      ["handoff", { profile: "../../etc/passwd", message: "x" }],
      ["handoff", { profile: "worker", message: "x", from: "human" }],
      ["assign", { agent: "lead", message: "x" }],
      ["send_message", { to: "lead", message: "x" }],
      ["send_message", { to: "nobody", message: "\u001b[201~" }],
      ["get_status", { handoff: "h_%" }],
      ["get_status", { agent: "a".repeat(201) }],
      ["request_approval", {}],
      ["request_approval", { approval: "1" }],
      ["no_such_tool", {}],
    ];
    for (const [tool, input] of wrong) {
      const said = await lead.call(tool, input);
      expect([tool, input, said.isError]).toEqual([tool, input, true]);
      expect(said.text).toMatch(/^Error \([a-z_.]+\): /);
    }
    // Stored first: what its worktree may be called, git says.
    const failed = await lead.call("handoff", {
      profile: "worker",
      message: "x",
      worktree: "../x",
    });
    expect(failed).toMatchObject({ isError: true });
    expect(failed.text).toContain("no name for a worktree");
    expect(await clientOf(world).handoffs({ open: true })).toEqual([]);
  },
  PATIENCE_MS,
);
