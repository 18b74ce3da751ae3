import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { launcher, Stage } from "./tmux.ts";

const patience = { timeout: 10_000, interval: 20 };

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(() => stage[Symbol.dispose]());

function startAgent(...options: string[]): void {
  const receipts = join(stage.home, "receipts");
  stage.open(process.execPath, launcher, "--receipts", receipts, ...options);
}

async function startIdle(): Promise<void> {
  startAgent();
  await expect.poll(stage.screen, patience).toContain("> Type a message");
}

test("a multi-line paste of 100 kB arrives byte for byte and is submitted once", async () => {
  await startIdle();
  const text = Array.from(
    { length: 2000 },
    (_, index) => `${index} “é漢🙂”\t'$x' \\ ;{}#%~ -`,
  ).join("\n");
  const whole = text.padEnd(100_000, "x\ny");
  stage.paste(whole);
  await expect.poll(stage.screen, patience).toMatch(/> \[Pasted text \+\d+ lines\]/);
  stage.tmux("send-keys", "Enter");
  await expect.poll(stage.screen, patience).toContain("● ack");
  const sha256 = createHash("sha256").update(whole).digest("hex");
  expect(stage.receipts.map((receipt) => receipt.sha256)).toEqual([sha256]);
  expect(stage.screen()).toContain(`sha256=${sha256.slice(0, 12)}`);
});

test("an approved command takes effect on disk, a denied one does not", async () => {
  await startIdle();
  stage.submit("do:run touch approved; exit 3");
  await expect.poll(stage.screen, patience).toContain("❯ 1. Yes");
  expect(stage.title()).toBe("? scripted");
  stage.tmux("send-keys", "Enter");
  await expect.poll(stage.screen, patience).toContain("● ran: exit 3");
  expect(existsSync(join(stage.home, "approved"))).toBe(true);
  stage.submit("do:run touch denied");
  await expect.poll(stage.screen, patience).toContain("  $ touch denied");
  stage.tmux("send-keys", "Escape");
  await expect.poll(stage.screen, patience).toContain("● denied");
  expect(existsSync(join(stage.home, "denied"))).toBe(false);
});

test("escape interrupts a turn and kills the command that it runs", async () => {
  await startIdle();
  stage.submit("!echo $$ > pid; sleep 1000");
  await expect.poll(stage.screen, patience).toMatch(/\* working… \([1-9]s\)/);
  expect(stage.title()).toBe("◆ scripted");
  const pid = Number(readFileSync(join(stage.home, "pid"), "utf8"));
  stage.tmux("send-keys", "Escape");
  await expect.poll(stage.screen, patience).toContain("⎿ interrupted");
  expect(stage.title()).toBe("◇ scripted");
  await expect.poll(() => existsSync(`/proc/${pid}`), patience).toBe(false);
});

test.each([
  ["do:crash 7", "ended with 7"],
  ["do:crash SIGTERM", "ended with 143"],
  ["/exit", "ended with 0"],
])("%s gives the terminal back and ends", async (prompt, line) => {
  await startIdle();
  stage.submit(prompt);
  await expect.poll(stage.screen, patience).toContain(line);
  await expect.poll(stage.screen, patience).toMatch(/ icanon.* echo /s);
  expect(stage.title()).not.toContain("scripted");
});

test("hostile bytes leave the agent's own screen, title and paste marks as they were", async () => {
  await startIdle();
  stage.submit("do:bytes");
  await expect.poll(stage.screen, patience).toContain("● bytes sent");
  expect(stage.title()).toBe("◇ scripted");
  stage.paste("still\none paste");
  await expect.poll(stage.screen, patience).toContain("> still\n  one paste\n");
  stage.tmux("send-keys", "Enter");
  await expect.poll(() => stage.receipts.at(-1)?.text, patience).toBe("still\none paste");
});

test("a flood ends with a whole composer, by itself and by escape", async () => {
  await startIdle();
  stage.submit("do:flood 2 0.3");
  await expect.poll(stage.screen, patience).toMatch(/flood 0123[^]*> Type a message/);
  stage.submit("do:flood 2 600");
  await expect.poll(stage.screen, patience).not.toContain("> Type a message");
  stage.tmux("send-keys", "Escape");
  await expect.poll(stage.screen, patience).toMatch(/⎿ interrupted\n─+\n> Type a message/);
});

test("a resize draws the screen again", async () => {
  await startIdle();
  stage.submit("hello");
  await expect.poll(stage.screen, patience).toContain("● ack");
  for (const columns of [60, 140, 40]) {
    stage.tmux("resize-window", "-x", String(columns), "-y", "20");
    const rule = "─".repeat(columns);
    await expect
      .poll(stage.screen, patience)
      .toMatch(new RegExp(`● ack.*\n(.*\n)?${rule}\n> Type a message\n${rule}\n\\? for help\n\n`));
  }
});

test("a slow start shows its dialog first and the composer after it", async () => {
  const start = { delayMs: 300, dialog: "Do you trust the files in this folder?" };
  writeFileSync(join(stage.home, "script"), JSON.stringify({ start }));
  startAgent("--script", join(stage.home, "script"));
  await expect.poll(stage.screen, patience).toContain("❯ 1. Yes, proceed");
  expect(stage.title()).toBe("? scripted");
  stage.tmux("send-keys", "1");
  await expect.poll(stage.screen, patience).toContain("> Type a message");
});

test("without a terminal it says so and exits with 2", async () => {
  stage.open(process.execPath, launcher, "</dev/null");
  await expect.poll(stage.screen, patience).toMatch(/must be a terminal\s+ended with 2/);
});

test("a bad script is named and exits with 2", async () => {
  writeFileSync(join(stage.home, "script"), '{"rules":[{"actions":["dance"]}]}');
  startAgent("--script", join(stage.home, "script"));
  await expect
    .poll(stage.screen, patience)
    .toContain('rules[0].actions[0]: "dance" is not an action');
  await expect.poll(stage.screen, patience).toContain("ended with 2");
});

test.each([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s gives the terminal back", async (signal, code) => {
  stage.open("sh", "-c", `'echo $$ >pid; exec ${process.execPath} ${launcher}'`);
  await expect.poll(stage.screen, patience).toContain("> Type a message");
  process.kill(Number(readFileSync(join(stage.home, "pid"), "utf8")), signal);
  await expect.poll(stage.screen, patience).toContain(`ended with ${code}`);
  await expect.poll(stage.screen, patience).toMatch(/ icanon.* echo /s);
});
