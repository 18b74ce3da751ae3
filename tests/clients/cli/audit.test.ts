import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { silentLog } from "../../../src/base/log.ts";
import type { NewDecision } from "../../../src/core/policy/index.ts";
import { keepAudit } from "../../../src/daemon/audit-keeper.ts";
import { openAuditFiles } from "../../../src/drivers/files/index.ts";
import { openStores } from "../../../src/drivers/sqlite/index.ts";
import { newDecision } from "../../support/decisions.ts";
import { addTerminal } from "../../support/stores.ts";
import { conductor } from "./support.ts";

/** A home that a daemon has left: two decisions on an agent's commands, the first with a secret in it. */
async function home(): Promise<{ readonly CONDUCTOR_HOME: string }> {
  const folder = mkdtempSync(join(tmpdir(), "cnd-audit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stores = openStores(join(folder, "conductor.db"));
  const files = openAuditFiles(join(folder, "approvals"));
  const keeper = await keepAudit({ ...stores, files, clock: systemClock, log: silentLog });
  const dev = await addTerminal(stores);
  const record = (change: Partial<NewDecision>) => stores.decisions.record(newDecision(change));
  const reason = '=a "reason"';
  await record({ terminalId: dev.id, command: "TOKEN=hunter22 x", reason });
  await record({ terminalId: "t_2", command: "ls", effect: "allow" });
  await keeper[Symbol.asyncDispose]();
  stores[Symbol.dispose]();
  return { CONDUCTOR_HOME: folder };
}

test("audit verify proves the records without a daemon, and fails when the end is cut off", async () => {
  const env = await home();
  const good = await conductor(["audit", "verify"], { env });
  expect(good).toMatchObject({ code: 0, stderr: "", calls: [] });
  expect(good.stdout).toContain("journal  3 events up to 3");
  expect(good.stdout).toContain("all is as it was written");
  const { stdout: head } = await conductor(["audit", "head"], { env });
  expect(head).toMatch(/^3:[0-9a-f]{64}\n$/);
  expect((await conductor(["audit", "verify", "--head", head.trim()], { env })).code).toBe(0);
  rmSync(join(env.CONDUCTOR_HOME, "approvals/audit.jsonl"));
  const bad = await conductor(["audit", "verify"], { env });
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain("mirror: 2 and all after it are cut off");
  const told = await conductor(["audit", "verify", "--json"], { env });
  expect(JSON.parse(told.stdout)).toMatchObject({
    data: { ok: false, findings: [{ part: "mirror", seq: 2 }] },
  });
});

test("audit export prints JSON lines or CSV, filtered, without secrets", async () => {
  const env = await home();
  const all = await conductor(["audit", "export"], { env });
  const lines = all.stdout.trim().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { seq: 2, data: { command: "TOKEN=[redacted] x", effect: "deny" } },
    { seq: 3, data: { command: "ls", effect: "allow" } },
  ]);
  const csv = await conductor(["audit", "export", "--format", "csv", "--agent", "dev"], { env });
  const [head, row, ...rest] = csv.stdout.split("\r\n");
  expect(head).toMatch(/^seq,time,type,subject,actor,agent,effect,command,/);
  expect(row).toContain('TOKEN=[redacted] x,/work,"\'=a ""reason""",global/others');
  expect(rest).toEqual([""]);
  const denied = await conductor(["audit", "export", "--decision", "allow", "--since", "1h"], {
    env,
  });
  expect(denied.stdout).toBe(`${lines[1]}\n`);
  expect(await conductor(["audit", "export", "--agent", "nobody"], { env })).toMatchObject({
    code: 3,
  });
});

test("where no daemon ever ran, audit says so", async () => {
  const env = { CONDUCTOR_HOME: mkdtempSync(join(tmpdir(), "cnd-audit-")) };
  onTestFinished(() => rmSync(env.CONDUCTOR_HOME, { recursive: true, force: true }));
  const ran = await conductor(["audit", "verify"], { env });
  expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("nothing was recorded") });
});
