/** What `scripts/quickstart --check` runs once everything is installed and built. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");

interface Demo {
  readonly child: ChildProcess;
  /** Where it may write. */
  readonly folder: string;
  readonly lines: string[];
  readonly ended: Promise<number | null>;
  /** Resolves when a line begins with the word. */
  said(word: string): Promise<void>;
}

function startDemo(): Demo {
  const folder = mkdtempSync(path.join(tmpdir(), "cnd-demo-"));
  const child = spawn(process.execPath, ["scripts/check-demo.ts"], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    for (const [word, tell] of waiting) if (line.startsWith(word)) tell();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const said = (word: string): Promise<void> =>
    new Promise((resolve) => waiting.set(word, resolve));
  return { child, folder, lines, ended, said };
}

test("the demo goes from a launch over two verdicts and a killed daemon to a clean end", {
  timeout: 120_000,
}, async () => {
  const { folder, lines, ended } = startDemo();
  if ((await ended) !== 0) throw new Error(lines.join("\n"));
  expect(lines.at(-1)).toBe("quickstart check: passed");
  expect(lines.map((line) => line.slice(0, 12).trim())).toEqual(
    expect.arrayContaining(["handed over", "approved", "denied", "killed", "restarted"]),
  );
  expect(leftBy(folder)).toEqual([]);
});

test("Ctrl-C in the middle of it leaves nothing behind", { timeout: 60_000 }, async () => {
  const demo = startDemo();
  const { child, folder, ended } = demo;
  await demo.said("launched");
  child.kill("SIGINT");
  expect(await ended).toBe(1);
  expect(leftBy(folder)).toEqual([]);
});

test("a reader that goes away leaves nothing behind either", { timeout: 60_000 }, async () => {
  const demo = startDemo();
  await demo.said("launched");
  demo.child.stdout?.destroy();
  expect(await demo.ended).toBe(1);
  expect(leftBy(demo.folder)).toEqual([]);
});

/** Files in the folder, and processes that were told of it. */
function leftBy(folder: string): string[] {
  const processes = existsSync("/proc/self/environ") ? readdirSync("/proc") : [];
  const told = processes.filter((pid) => /^\d+$/.test(pid) && environmentOf(pid).includes(folder));
  return [...readdirSync(folder), ...told.map((pid) => `process ${pid}`)];
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}
