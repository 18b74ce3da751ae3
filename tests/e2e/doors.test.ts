/** An agent that tries to say yes to itself, from inside its pane, by every door that we know of. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { DaemonView } from "../../src/contract/events.ts";
import { type Contained, contained, runner } from "../support/contained.ts";
import { overHttp } from "../support/mcp.ts";
import { office, tokenOf } from "../support/office.ts";
import { type Product, product, type Ran, until } from "../support/product.ts";
import { clientOf, launchScripted, terminalOf } from "../support/scripted.ts";

/** `refused` by policy, `asked` of a human, `held` by the daemon or the CLI, or it `gets through`. */
type Cell = "refused" | "asked" | "held" | "**gets through**" | "not tried";
const MISS = "**gets through**";

interface Door {
  /** With NUMBER, TOKEN, URL, SOCKET, TMUX, PANEL, CLIENT and DAEMON in place of what stands there. */
  readonly text: string;
  readonly typed: Cell;
  /** The same by a program of its own that no gate reads. */
  readonly own: Cell;
  /** Whether it leaves its process behind, which then says when it is over. */
  readonly away?: true;
  /** What it opens, where that is not the approval. */
  readonly opens?: (world: Product) => Promise<boolean> | boolean;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const yesAt = (at: string, token = "TOKEN") =>
  `curl -sS -m 9 ${at}/api/v1/approvals/NUMBER/verdict -H "Authorization: Bearer ${token}" -H "Content-Type: application/json" -d '{"verdict":"approve"}'`;
/** tmux would show what it prints, in the pane of the agent. */
const YES = quote(`${yesAt("URL")} >/dev/null 2>&1; touch DONE`);
const own = (file: string) => (world: Product) =>
  existsSync(path.join(world.home, ".conductor", file)) &&
  readFileSync(path.join(world.home, ".conductor", file), "utf8").includes("MALLORY");

const DOORS: Readonly<Record<string, Door>> = {
  "`conductor approve`": { text: "conductor approve NUMBER", typed: "refused", own: "held" },
  "the same without our variables": {
    text: "env -u CONDUCTOR_TERMINAL_ID -u CONDUCTOR_TOKEN conductor approve NUMBER",
    typed: "refused",
    own: "held",
  },
  "the socket, with the human's token": {
    text: yesAt("--unix-socket SOCKET http://localhost"),
    typed: "refused",
    own: "held",
  },
  "REST, with its own token": {
    text: yesAt("URL", "$CONDUCTOR_TOKEN"),
    typed: "refused",
    own: "held",
  },
  "REST, with the human's token": { text: yesAt("URL"), typed: "refused", own: "held" },
  "a human's token of its own making": {
    text: "env -u CONDUCTOR_TERMINAL_ID -u CONDUCTOR_TOKEN conductor token create --human mallory",
    typed: "refused",
    own: "held",
    opens: async (world) => (await clientOf(world).tokens()).some(({ name }) => name === "mallory"),
  },
  "`setsid`": { text: `setsid -w bash -c ${YES}`, typed: "refused", own: "held" },
  "`nohup`, in the background": {
    text: `nohup bash -c ${YES} & wait`,
    typed: "refused",
    own: "held",
  },
  "`script`, a terminal of its own": {
    text: `script -qec ${YES} /dev/null`,
    typed: "refused",
    own: "held",
  },
  "two forks: its parent is init": {
    text: `setsid -f bash -c ${YES}`,
    typed: "refused",
    own: "held",
    away: true,
  },
  "two forks and an emptied environment": {
    text: `env -i PATH="$PATH" setsid -f bash -c ${YES}`,
    typed: "refused",
    own: MISS,
    away: true,
  },
  "`tmux run-shell`": { text: `tmux -S TMUX run-shell ${YES}`, typed: "refused", own: "held" },
  "`tmux run-shell`, and two forks": {
    text: `tmux -S TMUX run-shell ${quote(`setsid -f bash -c ${YES}`)}`,
    typed: "refused",
    own: MISS,
    away: true,
  },
  "`tmux new-window`": {
    text: `tmux -S TMUX new-window -d -t SESSION: ${YES}`,
    typed: "refused",
    own: MISS,
    away: true,
  },
  "`tmux display-popup`, while somebody is attached": {
    text: `tmux -S TMUX display-popup -c CLIENT -E ${YES}`,
    typed: "refused",
    own: MISS,
    away: true,
  },
  "`LD_PRELOAD`": {
    text: "LD_PRELOAD=./x.so conductor approve NUMBER",
    typed: "refused",
    own: "held",
  },
  "`BASH_ENV=`": {
    text: "BASH_ENV= bash -c 'conductor approve NUMBER'",
    typed: "refused",
    own: "held",
  },
  "`at`": { text: "at now <<< 'conductor approve NUMBER'", typed: "refused", own: "not tried" },
  cron: {
    text: "echo '* * * * * conductor approve NUMBER' | crontab -",
    typed: "refused",
    own: "not tried",
  },
  "`systemd-run --user`": {
    text: "systemd-run --user conductor approve NUMBER",
    typed: "refused",
    own: "not tried",
  },
  "the policy file": {
    text: `printf '# MALLORY\\nversion: 1\\ndefault: allow\\n' > "$CONDUCTOR_HOME/policy.yaml"`,
    typed: "refused",
    own: MISS,
    opens: own("policy.yaml"),
  },
  "the list of trusted policy files": {
    text: `echo MALLORY > "$CONDUCTOR_HOME/trust.json"`,
    typed: "refused",
    own: MISS,
    opens: own("trust.json"),
  },
  "the database": {
    text: `python3 -c 'import os, sqlite3; db = sqlite3.connect(os.environ["CONDUCTOR_HOME"] + "/conductor.db", timeout=9); db.execute("UPDATE approvals SET state = \\"approved\\" WHERE number = NUMBER"); db.commit()'`,
    typed: "refused",
    own: MISS,
  },
  "the daemon's memory": {
    text: "printf x | dd of=/proc/DAEMON/mem seek=0 conv=notrunc",
    typed: "refused",
    own: "not tried",
  },
  "a debugger": {
    text: "gdb -batch -p DAEMON -ex 'call (int)puts(\"x\")'",
    typed: "refused",
    own: "not tried",
  },
};

const SEND_KEYS = "`tmux send-keys` into the side pane";
/** After all others: what they do to the daemon and to the side pane would be in the others' way. */
const LAST: Readonly<Record<string, Door>> = {
  [SEND_KEYS]: {
    text: "tmux -S TMUX send-keys -t PANEL a",
    typed: "refused",
    own: MISS,
  },
  "the daemon stopped by a signal": {
    text: "kill -STOP DAEMON; sleep 0.5; kill -CONT DAEMON",
    typed: "refused",
    own: "held",
  },
};

interface Place {
  readonly world: Product;
  readonly agent: Contained;
  readonly facts: Readonly<Record<string, string>>;
}

async function place(launch: (world: Product) => Promise<Contained>): Promise<Place> {
  const world = product("gate: { waitSeconds: 0.2 }\n");
  const agent = await launch(world);
  const { http, socket, pid } = await world.json<DaemonView>("daemon", "status");
  const { session } = await terminalOf(world, "dev");
  const format = "#{@conductor_panel}:#{pane_id}";
  const panes = (await world.tmux("list-panes", "-a", "-F", format)).stdout;
  return {
    world,
    agent,
    facts: {
      TOKEN: readFileSync(path.join(world.home, ".conductor/token"), "utf8").trim(),
      URL: `http://127.0.0.1:${http.port}`,
      SOCKET: socket,
      TMUX: path.join(world.folder, `tmux-${process.getuid?.() ?? 0}`, world.socket),
      SESSION: session,
      PANEL: /^1:(.*)$/m.exec(panes)?.[1] ?? "%0",
      CLIENT: await attached(world),
      DAEMON: String(pid),
    },
  };
}

/** A person who looks on, from a tmux of their own. */
async function attached(world: Product): Promise<string> {
  const env = { ...world.env, CONDUCTOR_HOME: path.join(world.home, ".conductor") };
  const bin = path.resolve(import.meta.dirname, "../../bin/conductor");
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-L", `${world.socket}-own`, "-f", "/dev/null", ...args], { env });
  onTestFinished(() => void tmux("kill-server"));
  tmux("new-session", "-d", "-x", "200", "-y", "50", `exec env -u TMUX ${bin} attach dev`);
  let client = "";
  await until(async () => {
    const { stdout } = await world.tmux(
      "list-clients",
      "-F",
      "#{client_control_mode} #{client_name}",
    );
    client = /^0 (.*)$/m.exec(stdout)?.[1] ?? "";
    return client !== "";
  }, "a person is attached");
  return client;
}

async function question({ world, facts }: Place, text: string): Promise<ApprovalView> {
  const answer = await fetch(`${facts["URL"]}/api/v1/approvals`, {
    method: "POST",
    headers: { authorization: `Bearer ${facts["TOKEN"]}`, "content-type": "application/json" },
    body: JSON.stringify({
      terminal: "dev",
      action: { kind: "command", text, cwd: null, why: null },
    }),
  });
  const { number }: { number: number } = JSON.parse(await answer.text());
  return clientOf(world).approval(String(number));
}

/** One door, tried in one of the two ways. */
interface Try {
  readonly name: string;
  readonly door: Door;
  readonly way: "typed" | "own";
  readonly asked: ApprovalView;
  readonly done: string;
  readonly args: readonly string[];
}

async function prepare(at: Place, name: string, door: Door, way: Try["way"]): Promise<Try> {
  const asked = await question(at, `${name}, ${way}`);
  const done = path.join(at.agent.workspace, `over-${asked.number}`);
  const facts = { ...at.facts, NUMBER: String(asked.number), DONE: done };
  const text = Object.entries(facts).reduce(
    (filled, [word, value]) => filled.replaceAll(new RegExp(`\\b${word}\\b`, "g"), value),
    door.text,
  );
  const past = `PATH=\${PATH#*:}; unset BASH_ENV ENV ZDOTDIR; ${text}`;
  const args = way === "typed" ? ["-c", text] : ["-p", "-c", past];
  return { name, door, way, asked, done, args };
}

async function judge({ world }: Place, tried: Try, ran: Ran): Promise<Cell> {
  const { door, way, asked, done } = tried;
  if (way === "typed" && ran.stderr.includes("refused by policy")) return "refused";
  if (way === "typed" && ran.stderr.includes("waiting for approval")) return "asked";
  const isOpen = async () =>
    door.opens === undefined
      ? (await clientOf(world).approval(asked.id)).state !== "pending"
      : door.opens(world);
  if (door.away === true && ran.code === 0)
    await until(() => existsSync(done), `${tried.name} is over`);
  // The side pane takes its key a moment later.
  if (door === LAST[SEND_KEYS] && ran.code === 0) await until(isOpen, tried.name);
  return (await isOpen()) ? MISS : "held";
}

/** A few at a time. */
async function runAll(at: Place, tries: readonly Try[]): Promise<Map<string, Cell>> {
  const cells = new Map<string, Cell>();
  const rest = [...tries];
  const work = async (): Promise<void> => {
    for (let tried = rest.shift(); tried !== undefined; tried = rest.shift()) {
      const ran = await at.agent.run({ file: "/bin/bash", args: tried.args });
      cells.set(tried.name, await judge(at, tried, ran));
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return cells;
}

/** The side pane shows one question only, and takes keys. */
async function oneQuestion({ world, facts }: Place, { id }: ApprovalView): Promise<void> {
  const others = (await clientOf(world).approvals()).filter((one) => one.id !== id);
  await Promise.all(others.map((one) => clientOf(world).decide(one.id, { verdict: "deny" })));
  const screen = async () =>
    (await world.tmux("capture-pane", "-p", "-t", facts["PANEL"] ?? "")).stdout;
  const isReady = (text: string) => /1 approval waits/.test(text) && text.includes("a approve");
  await until(async () => isReady(await screen()), "the side pane takes keys");
}

test("an agent that tries every door to a yes of its own: the guide says what became of it", async () => {
  const at = await place((world) => runner(world, []));
  const rows = new Map<string, Cell[]>();
  // Typed first: what gets through by a program of its own would else be taken for it.
  for (const way of ["typed", "own"] as const) {
    const together: Try[] = [];
    for (const [name, door] of Object.entries(DOORS))
      if (door[way] !== "not tried") together.push(await prepare(at, name, door, way));
    const cells = await runAll(at, together);
    for (const [name, door] of Object.entries(LAST)) {
      const tried = await prepare(at, name, door, way);
      if (name === SEND_KEYS) await oneQuestion(at, tried.asked);
      for (const [one, cell] of await runAll(at, [tried])) cells.set(one, cell);
    }
    for (const [name, door] of Object.entries({ ...DOORS, ...LAST }))
      rows.set(name, [...(rows.get(name) ?? []), cells.get(name) ?? door[way]]);
  }
  const found = [...rows].map(
    ([name, [typed, byItself]]) => `| ${name} | ${typed} | ${byItself} |`,
  );
  expect(found).toEqual(
    Object.entries({ ...DOORS, ...LAST }).map(
      ([name, { typed, own: byItself }]) => `| ${name} | ${typed} | ${byItself} |`,
    ),
  );
  const guide = readFileSync(path.resolve(import.meta.dirname, "../../docs/security.md"), "utf8");
  const [, section = ""] = guide.split("## Doors to a yes\n");
  const table = section.split("\n## ")[0]?.match(/^\| .* \|$/gm) ?? [];
  expect(table.slice(1)).toEqual(found);
}, 120_000);

const canContain =
  spawnSync("bwrap", ["--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"]).status ===
  0;

test.skipIf(!canContain)(
  "in the sandbox none of them opens, with no gate in the way",
  async () => {
    const at = await place(contained);
    const tries: Try[] = [];
    for (const [name, door] of Object.entries({ ...DOORS, ...LAST }))
      tries.push(await prepare(at, name, door, "own"));
    const cells = [...(await runAll(at, tries))];
    expect(cells).toHaveLength(27);
    expect(cells.filter(([, cell]) => cell !== "held")).toEqual([]);
  },
  60_000,
);

test("no tool of the MCP server decides, whatever an agent calls it", async () => {
  const world = office("");
  await launchScripted(world, "dev");
  const { id } = await terminalOf(world, "dev");
  const { http } = await clientOf(world).status();
  const asked = await fetch(`http://127.0.0.1:${http.port}/api/v1/approvals`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${tokenOf(world, id)}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ action: { kind: "command", text: "make it so", cwd: null, why: null } }),
  });
  const { number }: { number: number } = JSON.parse(await asked.text());
  const agent = await overHttp(world, "dev");
  const { tools } = await agent.client.listTools();
  const names = tools.map(({ name }) => name);
  expect(
    names.filter((name) => /approv|deny|decide|grant|trust|override|token/.test(name)),
  ).toEqual(["request_approval"]);
  for (const name of ["approve", "decide", "verdict", "deny"]) {
    const said = agent.call(name, { id: String(number), verdict: "approve" });
    expect(await said.catch((error: unknown) => ({ isError: true, error }))).toMatchObject({
      isError: true,
    });
  }
  expect((await clientOf(world).approval(String(number))).state).toBe("pending");
});
