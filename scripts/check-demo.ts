/** `scripts/quickstart --check`: the demo from launch to shutdown, in a home and a tmux server of its own. */
import { existsSync, readFileSync } from "node:fs";
import { createDemo, type Demo } from "./demo/world.ts";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));
}
// `… | head` closes it early; the demo is then taken down as after Ctrl-C.
process.stdout.on("error", () => interrupted.abort(new Error("nobody reads any more")));
process.exitCode = await main();

async function main(): Promise<number> {
  const demo = createDemo(interrupted.signal);
  let failure: unknown;
  try {
    await runDemo(demo);
  } catch (error) {
    failure = interrupted.signal.aborted ? interrupted.signal.reason : error;
  }
  const left = await demo.remove();
  if (left.length > 0) failure ??= new Error(`left behind: ${left.join(", ")}`);
  if (failure === undefined) {
    demo.step("ended", "nothing is left behind");
    console.log("quickstart check: passed");
    return 0;
  }
  demo.step("FAILED", failure instanceof Error ? failure.message : "for no stated reason");
  console.log("quickstart check: failed");
  return 1;
}

async function runDemo(demo: Demo): Promise<void> {
  await launch(demo);
  await handOver(demo);
  await approveOne(demo);
  await denyOne(demo);
  await killDaemon(demo);
  await shutdown(demo);
}

async function launch(demo: Demo): Promise<void> {
  await demo.conductor("launch", demo.file("team.yaml"));
  demo.step("launched", "lead, dev and check, each in a tmux window, with a side pane");
  for (const name of ["lead", "dev", "check"]) await demo.reaches(name, "idle");
  demo.step("idle", `all three; decided for lead by: ${await demo.evidence("lead")}`);
}

async function handOver(demo: Demo): Promise<void> {
  const answer = await demo.conductor("send", "lead", "ship the greeting", "--wait");
  demo.expect(answer.includes("dev has it"), `lead answered ${answer}`);
  demo.step("delivered", `a message to lead, who answered: ${answer.trim()}`);
  const [first] = await demo.inbox("dev");
  demo.expect(first?.from.startsWith("agent:") === true, "lead sent dev nothing");
  demo.step("handed over", `lead told dev: ${first?.body ?? ""}`);
}

async function approveOne(demo: Demo): Promise<void> {
  const file = demo.file("greeting.txt");
  const asked = await demo.asked("dev");
  demo.expect(asked.action.text.includes("greeting.txt"), `dev asks ${asked.action.text}`);
  demo.step("asked", `dev wants to run: ${asked.action.text}`);
  demo.expect(!existsSync(file), "the command ran before it was approved");
  await demo.conductor("approve", String(asked.number));
  await demo.until(() => existsSync(file), "greeting.txt is there");
  await demo.reaches("dev", "idle");
  demo.step("approved", `and on disk: greeting.txt, ${readFileSync(file, "utf8").trim()}`);
}

async function denyOne(demo: Demo): Promise<void> {
  const before = readFileSync(demo.file("greeting.txt"), "utf8");
  const asked = await demo.asked("check");
  demo.step("asked", `check, told by dev, wants to run: ${asked.action.text}`);
  await demo.conductor("deny", String(asked.number), "--reason", "no notes in there");
  await demo.reaches("check", "idle");
  demo.expect(readFileSync(demo.file("greeting.txt"), "utf8") === before, "a denied command ran");
  demo.step("denied", "with a reason, and greeting.txt is as it was");
}

async function killDaemon(demo: Demo): Promise<void> {
  const before = await demo.panes();
  const killed = await demo.killDaemon();
  demo.expect((await demo.panes()).join() === before.join(), "an agent died with the daemon");
  demo.step("killed", `the daemon (kill -9 ${killed}); the agents go on`);
  const answer = await demo.conductor("send", "check", "are you still there?", "--wait");
  demo.expect(answer.includes("still here"), `check answered ${answer}`);
  const now = await demo.daemonPid();
  demo.expect(now !== killed, "the daemon that was killed answers");
  demo.step("restarted", `daemon ${now} found its agents; check answered: ${answer.trim()}`);
}

async function shutdown(demo: Demo): Promise<void> {
  await demo.conductor("shutdown", "--all");
  demo.expect((await demo.panes()).length === 0, "an agent outlived the shutdown");
  await demo.conductor("daemon", "stop");
  demo.step("shut down", "agents asked to exit, windows closed, daemon stopped");
}
