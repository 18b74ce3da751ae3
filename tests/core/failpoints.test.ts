import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { APPROVAL_FAILPOINTS } from "../../src/core/approvals/index.ts";
import { HANDOFF_FAILPOINTS } from "../../src/core/handoffs/index.ts";
import { DELIVERY_FAILPOINTS, INTERRUPT_FAILPOINTS } from "../../src/core/messages/index.ts";
import { ATTEMPT_FAILPOINTS } from "../../src/core/tasks/index.ts";
import { TERMINAL_FAILPOINTS } from "../../src/core/terminals/index.ts";
import { AUDIT_FAILPOINTS } from "../../src/daemon/audit-keeper.ts";
import { GATE_FAILPOINTS } from "../../src/daemon/gatekeeper.ts";
import { NOTIFY_FAILPOINTS } from "../../src/daemon/notifier.ts";
import { PANELESS_FAILPOINTS } from "../../src/daemon/paneless.ts";
import { STORE_FAILPOINTS } from "../../src/drivers/sqlite/database.ts";

const SOURCE = path.resolve(import.meta.dirname, "../../src");

test("the lists of failpoints, each of which a test kills the daemon at, are those of the code", () => {
  const passed = globSync("**/*.ts", { cwd: SOURCE }).flatMap((file) => {
    const text = readFileSync(path.join(SOURCE, file), "utf8");
    return [...text.matchAll(/failpoint\?\.\(\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  });
  const listed = [
    ...DELIVERY_FAILPOINTS,
    ...INTERRUPT_FAILPOINTS,
    ...TERMINAL_FAILPOINTS,
    ...APPROVAL_FAILPOINTS,
    ...AUDIT_FAILPOINTS,
    ...NOTIFY_FAILPOINTS,
    ...GATE_FAILPOINTS,
    ...HANDOFF_FAILPOINTS,
    ...ATTEMPT_FAILPOINTS,
    ...PANELESS_FAILPOINTS,
    ...STORE_FAILPOINTS,
  ];
  expect(passed.toSorted()).toEqual(listed.toSorted());
});
