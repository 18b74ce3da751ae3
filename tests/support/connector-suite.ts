/** What is held to be true of every connector: each claim against a daemon that is killed and started again. */
import { describe, expect, test } from "vitest";
import { newId } from "../../src/base/ids.ts";
import { type Driven, type Host, startHost } from "./connectors.ts";
import { isAlive, type Product, until } from "./product.ts";

export interface ConnectorSuite {
  readonly name: string;
  /** A world with an agent that knows `do:say TEXT`, `do:slow SECONDS`, `do:fail TEXT`. */
  readonly world: () => Product;
  readonly driven: (world: Product) => Driven;
  /** The prompts that its agents took, in order: what counts, whatever the daemon believes. */
  readonly taken: (world: Product) => string[];
  /** Processes of its agents that live. */
  readonly agents: (world: Product) => number[];
  /** Where a daemon dies on the way of a prompt. */
  readonly failpoints: readonly string[];
}

export function connectorSuite(suite: ConnectorSuite): void {
  const begin = async (env: Readonly<Record<string, string>> = {}) => {
    const world = suite.world();
    const driven = suite.driven(world);
    const start = (more = env): Promise<Host> => startHost(world, driven, more);
    const id = newId("t");
    const host = await start();
    return { world, host, start, id, session: host.session(id) };
  };

  describe(`the connector ${suite.name}`, () => {
    test("a prompt becomes a turn with a stop reason and the answer whole", async () => {
      const { host, id, session, world } = await begin();
      await session.open();
      await host.follow(id);
      const end = await session.prompt("one", "do:say all is well");
      expect(end).toMatchObject({
        stopReason: "end_turn",
        result: { text: "all is well" },
        turn: { state: "completed" },
      });
      expect(await session.status()).toMatchObject({ status: "idle" });
      expect(host.updates.map(({ kind }) => kind)).toContain("status");
      expect(suite.taken(world)).toEqual(["do:say all is well"]);
    });

    test("the same key is the same turn, and what ends with an error throws", async () => {
      const { session, world } = await begin();
      await session.open();
      const [one, same] = await Promise.all([
        session.prompt("one", "do:say once"),
        session.prompt("one", "do:say once"),
      ]);
      expect(same.turn.id).toBe(one.turn.id);
      await expect(session.prompt("two", "do:fail it broke")).rejects.toMatchObject({
        code: "agent.failed",
      });
      expect((await session.prompt("one", "do:say once")).turn.id).toBe(one.turn.id);
      expect(suite.taken(world)).toEqual(["do:say once", "do:fail it broke"]);
    });

    test("what is cancelled stops, and the next prompt is taken", async () => {
      const { session } = await begin();
      await session.open();
      const slow = session.prompt("slow", "do:slow 60");
      await until(async () => (await session.status()).status === "working", "it works");
      await until(() => session.cancel("slow"), "it is stopped");
      expect(await slow).toMatchObject({ stopReason: "cancelled" });
      expect(await session.prompt("next", "do:say on")).toMatchObject({ result: { text: "on" } });
    });

    test("the daemon killed in the middle of a turn: its result is neither lost nor doubled", async () => {
      const { host, session, start, id, world } = await begin();
      await session.open();
      void session.prompt("slow", "do:slow 3").catch(() => undefined);
      await until(async () => (await session.status()).status === "working", "it works");
      await host.kill();
      const again = (await start()).session(id);
      await again.adopt();
      const end = await again.prompt("slow", "do:slow 3");
      expect(end).toMatchObject({ stopReason: "end_turn", turn: { state: "completed" } });
      expect(await again.prompt("slow", "do:slow 3")).toEqual(end);
      expect(suite.taken(world)).toEqual(["do:slow 3"]);
      expect(await again.prompt("next", "do:say on")).toMatchObject({ result: { text: "on" } });
    });

    test.each(suite.failpoints)("killed at %s: the prompt is one turn", async (failpoint) => {
      const { host, session, start, id, world } = await begin({ CONDUCTOR_FAILPOINT: failpoint });
      await session.open();
      void session.prompt("one", "do:say once").catch(() => undefined);
      await host.died();
      const again = (await start({})).session(id);
      const end = await again.prompt("one", "do:say once");
      expect(end).toMatchObject({ stopReason: "end_turn", result: { text: "once" } });
      expect(suite.taken(world)).toEqual(["do:say once"]);
    });

    test("the agent killed: a typed error, and opened again it takes the next prompt", async () => {
      const { session, world } = await begin();
      await session.open();
      await session.prompt("one", "do:say first");
      const slow = session.prompt("slow", "do:slow 60").catch((error: unknown) => error);
      await until(() => suite.taken(world).length === 2, "it works");
      for (const pid of suite.agents(world)) process.kill(pid, "SIGKILL");
      const code = expect.stringMatching(/^agent\.(?:gone|failed)$/);
      expect(await slow).toMatchObject({ code });
      await session.open();
      expect(await session.prompt("next", "do:say on")).toMatchObject({ result: { text: "on" } });
      expect(suite.taken(world)).toEqual(["do:say first", "do:slow 60", "do:say on"]);
    });

    test("closed, nothing of it runs any more", async () => {
      const { session, world } = await begin();
      await session.open();
      void session.prompt("slow", "do:slow 60").catch(() => undefined);
      await until(() => suite.taken(world).length === 1, "it works");
      const pids = suite.agents(world);
      expect(pids.length).toBeGreaterThan(0);
      await session.close();
      await until(() => !pids.some(isAlive), "its processes are gone");
      await expect(session.adopt()).rejects.toMatchObject({ code: "not_found" });
    });
  });
}
