import { expect, onTestFinished, test } from "vitest";
import { ConductorError } from "../../../src/base/errors.ts";
import type { PanelVerdict } from "../../../src/clients/tui/client.ts";
import { type PanelClient, runPanel } from "../../../src/clients/tui/main.ts";
import type { ApprovalView } from "../../../src/contract/approvals.ts";
import { approval, FakeClock, fakeInput, fakeOutput, terminal, Virtual } from "./support.ts";

const SIZE = { columns: 60, rows: 12 };
const LEAVE = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";

/** A daemon of the mind: it can go away, come back, and be asked what it was told. */
function daemon() {
  let pending: ApprovalView[] = [approval(1), approval(2)];
  let isAway = false;
  let wake: (() => void)[] = [];
  const verdicts: { id: string; verdict: PanelVerdict }[] = [];
  const tell = () => {
    const waiting = wake;
    wake = [];
    for (const each of waiting) each();
  };
  const reach = () => {
    if (isAway) throw new ConductorError("daemon.unreachable", "connect ENOENT");
  };
  const client: PanelClient = {
    approvals: async () => {
      reach();
      return pending;
    },
    terminals: async () => {
      reach();
      return [terminal("dev")];
    },
    decide: async (id, verdict) => {
      reach();
      verdicts.push({ id, verdict });
      const settled = pending.find((each) => each.id === id) ?? approval(0);
      pending = pending.filter((each) => each.id !== id);
      return { ...settled, state: verdict.verdict === "deny" ? "denied" : "approved" };
    },
    changes: async function* (signal) {
      while (!signal.aborted) {
        reach();
        yield;
        await new Promise<void>((resolve) => {
          wake.push(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    },
  };
  return {
    client,
    verdicts,
    change: (next: ApprovalView[]) => {
      pending = next;
      tell();
    },
    goAway: () => {
      isAway = true;
      tell();
    },
    comeBack: () => {
      isAway = false;
    },
  };
}

async function open(client: PanelClient, env: Record<string, string> = {}) {
  const stdin = fakeInput();
  const stdout = fakeOutput(SIZE);
  const clock = new FakeClock();
  let bytes = "";
  stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.toString();
  });
  const ended = runPanel({ client, stdin, stdout, env, clock });
  onTestFinished(async () => {
    stdin.end();
    await ended.catch(() => undefined);
  });
  const panel = {
    stdin,
    stdout,
    clock,
    ended,
    bytes: () => bytes,
    /** What a person sees now, after everything that is under way has been drawn. */
    see: async (): Promise<string> => {
      await settle();
      const virtual = new Virtual({ columns: stdout.columns, rows: stdout.rows });
      await virtual.feed(bytes);
      return virtual.lines().join("\n");
    },
    wait: async (ms: number) => {
      await settle();
      clock.advance(ms);
      await settle();
    },
    press: async (keys: string) => {
      stdin.write(keys);
      await settle();
    },
  };
  await panel.wait(1_000);
  return panel;
}

/** Streams and promises pass their news on in later turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

test("it shows the queue and the team, and a verdict goes to the daemon", async () => {
  const { client, verdicts } = daemon();
  const panel = await open(client);
  expect(await panel.see()).toContain("▲ 2 approvals wait");
  await panel.press("a");
  expect(verdicts).toEqual([{ id: "a_1", verdict: { verdict: "approve", hash: "hash-1" } }]);
  expect(await panel.see()).toContain("‖ list moved, keys paused");
  await panel.wait(600);
  await panel.press("d");
  await panel.press("not now\r");
  expect(verdicts.at(-1)).toEqual({
    id: "a_2",
    verdict: { verdict: "deny", hash: "hash-2", reason: "not now" },
  });
  await panel.wait(600);
  expect(await panel.see()).toContain("nothing waits");
});

test("a change at the daemon is on the screen without a key", async () => {
  const { client, change } = daemon();
  const panel = await open(client);
  change([approval(7, { text: "make deploy" })]);
  await panel.wait(200);
  expect(await panel.see()).toContain("make deploy");
});

test("a daemon that goes away is told, no verdict is given, and it goes on when the daemon is back", async () => {
  const { client, verdicts, goAway, comeBack } = daemon();
  const panel = await open(client);
  goAway();
  await panel.wait(100);
  expect(await panel.see()).toContain("✕ no daemon: trying again, no verdicts now");
  await panel.press("a");
  expect(verdicts).toEqual([]);
  expect(await panel.see()).toContain("no connection: no verdict now");
  comeBack();
  await panel.wait(1_100);
  const seen = await panel.see();
  expect(seen).toContain("▲ 2 approvals wait");
  expect(seen).toContain("connected again");
});

test("a change of size is drawn at once", async () => {
  const panel = await open(daemon().client);
  Object.assign(panel.stdout, { columns: 30, rows: 8 });
  panel.stdout.emit("resize");
  expect((await panel.see()).split("\n")[0]).toBe("conductor  ▲ 2 approvals wait");
  Object.assign(panel.stdout, { columns: 20, rows: 4 });
  panel.stdout.emit("resize");
  expect(await panel.see()).toContain("too small: 20×4");
});

test("NO_COLOR takes the colours from everything that is written", async () => {
  const panel = await open(daemon().client, { NO_COLOR: "1" });
  expect(panel.bytes()).not.toMatch(/\x1b\[[0-9;]*3[0-7]m/);
  const coloured = await open(daemon().client);
  expect(coloured.bytes()).toMatch(/\x1b\[[0-9;]*3[0-7]m/);
});

const ends: [string, number, (panel: Awaited<ReturnType<typeof open>>) => void][] = [
  ["q", 0, ({ stdin }) => void stdin.write("q")],
  ["Ctrl-C", 0, ({ stdin }) => void stdin.write("\x03")],
  ["SIGINT", 130, () => void process.emit("SIGINT")],
  ["SIGTERM", 143, () => void process.emit("SIGTERM")],
  ["SIGHUP", 129, () => void process.emit("SIGHUP")],
  ["the end of its input", 129, ({ stdin }) => void stdin.end()],
  ["an output that breaks", 129, ({ stdout }) => void stdout.emit("error", new Error("EIO"))],
];

test.each(ends)("%s ends it with %i and gives the terminal back", async (_name, code, end) => {
  const panel = await open(daemon().client);
  expect(panel.stdin.isRaw).toBe(true);
  end(panel);
  expect(await panel.ended).toBe(code);
  await settle();
  expect(panel.stdin.isRaw).toBe(false);
  expect(panel.bytes().endsWith(LEAVE)).toBe(true);
  expect(panel.clock.pending).toBe(0);
  for (const signal of ["SIGTERM", "SIGHUP", "SIGCONT"] as const) {
    expect(process.listeners(signal)).toEqual([]);
  }
});

test("a defect ends it with the error, and gives the terminal back first", async () => {
  const { client, change } = daemon();
  const panel = await open(client);
  const failed = panel.ended.catch((error: unknown) => error);
  const broken = Object.defineProperty(approval(1), "action", {
    get: () => {
      throw new Error("a defect");
    },
  });
  change([broken]);
  await panel.wait(200);
  expect(await failed).toEqual(new Error("a defect"));
  expect(panel.stdin.isRaw).toBe(false);
  expect(panel.bytes().endsWith(LEAVE)).toBe(true);
});

test("after fg it takes the terminal again and draws everything", async () => {
  const panel = await open(daemon().client);
  const before = panel.bytes().length;
  process.emit("SIGCONT");
  await settle();
  expect(panel.bytes().slice(before)).toMatch(/^\x1b\[\?1049h[\s\S]*conductor/);
});

test("without a terminal it says how to get the text", async () => {
  const { client } = daemon();
  const stdout = Object.assign(fakeOutput(SIZE), { isTTY: false });
  const ran = runPanel({ client, stdin: fakeInput(), stdout, env: {}, clock: new FakeClock() });
  await expect(ran).rejects.toMatchObject({
    code: "usage.invalid",
    hint: expect.stringContaining("--once"),
  });
});
