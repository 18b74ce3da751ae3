/** What is held to be true of real agent CLIs without a pane: in their own mode for programs, or by a protocol. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { MessageView } from "../../src/contract/messages.ts";
import type { UsageView } from "../../src/contract/usage.ts";
import { install, type Pin } from "./agent-cli.ts";
import { ask } from "./agent-suite.ts";
import { type Agent, type AgentWorld, emptyWorld, launch } from "./agent-world.ts";
import { openNamespace } from "./netns.ts";
import { until } from "./product.ts";

export interface HeadlessSuite {
  readonly pin: Pin;
  readonly agent: Agent;
  /** What makes the model call the tool that removes `src`. */
  readonly removal: string;
  readonly connector?: "headless" | "acp";
}

export async function headlessSuite(suite: HeadlessSuite): Promise<void> {
  const { pin, agent, removal, connector = "headless" } = suite;
  const installed = await install(pin);
  const netns = await openNamespace();
  if (netns.ok) afterAll(() => netns.namespace.close());
  const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
  const bin = installed.ok ? installed.folder : "";
  const enter = netns.ok ? netns.namespace.enter : [];
  console.log(missing.length === 0 ? `runs ${pin.package}` : `skipped: ${missing.join("; ")}`);

  const world = async (): Promise<AgentWorld> => {
    const dev = await emptyWorld(agent, { bin, enter });
    agent.answerFirstRun(dev);
    mkdirSync(join(dev.work, "src"));
    writeFileSync(join(dev.work, "src/a.txt"), "work");
    await launch(agent, dev, "--connector", connector);
    return dev;
  };

  describe.skipIf(missing.length > 0)(`${pin.package} ${pin.version}, ${connector}`, () => {
    test("it answers, and its conversation goes on; what it prints counts its usage", async () => {
      const dev = await world();
      expect(await ask(dev, "the word is heron")).toContain("ACK bytes=17");
      await ask(dev, "which word?");
      const asked = dev.asked().at(-1);
      expect(asked?.user).toContain("which word?");
      expect(asked?.earlier?.join("\n")).toContain("the word is heron");
      const { total } = await dev.json<UsageView>("usage", "dev");
      if (connector === "headless") expect(total).toMatchObject({ turns: 2 });
      expect(total.output > 0).toBe(connector === "headless");
      expect(await dev.view()).toMatchObject({
        status: "idle",
        paneId: null,
        connector,
      });
    });

    test("what is risky waits, is denied with a reason, and runs after a yes", async () => {
      const dev = await world();
      const isThere = (): boolean => existsSync(join(dev.work, "src/a.txt"));
      const denied = ask(dev, removal);
      const first = await dev.question();
      expect(isThere()).toBe(true);
      await dev.run("deny", String(first.number), "--reason", "we need it");
      await denied;
      expect(dev.asked().at(-1)?.toolResult).toContain("we need it");
      expect(isThere()).toBe(true);
      const approved = ask(dev, removal);
      await dev.run("approve", String((await dev.question()).number));
      await approved;
      expect(isThere()).toBe(false);
    });

    test("the daemon killed while it works: its answer is there, and was asked for once", async () => {
      const dev = await world();
      expect(await dev.run("send", "dev", "do:hold")).toMatchObject({ code: 0 });
      await until(() => dev.asked().length === 1, "it asks its model", 60_000);
      await dev.killDaemon();
      dev.release();
      let last: MessageView | undefined;
      await until(
        async () => {
          last = (await dev.json<MessageView[]>("inbox", "dev")).at(-1);
          return last?.turn?.state === "completed";
        },
        "its turn is over",
        60_000,
      );
      expect(last?.turn?.result?.text).toContain("HOLD-END");
      expect(dev.asked()).toHaveLength(1);
    });
  });
}
