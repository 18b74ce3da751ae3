/** After a reboot: the tmux server and the daemon are gone, the rows and the agents' own session files are there. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LaunchOutcome, RestartOutcome, TerminalView } from "../../src/contract/terminals.ts";
import { type Product, product, until } from "../support/product.ts";
import { inboxOf, terminalOf, untilSettled, untilStatus } from "../support/scripted.ts";

const SCRIPTED = readFileSync(join(import.meta.dirname, "../../providers/scripted.yaml"), "utf8");
/** The scripted agent as a CLI that keeps its sessions. */
const KEEPS = `
resume: [--resume, "{session}"]
session: { args: [--session-id, "{session}"], unless: [--session-id, --resume] }
transcript:
  format: claude-code
  root: { folder: .fake-agent }
  path: "projects/{folder}/{session}.jsonl"
`;
const TEAM = `
session: shop
agents:
  - { name: lead, provider: keeping, labels: [heads], gate: guard, prompt: "do:say I lead" }
  - { name: dev, provider: keeping, labels: [hands] }
  - { name: plain, provider: scripted }
`;

function world(): Product & { readonly team: string } {
  const made = product();
  const folder = join(made.home, ".conductor/providers");
  mkdirSync(folder, { recursive: true });
  const keeping = SCRIPTED.replace("name: scripted", "name: keeping")
    .replace("aliases: [fake]", "")
    .replace(/^hooks:\n(?: .*\n)+/m, "");
  writeFileSync(join(folder, "keeping.yaml"), `${keeping}${KEEPS}`);
  const team = join(made.folder, "team.yaml");
  writeFileSync(team, TEAM);
  return { ...made, team };
}

const launch = (made: Product, ...args: string[]) =>
  made.json<LaunchOutcome>("launch", ...args, "--no-panel");

const names = (terminals: readonly TerminalView[]) => terminals.map(({ name }) => name).toSorted();

/** The session files that its CLI has written, with the prompts in each. */
function conversations(made: Product): string[][] {
  const root = join(made.home, ".fake-agent/projects");
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return files
    .filter((each) => each.isFile())
    .map((each) => {
      const lines = readFileSync(join(each.parentPath, each.name), "utf8").split("\n");
      return lines.filter(Boolean).flatMap((line) => {
        const { type, message }: { type: string; message: { content: string } } = JSON.parse(line);
        return type === "user" && message.content !== "/exit" ? [message.content] : [];
      });
    })
    .filter((prompts) => prompts.length > 0);
}

async function reboot(made: Product): Promise<void> {
  const server = await made.tmux("display-message", "-p", "#{pid}");
  await made.killDaemon();
  await made.tmux("kill-server");
  const isAlive = () => {
    try {
      process.kill(Number(server.stdout), 0);
      return true;
    } catch {
      return false;
    }
  };
  await until(() => !isAlive(), "the tmux server is gone");
}

test("after a reboot a team comes back with its conversations; what waits is delivered then", async () => {
  const made = world();
  await launch(made, made.team);
  for (const name of ["lead", "dev", "plain"]) await untilStatus(made, name, "idle");
  await untilSettled(made, "lead", 1);
  await made.run("send", "dev", "do:say before", "--wait");
  await made.run("send", "dev", "do:slow 60");
  await untilStatus(made, "dev", "working");
  await made.run("send", "dev", "do:say it waited");
  const before = await made.json<TerminalView[]>("ls");
  await reboot(made);

  const back = await launch(made, made.team, "--resume");
  expect(back).toMatchObject({ kept: [], failed: [] });
  expect(names(back.launched)).toEqual(["dev", "lead", "plain"]);
  expect(back.resumed.toSorted()).toEqual(["dev", "lead"]);
  expect(back.fresh).toEqual([{ name: "plain", why: expect.stringContaining("resumes none") }]);
  for (const name of ["lead", "dev", "plain"]) await untilStatus(made, name, "idle");
  await untilSettled(made, "dev", 3);

  const after = await made.json<TerminalView[]>("ls");
  const kept = ({ id, name, provider, cwd, worktree, labels, gate }: TerminalView) => {
    return { id, name, provider, cwd, worktree, labels, gate };
  };
  expect(after.map(kept)).toEqual(before.map(kept));
  expect(await inboxOf(made, "lead")).toHaveLength(1);
  const states = (await inboxOf(made, "dev")).map(({ state, receipt }) => [state, receipt]);
  expect(states.at(-1)).toEqual(["delivered", "transcript"]);
  // Each in one file from its first prompt on.
  expect(conversations(made)).toHaveLength(2);
  expect(conversations(made)).toContainEqual(["do:say I lead"]);
  expect(conversations(made)).toContainEqual(["do:say before", "do:slow 60", "do:say it waited"]);

  const again = await made.run("launch", made.team, "--resume", "--no-panel");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout.match(/^runs /gm)).toHaveLength(3);
  expect((await made.json<TerminalView[]>("ls")).map(({ paneId }) => paneId)).toEqual(
    after.map(({ paneId }) => paneId),
  );
});

test("a first prompt that still waited at the reboot is not put beside itself by a fresh start", async () => {
  const made = world();
  const team = TEAM.replace("provider: scripted }", 'provider: scripted, prompt: "do:say once" }');
  writeFileSync(made.team, team);
  await launch(made, made.team);
  await untilSettled(made, "plain", 1);
  await made.run("send", "plain", "do:slow 60");
  await untilSettled(made, "plain", 2);
  await untilStatus(made, "plain", "working");
  // It was said before: in a conversation that is lost.
  await reboot(made);
  await launch(made, made.team, "--resume");
  await untilStatus(made, "plain", "idle");
  await untilSettled(made, "plain", 3);
  const bodies = async () => (await inboxOf(made, "plain")).map(({ body }) => body);
  expect(await bodies()).toEqual(["do:say once", "do:slow 60", "do:say once"]);

  await made.run("send", "plain", "do:slow 60");
  await untilSettled(made, "plain", 4);
  await untilStatus(made, "plain", "working");
  await made.run("send", "plain", "do:say once");
  await reboot(made);
  await launch(made, made.team, "--resume");
  await untilStatus(made, "plain", "idle");
  await untilSettled(made, "plain", 5);
  expect((await bodies()).slice(3)).toEqual(["do:slow 60", "do:say once"]);
});

test("one agent goes on too, by restart and by launch; without a conversation it begins anew and says so", async () => {
  const made = world();
  const who = ["--provider", "keeping", "--name", "dev"];
  const first = await launch(made, ...who, "--cwd", made.folder, "--label", "hands", "--resume");
  expect(first.fresh).toEqual([{ name: "dev", why: "it had none before" }]);
  await untilStatus(made, "dev", "idle");
  const unused = await made.json<RestartOutcome>("restart", "dev", "--resume");
  expect(unused).toMatchObject({ resumed: false, fresh: expect.stringContaining("kept nothing") });
  await untilStatus(made, "dev", "idle");
  await made.run("send", "dev", "do:say one", "--wait");

  const restarted = await made.run("restart", "dev", "--resume");
  expect(restarted.stdout).toContain("again, with its conversation");
  await untilStatus(made, "dev", "idle");
  await made.run("send", "dev", "do:say two", "--wait");
  const { id } = await terminalOf(made, "dev");
  await made.run("stop", "dev");

  const back = await launch(made, ...who, "--resume", "--prompt", "do:say three");
  expect(back).toMatchObject({ resumed: ["dev"], launched: [{ id, labels: ["hands"] }] });
  await untilSettled(made, "dev", 3);
  expect(conversations(made)).toEqual([["do:say one", "do:say two", "do:say three"]]);
  const kept = await launch(made, ...who, "--resume");
  expect(kept).toMatchObject({ launched: [], kept: [{ id }] });
});
