import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { startDaemon } from "../../../src/clients/link/start-daemon.ts";
import { serve, type TestHome, TOKEN, testHome } from "../../support/stub-daemon.ts";

/** A bin whose `daemon run` answers every call with its own process id. */
const BIN = `
import { createServer } from "node:http";
import { appendFileSync, writeFileSync } from "node:fs";
const home = process.env.CONDUCTOR_HOME;
appendFileSync(home + "/starts", process.argv.slice(2).join(" ") + "\\n");
appendFileSync(home + "/env", [process.env.TMUX, process.env.CONDUCTOR_TOKEN].join() + "\\n");
writeFileSync(home + "/pid", String(process.pid));
createServer((_q, r) => r.end(JSON.stringify({ pid: process.pid }))).listen(home + "/conductor.sock");
`;

function bin(home: TestHome, text: string): string {
  const file = join(home.paths.home, "bin.mjs");
  writeFileSync(file, text);
  return file;
}

function killStarted(home: TestHome): void {
  const file = join(home.paths.home, "pid");
  if (existsSync(file)) process.kill(Number(readFileSync(file, "utf8")));
}

test("of several callers at once one starts the daemon and all reach it", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime, { TMUX: "/tmp/x,1,0", CONDUCTOR_TOKEN: "agent" });
    const main = bin(home, BIN);
    lifetime.own(() => killStarted(home));
    const clients = await Promise.all(
      Array.from({ length: 4 }, () => startDaemon({ ...home, main })),
    );
    const pids = await Promise.all(clients.map((client) => client.status()));
    expect(new Set(pids.map(({ pid }) => pid)).size).toBe(1);
    expect(readFileSync(join(home.paths.home, "starts"), "utf8")).toBe("daemon run\n");
    expect(readFileSync(join(home.paths.home, "env"), "utf8")).toBe(",\n");
    expect(existsSync(home.paths.startLock)).toBe(false);
  }));

test.for([
  ["the lock of a dead starter", "2147483646"],
  ["the lock of one that had no room to write who it is", ""],
])("%s is taken over", ([, text = ""]) =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    writeFileSync(home.paths.startLock, text);
    const before = Date.now() / 1_000 - 60;
    utimesSync(home.paths.startLock, before, before);
    lifetime.own(() => killStarted(home));
    const client = await startDaemon({ ...home, main: bin(home, BIN) });
    expect((await client.status()).pid).toBeGreaterThan(0);
  }),
);

test.each([
  ["absent", (token: string) => rmSync(token)],
  ["empty", (token: string) => writeFileSync(token, "")],
])("a daemon that makes its token while it is asked for is called with it: %s", (_how, before) =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    before(home.paths.token);
    const calls = await serve(lifetime, home.paths.socket, () => {
      writeFileSync(home.paths.token, `${TOKEN}\n`);
      return { json: [] };
    });
    const client = await startDaemon({ ...home, main: bin(home, BIN) });
    await client.terminals();
    expect(calls.at(-1)?.token).toBe(TOKEN);
  }),
);

test("a daemon that ends at once is told with its last words", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const main = bin(home, 'console.error("error: tmux is missing\\n  at x"); process.exit(3);');
    await expect(startDaemon({ ...home, main })).rejects.toMatchObject({
      code: "daemon.unreachable",
      message: "the daemon could not be started, it ended with exit code 3: tmux is missing",
    });
    expect(existsSync(home.paths.startLock)).toBe(false);
  }));

test("a daemon that never answers meets the deadline", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const text = BIN.replace("createServer(", "setInterval(() => 0, 1e6); createServer(").replace(
      "/conductor.sock",
      "/other.sock",
    );
    lifetime.own(() => killStarted(home));
    const main = bin(home, text);
    await expect(startDaemon({ ...home, main, deadlineMs: 800 })).rejects.toThrow("in time");
  }));
