import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { WhyView } from "../../src/contract/terminals.ts";
import { product, until } from "../support/product.ts";
import { clientOf, inboxOf, terminalOf, untilSettled, untilStatus } from "../support/scripted.ts";

test("at its quota an agent is left alone until that is over, then it is told to go on", async () => {
  const made = product();
  const folder = join(made.home, ".conductor/profiles");
  mkdirSync(folder, { recursive: true });
  const head = "---\nname: patient\ndescription: waits\nonLimit: resume\n---\n";
  writeFileSync(join(folder, "patient.md"), head);
  const who = ["--provider", "scripted", "--profile", "patient", "--name", "dev"];
  await made.json("launch", ...who, "--cwd", made.folder, "--no-panel");
  await untilStatus(made, "dev", "idle");
  await made.run("send", "dev", "do:limit 0.2", "--wait");
  const { retryAt = 0 } = await terminalOf(made, "dev");
  expect(retryAt - Date.now()).toBeGreaterThan(5_000);
  expect(retryAt - Date.now()).toBeLessThan(12_000);
  await made.run("send", "dev", "do:say it waited");
  expect((await made.run("ls")).stdout).toMatch(/idle\(limited until \d\d:\d\d\)/);

  await made.killDaemon();
  const why = await made.json<WhyView>("why", "dev");
  expect(why.terminal).toMatchObject({ status: "idle", detail: "limited", retryAt });
  expect(why.delivery).toMatch(/waits: limited until \d\d:\d\d$/);
  expect((await inboxOf(made, "dev")).map(({ state }) => state)).toEqual(["delivered", "queued"]);

  await untilSettled(made, "dev", 3);
  const messages = await inboxOf(made, "dev");
  expect(messages.map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
  expect(messages[2]?.body).toContain("Go on");
  expect(messages[1]?.settledAt).toBeGreaterThanOrEqual(retryAt);
  const free = async () => (await clientOf(made).terminals())[0]?.detail === "";
  await until(free, "it is at no limit any more");
});
