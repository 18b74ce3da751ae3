/** Calls that are taken back: by a client whose time is over, and by a person who stops the agent. */
import { expect, test } from "vitest";
import { mcpUrl, overHttp } from "../support/mcp.ts";
import { office, tokenOf, untilReleased } from "../support/office.ts";
import { type Product, until } from "../support/product.ts";
import { clientOf, inboxOf, launchScripted, terminalOf, untilStatus } from "../support/scripted.ts";

const PATIENCE_MS = 60_000;
const QUICK = "handoffs: { returnSeconds: 0.3 }\n";

const newest = async (world: Product) => (await clientOf(world).handoffs())[0];

test(
  "an agent that is interrupted has the work stopped that it waits for, and is not woken by its end",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const lead = await overHttp(world, "lead");
    await world.run("send", "lead", "do:slow 100");
    await untilStatus(world, "lead", "working");
    const said = lead.call("handoff", { agent: "dev", message: "do:slow 100" });
    const other = await lead.call("assign", { agent: "dev", message: "do:say still wanted" });
    await until(async () => (await newest(world))?.kind === "assignment", "both are stored");
    await until(async () => (await terminalOf(world, "dev")).status === "working", "dev works");
    expect(await world.run("interrupt", "lead")).toMatchObject({ code: 0 });
    expect(await said).toMatchObject({ isError: true });
    const handoffs = await clientOf(world).handoffs();
    const stopped = handoffs.find(({ kind }) => kind === "handoff");
    expect(stopped).toMatchObject({ state: "cancelled", returned: "nobody" });
    expect(stopped?.error?.message).toContain("lead, which asked for it, was interrupted");
    await untilReleased(world, stopped?.id ?? "");
    expect(other).toMatchObject({ isError: false });
    // What it does not wait for goes on, and only that wakes it.
    await until(async () => (await inboxOf(world, "lead")).length === 2, "the other's result came");
    const [, woken] = await inboxOf(world, "lead");
    expect(woken?.body).toContain("still wanted");
  },
  PATIENCE_MS,
);

test(
  "work that its sender asked for in an earlier turn outlives an interruption of this one",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const lead = await overHttp(world, "lead");
    const work = { agent: "dev", message: "do:slow 6\ndo:say of before" };
    await lead.call("handoff", work, { timeout: 1_000 }).catch(() => undefined);
    await world.run("send", "lead", "do:slow 100");
    await untilStatus(world, "lead", "working");
    await world.run("interrupt", "lead");
    await until(async () => (await newest(world))?.settledAt !== null, "it is over");
    expect(await newest(world)).toMatchObject({ state: "done", result: { text: "of before" } });
  },
  PATIENCE_MS,
);

test(
  "a client that gave a call up and asks for the rest of its answer gets none: it comes as a message",
  async () => {
    const world = office(QUICK);
    await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const url = await mcpUrl(world);
    const headers = {
      authorization: `Bearer ${tokenOf(world, (await terminalOf(world, "lead")).id)}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2025-11-25",
    };
    const post = (message: object) => {
      const body = JSON.stringify({ jsonrpc: "2.0", ...message });
      return fetch(url, { method: "POST", headers, body });
    };
    const work = { agent: "dev", message: "do:slow 3\ndo:say for the inbox" };
    const call = { id: 7, method: "tools/call", params: { name: "handoff", arguments: work } };
    const answer = await post(call);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const id = /^id: (.*)$/m.exec((await reader?.read())?.value ?? "")?.[1] ?? "";
    expect(id).not.toBe("");
    await until(async () => (await newest(world))?.state === "running", "dev works");
    await post({
      method: "notifications/cancelled",
      params: { requestId: 7, reason: "timed out" },
    });
    const again = await fetch(url, { headers: { ...headers, "last-event-id": id } });
    expect(again.status).toBe(405);
    await until(async () => (await inboxOf(world, "lead")).length === 1, "the result came");
    expect((await inboxOf(world, "lead"))[0]?.body).toContain("for the inbox");
    expect(await newest(world)).toMatchObject({ state: "done", returned: "message" });
  },
  PATIENCE_MS,
);
