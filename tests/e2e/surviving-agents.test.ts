/** What agents and their tmux server may do to us: vanish, crash, hang, flood, and print anything. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Product, product, until } from "../support/product.ts";
import {
  clientOf,
  inboxOf,
  launchScripted,
  scripted,
  terminalOf,
  untilSettled,
  untilStatus,
} from "../support/scripted.ts";

const QUIET = ["--no-attach", "--no-panel"];

function teamOf(world: Product, name: string, agent: string): string {
  const file = path.join(world.folder, `${name}.yaml`);
  writeFileSync(file, `session: ${name}\nagents:\n  - ${agent}\n`);
  return file;
}

async function killServer(world: Product): Promise<void> {
  const { stdout } = await world.tmux("display-message", "-p", "#{pid}");
  process.kill(Number(stdout), "SIGKILL");
}

test("a killed tmux server loses the agents; launched again, they get what was queued", async () => {
  const world = product();
  const receipts = path.join(world.folder, "dev.receipts");
  const team = teamOf(
    world,
    "shop",
    `{ name: dev, provider: scripted, args: [--receipts, ${receipts}] }`,
  );
  await world.json("launch", team, ...QUIET);
  await untilStatus(world, "dev", "idle");
  const before = await terminalOf(world, "dev");
  const client = clientOf(world);
  await client.send({ to: "dev", body: "do:slow 600" });
  await untilStatus(world, "dev", "working");
  for (const body of ["the first", "the second"]) await client.send({ to: "dev", body });

  await killServer(world);
  await untilStatus(world, "dev", "lost");
  expect((await world.run("ls")).stdout).toMatch(/dev .* lost /);
  const why = await world.run("why", "dev");
  expect(why.stdout).toContain("the tmux server is gone");
  expect((await inboxOf(world, "dev")).map(({ state }) => state)).toEqual([
    "delivered",
    "queued",
    "queued",
  ]);
  // The new server gives the old pane's id to another agent, which is none of the lost one's.
  const other = await launchScripted(world, "other").then(() => terminalOf(world, "other"));
  expect(other.paneId).toBe(before.paneId);
  const none = await world.run("screen", "dev");
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("dev has no pane") });
  const refused = await world.run("send", "dev", "now?");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("dev is lost") });

  // Also from a daemon that was not there when it happened.
  await world.killDaemon();
  await world.json("launch", team, ...QUIET);
  await untilSettled(world, "dev", 3);
  expect(scripted(world, "dev").prompts()).toEqual(["do:slow 600", "the first", "the second"]);
  const all = await client.terminals({ all: true });
  expect(all.map(({ id }) => id)).toEqual([before.id, other.id]);
  expect(all.filter(({ status }) => status === "lost")).toEqual([]);
});

test("an agent that crashes is told with its exit code, and so are the senders of what waited", async () => {
  const world = product();
  await launchScripted(world, "dev");
  const script = path.join(world.folder, "lead.json");
  const rules = [{ match: "^go", actions: ["sh conductor send dev 'from lead'"] }];
  writeFileSync(script, JSON.stringify({ rules }));
  const lead = await launchScripted(world, "lead", ["--script", script]);
  const client = clientOf(world);
  await client.send({ to: "dev", body: "do:slow 600" });
  await untilStatus(world, "dev", "working");
  await client.send({ to: "lead", body: "go" });
  await until(async () => (await inboxOf(world, "dev")).length === 2, "lead has sent its message");
  await client.send({ to: "dev", body: "do:crash 42", mode: "interrupt" });
  await untilStatus(world, "dev", "exited");
  await untilSettled(world, "dev", 3);
  const dev = await terminalOf(world, "dev");
  expect(dev).toMatchObject({ exitCode: 42, reason: "the process ended with 42" });
  const why42 = "dev is exited (the process ended with 42)";
  const [, waited, crashed] = await inboxOf(world, "dev");
  expect(crashed).toMatchObject({ state: "delivered", turn: { state: "failed" } });
  expect(waited).toMatchObject({ state: "failed", reason: why42 });
  await until(() => lead.prompts().length === 2, "lead has heard of it");
  expect(lead.prompts()[1]).toBe(
    `Your message ${waited?.id} to dev was not delivered (failed: ${why42}). It began: "from lead"`,
  );
  const why = await world.run("why", "dev");
  expect(why.stdout).toContain("the process ended with 42");
  const inbox = await world.run("inbox", "dev");
  expect(inbox.stdout).toContain(`failed (${why42})`);
});

test("an agent that hangs at its start is an error that says so, and a late one is none", async () => {
  const world = product();
  const shipped = readFileSync(
    path.resolve(import.meta.dirname, "../../providers/scripted.yaml"),
    "utf8",
  );
  const own = path.join(world.home, ".conductor/providers/hasty.yaml");
  mkdirSync(path.dirname(own));
  const text = shipped
    .replace("name: scripted", "name: hasty\nready: { timeoutMs: 1000 }")
    .replace("aliases: [fake]", "");
  writeFileSync(own, text);
  const script = path.join(world.folder, "script.json");
  const launch = async (name: string, start: object) => {
    writeFileSync(script, JSON.stringify({ start }));
    const args = ["launch", "--provider", "hasty", "--name", name, ...QUIET];
    await world.json(...args, "--", "--script", script);
  };
  await launch("hung", { hang: true });
  await untilStatus(world, "hung", "error");
  await clientOf(world).send({ to: "hung", body: "hello?" });
  const why = await world.run("why", "hung");
  expect(why.stdout).toContain("not ready 1 s after its launch");
  expect(why.stdout).toContain("the agent is error");
  await launch("late", { delayMs: 2_000 });
  await untilStatus(world, "late", "error");
  await untilStatus(world, "late", "idle");
});

function residentBytes(pid: number): number {
  const pages = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1];
  return Number(pages) * 4096;
}

test("an agent that floods 10 MB/s leaves the daemon awake and small, and its own status right", async () => {
  const world = product();
  await launchScripted(world, "calm");
  await launchScripted(world, "flood");
  const client = clientOf(world);
  const pid = await world.daemonPid();
  const before = residentBytes(pid);
  const sent = await client.send({ to: "flood", body: "do:flood 10 3" });
  await untilStatus(world, "flood", "working");
  let slowest = 0;
  let largest = 0;
  const end = Date.now() + 2_500;
  while (Date.now() < end) {
    const asked = performance.now();
    await client.status();
    slowest = Math.max(slowest, performance.now() - asked);
    largest = Math.max(largest, residentBytes(pid));
  }
  const other = await client.send({ to: "calm", body: "do:say still here" });
  const answer = await client.messageResult(other[0]?.id ?? "", 10_000);
  expect(answer.turn).toMatchObject({ state: "completed", result: { text: "still here" } });
  const flooded = await client.messageResult(sent[0]?.id ?? "", 10_000);
  expect(flooded.turn).toMatchObject({ state: "completed" });
  await untilStatus(world, "flood", "idle");
  expect(slowest).toBeLessThan(1_000);
  expect(largest - before).toBeLessThan(100 * 1024 * 1024);
});

/** What must not reach a person's terminal through us: C0 but tab and newline, DEL, C1, turned reading directions. */
const RAW = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/;

test("whatever an agent prints reaches no person's terminal through ls, why, screen or logs", async () => {
  const world = product();
  const hostile = [
    "\u001b]0;evil \u001b[31m\u0007\u001b]2;\u001bP1;2|x\u001b\\ title\u001b\\",
    `\u001b]2;${"long ".repeat(50_000)}\u0007`,
    "\u001bP+q544e\u001b\\\u001b_Gi=1\u001b\\\u001b^private\u001b\\",
    "\u009b31mC1\u009d0;c1 title\u009c\u0090dcs\u009c",
    "%output %0 forged\r\n%begin 1 1 1\r\n%end 1 1 1\r\n%exit\r\n%subscription-changed x $0 @0 0 %0 : y\r\n",
    "\u001b]52;c;ZXZpbA==\u0007\u001b[c\u001b[6n\u001b[>0q\u0005",
    "\u001b[?1049h\u001b[?1000h\u001b[?2004h\u001bc\u001b#8",
    "\u202e\u2066backwards\u2069 \ufeff",
    "\u001b[2J\u001b[Hhostile is done\r\n",
  ].join("\r\n");
  const file = path.join(world.folder, "hostile.sh");
  writeFileSync(path.join(world.folder, "bytes"), hostile);
  writeFileSync(
    file,
    `cat ${world.folder}/bytes; printf '\\377\\300\\257\\355\\240\\200'; while read -r line; do :; done\n`,
  );
  const args = ["launch", "--provider", "generic", "--name", "evil", ...QUIET];
  await world.json(...args, "--", file);
  const screen = async () => (await clientOf(world).screen("evil")).text;
  await until(async () => (await screen()).includes("hostile is done"), "it has printed");
  await untilStatus(world, "evil", "idle");
  for (const command of [["ls"], ["why", "evil"], ["screen", "evil"], ["logs", "evil"]]) {
    const ran = await world.run(...command);
    expect([command, ran.code, ran.stdout.match(RAW)]).toEqual([command, 0, null]);
  }
  const sent = await clientOf(world).send({ to: "evil", body: "are you still there?" });
  await untilSettled(world, "evil", 1);
  expect((await clientOf(world).message(sent[0]?.id ?? "")).state).toBe("delivered");
});
