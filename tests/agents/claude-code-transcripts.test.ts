/** What Claude Code writes down of its session is its word, with and without its hooks. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { MessageView } from "../../src/contract/messages.ts";
import type { UsageView } from "../../src/contract/usage.ts";
import { claudeCode, install } from "../support/agent-cli.ts";
import {
  answerFirstRun,
  type ClaudeWorld,
  claudeWorld,
  emptyWorld,
  launch,
} from "../support/claude.ts";
import { manyLines } from "../support/model-script.ts";
import { openNamespace } from "../support/netns.ts";
import { STORED, until } from "../support/product.ts";

const installed = await install(claudeCode);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
if (missing.length > 0) console.log(`skipped: ${missing.join("; ")}`);

/** The same provider with its hooks left out: the file is all that speaks. */
async function withoutHooks(): Promise<ClaudeWorld> {
  const dev = await emptyWorld({ bin, enter });
  answerFirstRun(dev);
  const file = join(import.meta.dirname, "../../providers/claude-code.yaml");
  const folder = join(dev.home, ".conductor/providers");
  mkdirSync(folder, { recursive: true });
  const definition = readFileSync(file, "utf8").replace(/^hooks:\n(?: .*\n)+/m, "");
  writeFileSync(join(folder, "claude-code.yaml"), definition);
  await launch(dev);
  await dev.becomes("idle");
  return dev;
}

async function ask(dev: ClaudeWorld, text: string): Promise<MessageView> {
  const [sent] = await dev.json<MessageView[]>("send", "dev", text, "--wait");
  if (sent === undefined) throw new Error("nothing was sent");
  return sent;
}

describe.skipIf(missing.length > 0)(`${claudeCode.package} ${claudeCode.version}`, () => {
  test.each([
    ["hook", () => claudeWorld({ bin, enter })],
    ["transcript", withoutHooks],
  ] as const)(
    "an answer of ten thousand lines comes back whole, by its %s",
    async (source, world) => {
      const dev = await world();
      const sent = await ask(dev, "do:lines 10000");
      expect(sent).toMatchObject({ receipt: source, turn: { state: "completed" } });
      expect(sent.turn?.result?.source).toBe(source);
      expect(sent.turn?.result?.text === manyLines(10_000)).toBe(true);
      const next = await ask(dev, "Grüße\n\n  请检查 `code` 👩‍👩‍👧\n- a list\nthe end");
      expect(next).toMatchObject({ receipt: source, turn: { result: { source } } });
      // Its lines come some 200 ms after what they tell of.
      const counted = async () => (await dev.json<UsageView>("usage", "dev")).total;
      await until(async () => (await counted()).calls === 2, "both calls are counted");
      expect(await counted()).toMatchObject({ turns: 2, input: 200, output: 100, cost: null });
    },
  );

  test("an interruption while it answers, and an error, are its own words", async () => {
    const dev = await withoutHooks();
    await dev.run("send", "dev", "do:hold");
    await dev.shows("HOLD-BEGIN");
    await dev.run("interrupt", "dev");
    await dev.becomes("idle");
    const held = () => dev.json<MessageView[]>("inbox", "dev");
    const turn = { state: "interrupted" };
    await expect.poll(held, STORED).toMatchObject([{ receipt: "transcript", turn }]);
    const ran = await dev.run("send", "dev", "do:http 400", "--wait", "--json");
    expect(ran.stdout).toContain('"state":"failed"');
    expect((await dev.run("why", "dev")).stdout).toMatch(/^\* {2}transcript +idle\(failed\)/m);
  });
});
