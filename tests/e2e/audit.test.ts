/** The audit trail of a real daemon that is killed between a commit and what follows from it. */
import { expect, test } from "vitest";
import type { AuditEntry, AuditReport } from "../../src/contract/audit.ts";
import { AUDIT_FAILPOINTS } from "../../src/daemon/audit-keeper.ts";
import { type Product, product } from "../support/product.ts";
import { clientOf, launchScripted, startDoomed, untilStatus } from "../support/scripted.ts";

async function entries(world: Product): Promise<AuditEntry[]> {
  const { stdout } = await world.run("audit", "export");
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line): AuditEntry => JSON.parse(line));
}

test.each(AUDIT_FAILPOINTS)(
  "killed at %s, nothing is lost, doubled or taken for a forgery",
  async (failpoint) => {
    const world = product();
    await launchScripted(world, "dev");
    const { dead } = await startDoomed(world, failpoint);
    await clientOf(world).send({ to: "dev", body: "do:run echo done >> effect" });
    expect(await dead).toEqual([null, "SIGKILL"]);
    expect((await world.json<AuditReport>("audit", "verify")).ok).toBe(true);
    const before = await entries(world);
    expect(before.map(({ type }) => type)).toEqual(["approval.requested"]);
    expect(JSON.stringify(before)).not.toContain("echo done");
    await world.json("daemon", "start");
    await untilStatus(world, "dev", "waiting");
    await world.json("approve", "1");
    await untilStatus(world, "dev", "idle");
    await world.json("daemon", "stop");
    const after = await entries(world);
    expect(after.slice(0, 1)).toEqual(before);
    expect(after.map(({ type }) => type).slice(0, 3)).toEqual([
      "approval.requested",
      "approval.approved",
      "approval.consumed",
    ]);
    const report = await world.json<AuditReport>("audit", "verify");
    expect(report).toMatchObject({ ok: true, mirror: { entries: after.length } });
    expect(report.head?.journal).toEqual(report.journal.head);
  },
);
