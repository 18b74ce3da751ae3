/** The plugin that OpenCode loads, driven as OpenCode drives it. */
import { createServer } from "node:http";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { until } from "../support/product.ts";

interface Plugin {
  "chat.message"(input: object, output: object): Promise<void>;
  event(told: { event: object }): Promise<void>;
}

const SESSION = "ses_1";
const file = pathToFileURL(resolve(import.meta.dirname, "../../gates/opencode.mjs")).href;

/** What it tells a daemon of ours. */
async function loaded(): Promise<{ plugin: Plugin; told: Record<string, unknown>[] }> {
  const told: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      told.push(JSON.parse(body));
      response.writeHead(200, { "content-length": 2 }).end("{}");
    });
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  vi.stubEnv("CONDUCTOR_URL", `http://127.0.0.1:${port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { Conductor }: { readonly Conductor: (how: object) => Promise<Plugin> } = await import(
    file
  );
  return { plugin: await Conductor({ client: {}, directory: "/" }), told };
}

async function prompt(plugin: Plugin, words: string): Promise<void> {
  await plugin["chat.message"]({ sessionID: SESSION }, { parts: [{ type: "text", text: words }] });
}

const idle = [
  { type: "session.status", properties: { sessionID: SESSION, status: { type: "idle" } } },
  { type: "session.idle", properties: { sessionID: SESSION } },
];

test("a turn that was interrupted ends once, however often its session is said to be idle", async () => {
  const { plugin, told } = await loaded();
  const error = { name: "MessageAbortedError" };
  await prompt(plugin, "go");
  for (const event of [
    { type: "session.error", properties: { sessionID: SESSION, error } },
    ...idle,
    ...idle,
  ])
    await plugin.event({ event });
  await prompt(plugin, "go on");
  for (const event of idle) await plugin.event({ event });
  await until(
    () => told.filter((each) => each["hook_event_name"] === "Stop").length > 0,
    "the end",
  );
  expect(told.map((each) => [each["hook_event_name"], each["prompt"] ?? each["error"]])).toEqual([
    ["SessionStart", undefined],
    ["UserPromptSubmit", "go"],
    ["StopFailure", "interrupted"],
    ["UserPromptSubmit", "go on"],
    ["Stop", undefined],
  ]);
});
