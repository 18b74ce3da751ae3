/** The daemon takes tasks by itself: what it may, what it asks about, and what becomes of it when it is switched off. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { errands } from "../support/errands.ts";
import { until } from "../support/product.ts";
import { clientOf } from "../support/scripted.ts";

const PATIENCE_MS = 90_000;

const POLICY = `version: 1
default: allow
tasks:
  - { id: releases, match: { labels: [release] }, effect: ask, reason: Others will see it }
  - { id: secrets, match: { labels: [secret] }, effect: deny, reason: Not by itself }
`;

test(
  "what the policy asks about is taken after a human's yes, once for all attempts; what it denies is left",
  async () => {
    const labels = ["--label", "release", "--label", "secret"];
    const { world, add, done, until: reach, why } = await errands("", labels);
    writeFileSync(path.join(world.home, ".conductor/policy.yaml"), POLICY);
    const secret = await add("secret", { labels: ["secret"] });
    const asked = await add("asked", {
      labels: ["release"],
      execution: {
        cwd: world.folder,
        check: `test -e ${world.folder}/ok || { touch ${world.folder}/ok; exit 1; }`,
      },
    });
    await world.json("auto", "on");
    const pending = async () => (await why(asked.id)).approval?.state === "pending";
    await until(pending, "a human is asked");
    const { approval, says, next } = await why(asked.id);
    expect(says).toContain(`it waits for approval #${approval?.number}`);
    expect(next).toBe(`conductor approve ${approval?.number}`);
    expect((await world.run("approvals")).stdout).toContain("give task");
    expect(done()).toEqual([]);
    expect((await world.run("approve", String(approval?.number))).code).toBe(0);
    const after = await reach(asked.id, "done");
    expect(after.attempt).toBe(2);
    expect(done()).toEqual(["asked", "asked"]);
    expect((await clientOf(world).execution.auto()).running).toEqual([]);
    const left = await world.run("auto", "status");
    expect(left.stdout).toMatch(/LEFT[^]*secret[^]*Not by itself/);
    expect((await world.run("task", "why", secret.id)).stdout).toContain("Not by itself");
    const refused = await world.run("task", "execute", secret.id);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("Not by itself")]);
    await world.json("task", "cancel", secret.id);
    await add("strange", { labels: ["cobol"] });
    const { left: stays, queued } = await clientOf(world).execution.auto();
    expect(queued).toBe(1);
    expect(stays).toMatchObject([
      { title: "strange", why: expect.stringContaining("fixer: it has no label cobol") },
    ]);
  },
  PATIENCE_MS,
);

test(
  "it stays on over a daemon's end, which an attempt under way outlives, and is done once",
  async () => {
    const { world, add, done, until: reach, attempts } = await errands();
    await world.json("daemon", "start", "--auto");
    const task = await add("steady", {
      prompt: `do:slow 2\ndo:sh echo steady >> ${world.folder}/done\ndo:say yes`,
    });
    await until(async () => (await attempts(task.id))[0]?.state === "prompted", "it is prompted");
    await world.killDaemon();
    await world.json("daemon", "start");
    expect((await world.run("auto", "status")).stdout).toMatch(/^on/);
    expect(await reach(task.id, "done")).toMatchObject({ attempt: 1, result: { text: "yes" } });
    expect(done()).toEqual(["steady"]);
    const later = await add("later");
    await reach(later.id, "done");
  },
  PATIENCE_MS,
);

test(
  "switched off with --release it gives back what is under way, at no attempt's cost",
  async () => {
    const { world, add, attempts, until: reach } = await errands();
    await world.json("auto", "on");
    const task = await add("long", { prompt: "do:slow 60\ndo:say no" });
    await until(async () => (await attempts(task.id))[0]?.state === "prompted", "it is prompted");
    await world.json("auto", "off", "--release");
    const back = await reach(task.id, "queued");
    expect(back).toMatchObject({ attempt: 0, reason: expect.stringContaining("turned off") });
    await until(
      async () => (await attempts(task.id))[0]?.releasedAt !== null,
      "its agent is let go",
    );
    const idle = (await clientOf(world).terminals()).map(({ status }) => status);
    expect(idle).not.toContain("working");
  },
  PATIENCE_MS,
);

test(
  "a task that is done by the agent's own word ends with that, and with what it handed in",
  async () => {
    const { world, add, until: reach, attempts } = await errands("", ["--provider", "scripted"]);
    const execution = { cwd: world.folder, doneBy: "agent" as const, check: "true" };
    const quiet = await add("quiet", { prompt: "do:say I say nothing of it", execution });
    await clientOf(world).execution.execute(quiet.id);
    const answered = async () =>
      (await clientOf(world).terminals())[0]?.turn?.state === "completed";
    await until(answered, "its turn ended");
    expect((await attempts(quiet.id))[0]).toMatchObject({ state: "prompted" });
    await clientOf(world).tasks.cancel(quiet.id, {});
    await until(
      async () => (await attempts(quiet.id))[0]?.releasedAt !== null,
      "its agent is let go",
    );
    const own =
      "$(conductor task list --state running --json | grep -o 'task_[0-9a-f]*' | head -1)";
    const task = await add("told", {
      prompt: `do:sh conductor task complete ${own} --result 'all 42 pass'\ndo:say told you`,
      execution,
    });
    await clientOf(world).execution.execute(task.id);
    const after = await reach(task.id, "done");
    expect(after.result).toMatchObject({ text: "all 42 pass" });
    expect((await attempts(task.id))[0]).toMatchObject({
      report: { failure: null },
      check: { outcome: "passed" },
    });
  },
  PATIENCE_MS,
);
