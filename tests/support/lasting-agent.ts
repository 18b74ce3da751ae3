/** What an agent CLI whose hooks we know outlives, and what shuts it in: a reboot, a daemon that hangs, a sandbox. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LaunchOutcome, RestartOutcome } from "../../src/contract/terminals.ts";
import { ask, calling, results, type Suite, seeded } from "./agent-suite.ts";
import { type AgentWorld, emptyWorld, launch, type Setting } from "./agent-world.ts";
import { until } from "./product.ts";
import { inboxOf } from "./scripted.ts";

export function outlives(
  suite: Suite,
  world: (config?: string) => Promise<AgentWorld>,
  setting: Setting,
): void {
  hanging(suite, world);
  resumed(suite, world);
  contained(suite, setting);
}

export function resumed({ agent, pin }: Suite, world: () => Promise<AgentWorld>): void {
  test("after a reboot its conversation goes on, once there is one", async () => {
    const dev = await world();
    const unused = await dev.json<RestartOutcome>("restart", "dev", "--resume");
    expect(unused).toMatchObject({ resumed: false });
    await dev.becomes("idle");
    await ask(dev, "the word is heron");
    const before = await dev.view();
    await dev.killDaemon();
    await dev.tmux("kill-server");
    const isGone = () => !dev.processes().some((each) => each.includes(pin.bin));
    await until(isGone, "the agent is gone");

    const who = ["--provider", agent.provider, "--name", "dev", "--cwd", dev.work];
    const back = await dev.json<LaunchOutcome>("launch", ...who, "--resume", "--no-panel");
    expect(back).toMatchObject({ resumed: ["dev"], fresh: [], launched: [{ id: before?.id }] });
    await dev.becomes("idle");
    await ask(dev, "which word?");
    expect(dev.asked().at(-1)?.earlier?.join("\n")).toContain("the word is heron");

    const again = await dev.json<RestartOutcome>("restart", "dev", "--resume");
    expect(again).toMatchObject({ resumed: true, fresh: null });
    await dev.becomes("idle");
    await ask(dev, "and now?");
    const known = dev.asked().at(-1)?.earlier?.join("\n");
    expect(known).toMatch(/the word is heron[^]*which word\?/);
  });
}

export function contained({ agent, covered }: Suite, setting: Setting): void {
  test("contained it starts, answers, and what was approved changes its workspace alone", async () => {
    const dev = await emptyWorld(agent, setting);
    agent.answerFirstRun(dev);
    await launch(agent, dev, "--gate", "contain");
    await dev.becomes("idle");
    expect(await ask(dev, "hello")).toMatch(/^ACK bytes=5 /);
    const tool = covered[0]?.tool ?? "";
    const run = (command: string) => ask(dev, calling(tool, { command, description: "write" }));
    await run("touch made-by-agent");
    expect(existsSync(join(dev.work, "made-by-agent"))).toBe(true);
    const outside = join(dev.home, "outside.txt");
    const written = run(`echo x > ${outside}`);
    await dev.run("approve", String((await dev.question()).number));
    await written;
    expect(existsSync(outside)).toBe(false);
    // On a busy machine a screen may show one of them first.
    expect((await inboxOf(dev, "dev")).map(({ receipt }) => receipt)).toContain("hook");
    expect(await dev.view()).toMatchObject({ status: "idle", gate: "contain" });
  });
}

export function hanging(
  { covered: [shell] }: Suite,
  world: (config?: string) => Promise<AgentWorld>,
): void {
  test("a daemon that says nothing at all: nothing runs", async () => {
    const dev = await seeded(() => world("gate: { waitSeconds: 0.3 }\n"));
    const daemon = await dev.daemonPid();
    await dev.run("send", "dev", "do:late rm -rf build src");
    await dev.shows("I will use a");
    // tmux 3.3a reads a pane no more once all who watch it are far behind, and its CLI stops at its next word.
    void dev.tmux("-C", "attach", "-t", "=conductor", "-f", "no-output,ignore-size");
    process.kill(daemon, "SIGSTOP");
    dev.release();
    const isTold = () => results(dev).some((result) => result.includes("does not answer"));
    // Who reads of a failure asks the daemon.
    await until(isTold, "the model is told that it did not run", 60_000).finally(() =>
      process.kill(daemon, "SIGCONT"),
    );
    expect(shell?.happened(dev)).toBe(false);
    await dev.becomes("idle");
  });
}
