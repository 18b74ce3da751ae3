import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const launcher = join(import.meta.dirname, "../support/run-fake-agent.ts");
const patience = { timeout: 10_000, interval: 20 };

let home: string;
let socket: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "cnd-"));
  socket = `conductor-test-${randomBytes(4).toString("hex")}`;
});

afterEach(() => {
  tmux("kill-server");
  rmSync(home, { recursive: true, force: true });
});

function tmux(...args: string[]): string {
  return execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", HOME: home, TMUX_TMPDIR: home, LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function startAgent(...options: string[]): Promise<void> {
  const command = [process.execPath, launcher, "--receipts", join(home, "receipts"), ...options];
  const line = `${command.join(" ")}; printf 'ended with %d' $?; stty -a; exec sleep 1000`;
  tmux("new-session", "-d", "-x", "100", "-y", "30", "-c", home, line);
}

async function startIdle(...options: string[]): Promise<void> {
  await startAgent(...options);
  await expect.poll(screen, patience).toContain("> Type a message");
}

const screen = (): string => tmux("capture-pane", "-p");
const title = (): string => tmux("display-message", "-p", "#{pane_title}").trim();

function submit(text: string): void {
  tmux("send-keys", "-l", "--", text);
  tmux("send-keys", "Enter");
}

function paste(text: string): void {
  writeFileSync(join(home, "paste"), text);
  tmux("load-buffer", "-b", "message", join(home, "paste"));
  tmux("paste-buffer", "-d", "-p", "-r", "-b", "message");
}

function receipts(): { sha256: string; text: string; chars: number }[] {
  const file = join(home, "receipts");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

test("a multi-line paste of 100 kB arrives byte for byte and is submitted once", async () => {
  await startIdle();
  const text = Array.from(
    { length: 2000 },
    (_, index) => `${index} “é漢🙂”\t'$x' \\ ;{}#%~ -`,
  ).join("\n");
  const whole = text.padEnd(100_000, "x\ny");
  paste(whole);
  await expect.poll(screen, patience).toMatch(/> \[Pasted text \+\d+ lines\]/);
  tmux("send-keys", "Enter");
  await expect.poll(screen, patience).toContain("● ack");
  const sha256 = createHash("sha256").update(whole).digest("hex");
  expect(receipts().map((receipt) => receipt.sha256)).toEqual([sha256]);
  expect(screen()).toContain(`sha256=${sha256.slice(0, 12)}`);
});

test("an approved command takes effect on disk, a denied one does not", async () => {
  await startIdle();
  submit("do:run touch approved; exit 3");
  await expect.poll(screen, patience).toContain("❯ 1. Yes");
  expect(title()).toBe("? scripted");
  tmux("send-keys", "Enter");
  await expect.poll(screen, patience).toContain("● ran: exit 3");
  expect(existsSync(join(home, "approved"))).toBe(true);
  submit("do:run touch denied");
  await expect.poll(screen, patience).toContain("  $ touch denied");
  tmux("send-keys", "Escape");
  await expect.poll(screen, patience).toContain("● denied");
  expect(existsSync(join(home, "denied"))).toBe(false);
});

test("escape interrupts a turn and kills the command that it runs", async () => {
  await startIdle();
  submit("!echo $$ > pid; sleep 1000");
  await expect.poll(screen, patience).toMatch(/\* working… \([1-9]s\)/);
  expect(title()).toBe("◆ scripted");
  const pid = Number(readFileSync(join(home, "pid"), "utf8"));
  tmux("send-keys", "Escape");
  await expect.poll(screen, patience).toContain("⎿ interrupted");
  expect(title()).toBe("◇ scripted");
  await expect.poll(() => existsSync(`/proc/${pid}`), patience).toBe(false);
});

test.each([
  ["do:crash 7", "ended with 7"],
  ["do:crash SIGTERM", "ended with 143"],
  ["/exit", "ended with 0"],
])("%s gives the terminal back and ends", async (prompt, line) => {
  await startIdle();
  submit(prompt);
  await expect.poll(screen, patience).toContain(line);
  await expect.poll(screen, patience).toMatch(/ icanon.* echo /s);
  expect(title()).not.toContain("scripted");
});

test("hostile bytes leave the agent's own screen, title and paste marks as they were", async () => {
  await startIdle();
  submit("do:bytes");
  await expect.poll(screen, patience).toContain("● bytes sent");
  expect(title()).toBe("◇ scripted");
  paste("still\none paste");
  await expect.poll(screen, patience).toContain("> still\n  one paste\n");
  tmux("send-keys", "Enter");
  await expect.poll(() => receipts().at(-1)?.text, patience).toBe("still\none paste");
});

test("a flood ends with a whole composer, by itself and by escape", async () => {
  await startIdle();
  submit("do:flood 2 0.3");
  await expect.poll(screen, patience).toMatch(/flood 0123[^]*> Type a message/);
  submit("do:flood 2 600");
  await expect.poll(screen, patience).not.toContain("> Type a message");
  tmux("send-keys", "Escape");
  await expect.poll(screen, patience).toMatch(/⎿ interrupted\n─+\n> Type a message/);
});

test("a resize draws the screen again", async () => {
  await startIdle();
  submit("hello");
  await expect.poll(screen, patience).toContain("● ack");
  for (const columns of [60, 140, 40]) {
    tmux("resize-window", "-x", String(columns), "-y", "20");
    const rule = "─".repeat(columns);
    await expect
      .poll(screen, patience)
      .toMatch(new RegExp(`● ack.*\n(.*\n)?${rule}\n> Type a message\n${rule}\n\\? for help\n\n`));
  }
});

test("a slow start shows its dialog first and the composer after it", async () => {
  const start = { delayMs: 300, dialog: "Do you trust the files in this folder?" };
  writeFileSync(join(home, "script"), JSON.stringify({ start }));
  await startAgent("--script", join(home, "script"));
  await expect.poll(screen, patience).toContain("❯ 1. Yes, proceed");
  expect(title()).toBe("? scripted");
  tmux("send-keys", "1");
  await expect.poll(screen, patience).toContain("> Type a message");
});
