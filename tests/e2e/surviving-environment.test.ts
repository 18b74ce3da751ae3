/** A machine that is full, locked, broken or otherwise not as it should be. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import type { DaemonView } from "../../src/contract/events.ts";
import { isAlive, type Product, product, until } from "../support/product.ts";
import {
  clientOf,
  inboxOf,
  launchScripted,
  untilSettled,
  untilStatus,
} from "../support/scripted.ts";

const QUIET = ["--no-attach", "--no-panel"];

const homeOf = (world: Product): string => path.join(world.home, ".conductor");

function temporary(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "cnd-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file system of 3 MB, where this user may mount one. */
function smallDisk(): string | undefined {
  const folder = temporary();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "none", folder], { stdio: "pipe" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}

test("a full disk refuses with what to do, loses nothing, and all goes on after", async ({
  skip,
}) => {
  const disk = smallDisk() ?? skip("mounting a small disk is not permitted here");
  const home = path.join(disk, "c");
  const world = product("", { CONDUCTOR_HOME: home });
  const dev = await launchScripted(world, "dev");
  await clientOf(world).send({ to: "dev", body: "before" });
  await untilSettled(world, "dev", 1);
  const filler = path.join(disk, "filler");
  execFileSync("sh", ["-c", `cat /dev/zero > ${filler} 2>/dev/null || true`]);
  const refused = await world.run("send", "dev", "x".repeat(50_000));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("no room left on the disk");
  expect(refused.stderr).toContain("hint: free some space");
  expect((await world.run("ls")).stdout).toContain("dev");
  rmSync(filler);
  await clientOf(world).send({ to: "dev", body: "after" });
  await untilSettled(world, "dev", 2);
  expect(dev.prompts()).toEqual(["before", "after"]);
  expect((await inboxOf(world, "dev")).map(({ state }) => state)).toEqual([
    "delivered",
    "delivered",
  ]);
});

test("a database that another program locks refuses at once, and serves again after", async () => {
  const world = product();
  const dev = await launchScripted(world, "dev");
  const other = new Sqlite(path.join(homeOf(world), "conductor.db"));
  onTestFinished(() => void other.close());
  other.exec("BEGIN IMMEDIATE");
  const refused = await world.run("send", "dev", "now");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("another process holds");
  expect((await world.run("ls")).stdout).toContain("dev");
  other.exec("COMMIT");
  await clientOf(world).send({ to: "dev", body: "then" });
  await untilSettled(world, "dev", 1);
  expect(dev.prompts()).toEqual(["then"]);
});

test("ten commands that find no daemon start one", async () => {
  const world = product();
  const ran = await Promise.all(Array.from({ length: 10 }, () => world.run("ls")));
  expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual(ran.map(() => [0, ""]));
  const log = readFileSync(path.join(homeOf(world), "logs/daemon.log"), "utf8");
  expect(log.match(/the daemon starts/g)).toHaveLength(1);
  const second = await world.run("daemon", "run");
  expect(second).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("another daemon holds"),
  });
});

test("what lies in the socket's place is no obstacle, be it stale or a file", async () => {
  const world = product();
  const socket = path.join(homeOf(world), "conductor.sock");
  await world.json("daemon", "start");
  await world.killDaemon();
  expect(existsSync(socket)).toBe(true);
  expect(await world.run("ls")).toMatchObject({ code: 0, stderr: "" });
  await world.killDaemon();
  rmSync(socket);
  writeFileSync(socket, "no socket");
  expect(await world.run("ls")).toMatchObject({ code: 0, stderr: "" });
});

test("a home whose path is too long for a socket has its socket elsewhere", async () => {
  const home = path.join(temporary(), "a-very-long-name/".repeat(10), "home");
  const world = product("", { CONDUCTOR_HOME: home });
  const dev = await launchScripted(world, "dev");
  const { socket } = await world.json<DaemonView>("daemon", "status");
  expect(Buffer.byteLength(socket)).toBeLessThan(100);
  await clientOf(world).send({ to: "dev", body: "hello" });
  await untilSettled(world, "dev", 1);
  expect(dev.prompts()).toEqual(["hello"]);
  await world.json("daemon", "stop");
  expect(existsSync(socket)).toBe(false);
});

test("a home that is taken away ends its daemon, and the next command starts anew", async () => {
  const world = product();
  await launchScripted(world, "dev");
  const pid = await world.daemonPid();
  const config = readFileSync(path.join(homeOf(world), "config.yaml"));
  rmSync(homeOf(world), { recursive: true });
  await until(() => !isAlive(pid), "the daemon has ended");
  // Where the daemon removes a file of its own meanwhile, Node's removal stops there and reports success.
  rmSync(homeOf(world), { recursive: true, force: true });
  mkdirSync(homeOf(world), { mode: 0o700 });
  writeFileSync(path.join(homeOf(world), "config.yaml"), config);
  expect(await world.run("ls")).toMatchObject({ code: 0, stderr: "" });
});

test("a home on a disk that is read-only is told with what to do", async ({ skip }) => {
  const disk = smallDisk() ?? skip("mounting a small disk is not permitted here");
  const world = product("", { CONDUCTOR_HOME: disk });
  execFileSync("mount", ["-o", "remount,ro", disk]);
  const ran = await world.run("ls");
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(`${disk} cannot be used as a home`);
  expect(ran.stderr).toContain("hint: set CONDUCTOR_HOME to a folder that you can write");
});

test("a home that cannot be made is told with what to do", async () => {
  const world = product();
  rmSync(homeOf(world), { recursive: true });
  writeFileSync(homeOf(world), "a file");
  const ran = await world.run("ls");
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(`${homeOf(world)} cannot be used as a home`);
  expect(ran.stderr).toContain("hint: set CONDUCTOR_HOME to a folder that you can write");
});

test("a port that is taken is passed over, and daemon status tells the one in use", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  await promise;
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : 0;
  const world = product();
  const config = path.join(homeOf(world), "config.yaml");
  writeFileSync(config, readFileSync(config, "utf8").replace("port: 0", `port: ${taken}`));
  await world.json("daemon", "start");
  const { http } = await world.json<DaemonView>("daemon", "status");
  expect(http.port).toBeGreaterThan(taken);
  expect((await world.run("daemon", "status")).stdout).toContain(`http://127.0.0.1:${http.port}`);
  expect((await fetch(`http://127.0.0.1:${http.port}/api/v1/status`)).status).toBe(401);
});

test("a database that is damaged, or newer than we are, is told with what to do and left alone", async () => {
  const world = product();
  const file = path.join(homeOf(world), "conductor.db");
  writeFileSync(file, "not a database at all, but long enough to be one ".repeat(100));
  const damaged = await world.run("ls");
  expect(damaged.code).not.toBe(0);
  expect(damaged.stderr).toContain("cannot be used: file is not a database");
  expect(damaged.stderr).toContain("move the file aside");
  rmSync(file);
  await world.json("daemon", "start");
  await world.json("daemon", "stop");
  const db = new Sqlite(file);
  db.pragma("user_version = 999");
  db.close();
  const newer = await world.run("ls");
  expect(newer.code).not.toBe(0);
  expect(newer.stderr).toContain("was written by a newer version");
  expect(newer.stderr).toContain("install the newer version");
});

test("an old daemon under a new command is told with what to do, also where it lacks a route", async () => {
  const world = product();
  const old = createHttpServer(({ url = "", method = "" }, response) => {
    const route = `${method} ${url}`;
    const error = {
      code: "not_found",
      detail: `there is no ${route}`,
      hint: null,
      data: { route },
    };
    const isKnown = url.startsWith("/api/v1/status") || url.startsWith("/api/v1/terminals");
    const body = isKnown ? (url.includes("status") ? { pid: process.pid } : []) : error;
    response.writeHead(isKnown ? 200 : 404, { "conductor-version": "0.0.1" });
    response.end(JSON.stringify(body));
  });
  onTestFinished(() => void old.close());
  const { promise, resolve } = Promise.withResolvers<void>();
  old.listen(path.join(homeOf(world), "conductor.sock"), resolve);
  await promise;
  const listed = await world.run("ls");
  expect(listed.code).toBe(0);
  expect(listed.stderr).toContain("warning: the daemon is version 0.0.1, this is ");
  expect(listed.stderr).toContain("hint: conductor daemon restart (agents go on working)");
  const lacking = await world.run("approvals");
  expect(lacking.code).toBe(5);
  expect(lacking.stderr).toContain("it does not know GET /api/v1/approvals");
});

test("broken configuration names file, line and field, and what is right is kept", async () => {
  const world = product();
  const home = homeOf(world);
  const config = path.join(home, "config.yaml");
  const good = readFileSync(config, "utf8");
  writeFileSync(config, `${good}log: { levle: debug }\n`);
  const badKey = await world.run("ls");
  expect(badKey.code).not.toBe(0);
  expect(badKey.stderr).toMatch(/config\.yaml:3.*levle/);
  writeFileSync(config, `${good}log: { level: debug\nsize: 3\n`);
  expect((await world.run("ls")).stderr).toMatch(/config\.yaml:\d/);
  writeFileSync(config, good);

  for (const folder of ["providers", "profiles"]) {
    mkdirSync(path.join(home, folder), { recursive: true });
  }
  const mine = "name: mine\ndisplayName: Mine\nverified: false\ncommand: [sh]\n";
  writeFileSync(path.join(home, "providers/mine.yaml"), mine);
  const role = "---\nname: mine\ndescription: Mine\nlabels: code\n---\nYou are.\n";
  writeFileSync(path.join(home, "profiles/mine.md"), role);
  const provider = await world.run("launch", "--provider", "mine", ...QUIET);
  expect(provider.code).not.toBe(0);
  expect(provider.stderr).toMatch(/mine\.yaml:4: command: /);
  const profile = await world.run(
    "launch",
    "--profile",
    "mine",
    "--provider",
    "scripted",
    ...QUIET,
  );
  expect(profile.code).not.toBe(0);
  expect(profile.stderr).toMatch(/mine\.md:4: labels: /);
  const team = path.join(world.folder, "team.yaml");
  writeFileSync(team, "session: shop\nagents:\n  - { name: dev, provider: scripted, promt: hi }\n");
  const ran = await world.run("launch", team, ...QUIET);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/team\.yaml:3.*promt/);
  await launchScripted(world, "dev");
});

test("a provider file that breaks under a running agent keeps no daemon from starting", async () => {
  const world = product();
  const dev = await launchScripted(world, "dev");
  const own = path.join(homeOf(world), "providers/mine.yaml");
  const shipped = path.resolve(import.meta.dirname, "../../providers/scripted.yaml");
  const good = readFileSync(shipped, "utf8")
    .replace("name: scripted", "name: mine")
    .replace("aliases: [fake]", "");
  mkdirSync(path.dirname(own), { recursive: true });
  writeFileSync(own, good);
  const launch = ["launch", "--provider", "mine", "--name", "mine", ...QUIET];
  await until(async () => (await world.run(...launch)).code === 0, "mine is launched");
  await untilStatus(world, "mine", "idle");
  await world.killDaemon();
  writeFileSync(own, "name: mine\ncommand: [\n");
  await world.json("send", "dev", "hello");
  await untilSettled(world, "dev", 1);
  expect(dev.prompts()).toEqual(["hello"]);
  await untilStatus(world, "mine", "unknown");
  await world.json("stop", "mine");
  await untilStatus(world, "mine", "exited");
});

test("an unknown provider and a missing program are told with what to do", async () => {
  const world = product();
  const unknown = await world.run("launch", "--provider", "cluade-code", ...QUIET);
  expect(unknown.code).toBe(3);
  expect(unknown.stderr).toContain("cluade-code");
  expect(unknown.stderr).toContain("claude-code");
  const missing = await world.run("launch", "--provider", "codex", ...QUIET);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain("codex is not on the PATH");
  expect(missing.stderr).toMatch(/hint: install it: npm install/);
  const team = path.join(world.folder, "team.yaml");
  writeFileSync(
    team,
    "session: shop\nagents:\n  - { name: a, provider: codex }\n  - { name: b, provider: scripted }\n",
  );
  const partly = await world.run("launch", team, ...QUIET);
  expect(partly.code).toBe(1);
  expect(partly.stdout).toMatch(/failed +a .*codex is not on the PATH/);
  await untilStatus(world, "b", "idle");
});
