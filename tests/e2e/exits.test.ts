/** How a command that a human let pass ended is a record of its own, told by its shell. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { AuditEntry } from "../../src/contract/audit.ts";
import type { DecisionView } from "../../src/contract/decisions.ts";
import { type Agent, agent, pending } from "../support/gated-agent.ts";
import { type Product, product, type Ran, until } from "../support/product.ts";

async function approved(world: Product, running: Promise<Ran>): Promise<Ran> {
  const asked = await pending(world);
  await world.run("approve", String(asked.number));
  return running;
}

async function newest(world: Product): Promise<DecisionView> {
  const [decision] = await world.json<DecisionView[]>("decisions", "--limit", "1");
  if (decision === undefined) throw new Error("nothing was decided");
  return decision;
}

async function exitsIn(world: Product): Promise<AuditEntry[]> {
  const { stdout } = await world.run("audit", "export");
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line): AuditEntry => JSON.parse(line))
    .filter(({ type }) => type === "decision.exited");
}

const ENDS: readonly (readonly [string, number, string])[] = [
  ["rm -rf src; exit 7", 7, ""],
  ["rm -rf src && echo gone", 0, "gone\n"],
  [`trap 'echo bye $?' EXIT; rm -rf src; (exit 5)`, 5, "bye 5\n"],
  ["rm -rf src; kill -TERM $$; echo no", 143, ""],
];

test("an approved text that sources files says no word more, and of the gate's own lines nothing is asked", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  writeFileSync(path.join(workspace, "lib.sh"), "greeting=hello\n");
  const text = "source ./lib.sh && rm -rf src && echo $greeting";
  const ran = await approved(world, bash("-c", text));
  expect(ran).toMatchObject({ code: 0, stdout: "hello\n" });
  expect(ran.stderr.trim().split("\n")).toEqual([
    "conductor: waiting for approval #1 (a human decides: conductor approvals)",
  ]);
  const decisions = await world.json<DecisionView[]>("decisions");
  expect(decisions.map(({ command }) => command)).toEqual([text]);
});

test("the exit code of an approved command follows, whatever it does with its traps", async () => {
  const world = product();
  const { bash } = await agent(world);
  for (const [text, code, stdout] of ENDS) {
    const ran = await approved(world, bash("-c", text));
    expect(ran.stdout).toBe(stdout);
    const decision = await newest(world);
    expect(decision).toMatchObject({ command: text, exit: { code } });
    const shown = await world.run("decisions", "show", decision.id);
    expect(shown.stdout).toMatch(new RegExp(`^exit code ${code}$`, "m"));
    expect(shown.stdout).toMatch(/^approval +#\d+ is consumed, decided by human at /m);
  }
  await world.json("daemon", "stop");
  const entries = await exitsIn(world);
  expect(entries.map(({ data }) => data["code"])).toEqual(ENDS.map(([, code]) => code));
  expect((await world.json<{ ok: boolean }>("audit", "verify")).ok).toBe(true);
});

test("zsh tells it as well", async () => {
  const world = product();
  const { run } = await agent(world);
  await approved(world, run("zsh", ["-c", "rm -rf src; (exit 4); exit 6"]));
  expect(await newest(world)).toMatchObject({ source: "zsh", exit: { code: 6 } });
});

test("what did not run has none, and a shell that was killed leaves it unknown", async () => {
  const world = product();
  const { bash } = await agent(world);
  await bash("-c", "rm -rf /");
  const denied = await newest(world);
  expect(denied.exit).toBeNull();
  const shown = await world.run("decisions", "show", denied.id);
  expect(shown.stdout).toContain("none: it did not run");
  await approved(world, bash("-c", "rm -rf src; kill -KILL $$"));
  const killed = await newest(world);
  expect(killed.exit).toBeNull();
  await world.run("stop", "dev", "--force");
  await until(async () => (await newest(world)).exit !== null, "its end is recorded");
  expect(await newest(world)).toMatchObject({ id: killed.id, exit: { code: null } });
});

test("no agent tells how another one's command ended, nor a second time", async () => {
  const world = product();
  const { bash, env } = await agent(world);
  await approved(world, bash("-c", "rm -rf src"));
  const { id } = await newest(world);
  const { status } = await tell(env, id, "9");
  expect(status).toBe(409);
  expect(await tell(env, "dec_0", "0")).toMatchObject({ status: 404 });
  expect(await newest(world)).toMatchObject({ exit: { code: 0 } });
});

function tell(env: Agent["env"], id: string, code: string): Promise<Response> {
  return fetch(`${env["CONDUCTOR_URL"] ?? ""}/api/v1/gate/exit`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${env["CONDUCTOR_TOKEN"] ?? ""}`,
      "content-type": "application/vnd.conductor.gate",
    },
    body: `${id}\0${code}`,
  });
}
