/** Questions of agents to a person: from the dialog on a real screen to the effect on disk. */
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ApprovalView, Verdict } from "../../src/contract/approvals.ts";
import type { DaemonView, JournalEvent } from "../../src/contract/events.ts";
import { APPROVAL_FAILPOINTS } from "../../src/core/approvals/index.ts";
import { type Product, product, until } from "../support/product.ts";
import {
  clientOf,
  launchScripted,
  type ScriptedAgent,
  startDoomed,
  terminalOf,
  untilStatus,
} from "../support/scripted.ts";

async function pending(world: Product): Promise<ApprovalView[]> {
  return clientOf(world).approvals();
}

/** The question that waits, once there is one, and another one than that of before. */
async function question(world: Product, before?: ApprovalView): Promise<ApprovalView> {
  let found: ApprovalView | undefined;
  await until(async () => {
    found = (await pending(world)).find(({ id }) => id !== before?.id);
    return found !== undefined;
  }, "the agent asks");
  if (found === undefined) throw new Error("nothing is asked");
  return found;
}

/** How often the command that was asked about has run. */
function effects(world: Product): number {
  const file = path.join(world.folder, "effect");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
}

const COMMAND = "echo done >> effect";
const ask = (world: Product, text = `do:run ${COMMAND}`) =>
  clientOf(world).send({ to: "dev", body: text });

async function press(world: Product, key: string): Promise<void> {
  const { paneId } = await terminalOf(world, "dev");
  await world.tmux("send-keys", "-t", paneId ?? "", key);
}

async function eventsOf(world: Product, approval: ApprovalView): Promise<string[]> {
  const { stdout } = await world.run("events", "--json");
  return stdout
    .split("\n")
    .filter((line) => line.includes(approval.id))
    .map((line) => {
      const envelope: { data: JournalEvent } = JSON.parse(line);
      return envelope.data.type;
    });
}

test("an approved command runs once, and what led to it is in the journal", async () => {
  const world = product();
  await launchScripted(world, "dev");
  await ask(world);
  const asked = await question(world);
  expect(asked).toMatchObject({ terminalName: "dev", origin: "screen", state: "pending" });
  expect(asked.action).toMatchObject({ kind: "dialog", text: COMMAND, cwd: world.folder });
  expect(effects(world)).toBe(0);

  const listed = await world.run("approvals");
  expect(listed.stdout).toContain(COMMAND);
  expect(listed.stdout).toContain("why: Allow this command?");
  const team = await world.run("ls");
  const [head = "", row = ""] = team.stdout.split("\n");
  const column = head.indexOf("APPROVALS");
  expect(row.slice(column).trim()).toMatch(/^1\b/);

  const ran = await world.run("approve", String(asked.number));
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  await until(() => effects(world) === 1, "the command ran");
  await untilStatus(world, "dev", "idle");
  expect(effects(world)).toBe(1);
  expect(await pending(world)).toEqual([]);
  expect(await eventsOf(world, asked)).toEqual([
    "approval.requested",
    "approval.approved",
    "approval.consumed",
    "approval.answered",
  ]);
});

test("a denied command does not run, the agent goes on, and it is told why", async () => {
  const world = product();
  const dev = await launchScripted(world, "dev");
  await ask(world);
  const asked = await question(world);
  const ran = await world.run("deny", String(asked.number), "--reason", "not on main");
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  await until(() => dev.prompts().length === 2, "the reason arrived");
  expect(dev.prompts()[1]).toContain(COMMAND);
  expect(dev.prompts()[1]).toContain("not on main");
  const all = await world.run("approvals", "--all");
  expect(all.stdout).toContain("denied by human");
  expect(all.stdout).toContain("not on main");
  const sent = await world.run("send", "dev", "do:say going on", "--wait");
  expect(sent.stdout).toBe("going on\n");
  expect(effects(world)).toBe(0);
});

test("the first verdict wins, and the second is told who was first", async () => {
  const world = product();
  await launchScripted(world, "dev");
  await ask(world);
  const { number } = await question(world);
  expect(await world.run("deny", String(number))).toMatchObject({ code: 0 });
  const second = await world.run("approve", String(number));
  expect(second.code).toBe(4);
  expect(second.stderr).toContain(`approval ${number} is denied already by human`);
  expect(effects(world)).toBe(0);
});

test("a dialog that is answered in the pane is settled, and the same command is asked anew", async () => {
  const world = product();
  await launchScripted(world, "dev");
  await ask(world, `do:run ${COMMAND}\ndo:slow 0.5\ndo:run ${COMMAND}`);
  const first = await question(world);
  await press(world, "1");
  const second = await question(world, first);
  expect(await clientOf(world).approval(first.id)).toMatchObject({ state: "cancelled" });
  expect(second.hash).toBe(first.hash);
  await clientOf(world).decide(second.id, { verdict: "approve", hash: second.hash });
  await until(() => effects(world) === 2, "both ran");
  await untilStatus(world, "dev", "idle");
  expect(await pending(world)).toEqual([]);
});

test("two yeses to the same command in a row are two keys and two effects", async () => {
  const world = product();
  await launchScripted(world, "dev");
  await ask(world, Array.from({ length: 4 }, () => `do:run ${COMMAND}`).join("\n"));
  for (const round of [1, 2, 3, 4]) {
    const asked = await question(world);
    expect(effects(world)).toBe(round - 1);
    await clientOf(world).decide(asked.id, { verdict: "approve", hash: asked.hash });
    await until(() => effects(world) === round, `round ${round} ran`);
  }
  await untilStatus(world, "dev", "idle");
  expect(await pending(world)).toEqual([]);
});

test("while someone reads in copy mode a verdict is refused and presses nothing", async () => {
  const world = product();
  await launchScripted(world, "dev");
  await ask(world);
  const asked = await question(world);
  const { paneId } = await terminalOf(world, "dev");
  await world.tmux("copy-mode", "-t", paneId ?? "");
  const refused = await world.run("approve", String(asked.number));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("copy mode");
  await world.tmux("send-keys", "-t", paneId ?? "", "-X", "cancel");
  expect(await world.run("approve", String(asked.number))).toMatchObject({ code: 0 });
  await until(() => effects(world) === 1, "the command ran");
});

test("an agent that ends leaves no question behind", async () => {
  const world = product();
  await launchScripted(world, "dev");
  await ask(world);
  const asked = await question(world);
  await world.json("stop", "dev", "--force");
  await until(async () => (await pending(world)).length === 0, "nothing is asked");
  expect((await clientOf(world).approval(asked.id)).state).toBe("abandoned");
});

test("a killed daemon forgets no question, asks none twice, and takes the verdict after its return", async () => {
  const world = product();
  await launchScripted(world, "dev");
  await ask(world);
  const asked = await question(world);
  await world.killDaemon();
  await world.json("daemon", "start");
  await untilStatus(world, "dev", "waiting");
  const decided = await clientOf(world).decide(asked.id, { verdict: "approve", hash: asked.hash });
  expect(decided.id).toBe(asked.id);
  await until(() => effects(world) === 1, "the command ran");
  expect(await clientOf(world).approvals({ all: true })).toHaveLength(1);
});

/** Gives the verdict to a daemon that dies at the failpoint, and brings what is left to its end as a person would. */
async function killedWhileAnswering(
  world: Product,
  dev: ScriptedAgent,
  { failpoint, verdict }: { failpoint: string; verdict: Verdict },
): Promise<void> {
  const { dead } = await startDoomed(world, failpoint);
  const prompts = dev.prompts().length;
  await ask(world);
  await until(() => dev.prompts().length > prompts, `it was typed, ${failpoint}`);
  if (failpoint !== "approval.after-request") {
    const { id } = await question(world);
    await clientOf(world)
      .decide(id, verdict)
      .catch(() => undefined);
  }
  expect([failpoint, ...(await dead)]).toEqual([failpoint, null, "SIGKILL"]);
  await world.json("daemon", "start");
  let isInPane = false;
  await until(async () => {
    const { status } = await terminalOf(world, "dev");
    const [asked] = await pending(world);
    if (asked === undefined) return status === "idle";
    const answer = await clientOf(world)
      .decide(asked.id, verdict)
      .then(
        () => "answered",
        (error: unknown) => Reflect.get(Object(error), "code"),
      );
    // A key may be on its way: nobody presses one but the person, who sees the pane.
    if (answer === "approval.unanswered" && !isInPane) {
      isInPane = true;
      expect(failpoint).toBe("approval.after-intent");
      await press(world, verdict.verdict === "approve" ? "1" : "2");
    }
    return false;
  }, `${failpoint} is over`);
}

test("killed at any step of a yes, the command runs once", async () => {
  const world = product();
  const dev = await launchScripted(world, "dev");
  for (const [index, failpoint] of APPROVAL_FAILPOINTS.entries()) {
    await killedWhileAnswering(world, dev, { failpoint, verdict: { verdict: "approve" } });
    expect([failpoint, effects(world)]).toEqual([failpoint, index + 1]);
  }
}, 120_000);

test("killed at any step of a no, the command never runs and its reason comes once", async () => {
  const world = product();
  const dev = await launchScripted(world, "dev");
  for (const failpoint of APPROVAL_FAILPOINTS) {
    const reason = `no, at ${failpoint}`;
    await killedWhileAnswering(world, dev, { failpoint, verdict: { verdict: "deny", reason } });
    const told = () => dev.prompts().filter((prompt) => prompt.includes(reason)).length;
    // The person's own key in the pane carries no reason.
    const wanted = failpoint === "approval.after-intent" ? 0 : 1;
    await until(() => told() >= wanted, `the reason at ${failpoint} is told`);
    await untilStatus(world, "dev", "idle");
    expect([failpoint, told(), effects(world)]).toEqual([failpoint, wanted, 0]);
  }
}, 120_000);

interface Door {
  readonly url: string;
  readonly human: string;
  readonly agent: string;
}

/** The agent writes down the token it was given, as a misbehaving one would. */
async function door(world: Product): Promise<Door> {
  const script = path.join(world.folder, "script.json");
  const file = path.join(world.folder, "token");
  const actions = ['sh printf "%s" "$CONDUCTOR_TOKEN" > token', "say written"];
  writeFileSync(script, JSON.stringify({ rules: [{ match: "token", actions }] }));
  await launchScripted(world, "dev", ["--script", script]);
  await world.json("send", "dev", "your token", "--wait");
  const { http } = await world.json<DaemonView>("daemon", "status");
  return {
    url: `http://${http.host}:${http.port}/api/v1/approvals`,
    human: readFileSync(path.join(world.home, ".conductor/token"), "utf8").trim(),
    agent: readFileSync(file, "utf8"),
  };
}

function post(url: string, token: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

test("an agent's token decides nothing, over HTTP as over the CLI", async () => {
  const world = product();
  const { url, agent } = await door(world);
  await ask(world);
  const asked = await question(world);
  for (const verdict of ["approve", "deny"]) {
    const answer = await post(`${url}/${asked.id}/verdict`, agent, { verdict });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: "auth.refused" });
  }
  const { id } = await terminalOf(world, "dev");
  const inside = world.start(["approve", String(asked.number)], { CONDUCTOR_TERMINAL_ID: id });
  expect((await once(inside, "exit"))[0]).toBe(4);
  expect(await pending(world)).toMatchObject([{ id: asked.id, state: "pending" }]);
  expect(effects(world)).toBe(0);
});

const command = { kind: "command", text: "deploy", cwd: null, why: "a rule" };

test("a request over HTTP is stored first, waits for the verdict, and is used by its answer", async () => {
  const world = product();
  const { url, agent } = await door(world);
  const answer = post(`${url}?waitMs=20000`, agent, { action: command });
  const asked = await question(world);
  expect(asked).toMatchObject({ origin: "api", terminalName: "dev", action: command });
  await world.json("approve", String(asked.number));
  expect(await (await answer).json()).toMatchObject({ id: asked.id, state: "approved" });
  expect((await clientOf(world).approval(asked.id)).state).toBe("consumed");
});

test("a caller that goes away leaves an abandoned request, and so does a killed daemon", async () => {
  const world = product();
  const { url, agent } = await door(world);
  const leaving = new AbortController();
  const gone = post(`${url}?waitMs=20000`, agent, { action: command }, leaving.signal).catch(
    () => "gone",
  );
  const asked = await question(world);
  leaving.abort();
  expect(await gone).toBe("gone");
  await until(async () => (await pending(world)).length === 0, "it is abandoned");
  const refused = await world.run("approve", String(asked.number));
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("abandoned");

  const cut = post(`${url}?waitMs=20000`, agent, { action: command }).catch(() => "cut");
  const orphan = await question(world);
  await world.killDaemon();
  expect(await cut).toBe("cut");
  await world.json("daemon", "start");
  expect((await clientOf(world).approval(orphan.id)).state).toBe("abandoned");
});

test("a request that nobody answers in time is a no", async () => {
  const world = product();
  const { url, human } = await door(world);
  const late = await post(`${url}?waitMs=20000`, human, { action: command, ttlMs: 300 });
  expect(await late.json()).toMatchObject({ state: "expired" });
});
