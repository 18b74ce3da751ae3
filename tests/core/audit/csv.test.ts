import { expect, test } from "vitest";
import type { AuditEntry } from "../../../src/contract/audit.ts";
import { CSV_HEAD, csvRow } from "../../../src/core/audit/index.ts";

const ENTRY: AuditEntry = {
  v: 1,
  seq: 7,
  id: "e_7",
  time: Date.UTC(2026, 0, 2, 3, 4, 5),
  type: "decision.made",
  subject: "d_1",
  actor: "daemon",
  data: {},
  link: "l",
  prev: "",
  hash: "h",
};

/** One row by its columns; no cell of these holds a comma. */
function row(change: Partial<AuditEntry>): Record<string, string> {
  const cells = csvRow({ ...ENTRY, ...change })
    .trimEnd()
    .split(",");
  return Object.fromEntries(
    CSV_HEAD.trimEnd()
      .split(",")
      .map((name, at) => [name, cells[at] ?? ""]),
  );
}

test("an entry is one row of what a person asks for first", () => {
  const data = { effect: "deny" };
  expect(csvRow({ ...ENTRY, data })).toBe(
    '7,2026-01-02T03:04:05.000Z,decision.made,d_1,daemon,,deny,,,,,,"{""effect"":""deny""}",l,h\r\n',
  );
});

test("the agent is the terminal that an entry names, by either word", () => {
  expect(row({ data: { terminalId: "t_1" } })["agent"]).toBe("t_1");
  expect(row({ data: { terminal: "t_2" } })["agent"]).toBe("t_2");
  expect(row({ data: { terminal: 3 } })["agent"]).toBe("");
  expect(row({ data: {} })["agent"]).toBe("");
});

test("an approval is its own entry's subject, or the one that a decision names", () => {
  expect(row({ type: "approval.requested", subject: "a_1" })["approval"]).toBe("a_1");
  expect(row({ data: { approvalId: "a_2" } })["approval"]).toBe("a_2");
});

test("rules are named with their layers; what is none is left out", () => {
  const rules = [{ layer: "builtin", id: "disk" }, "x", { layer: "global" }];
  expect(csvRow({ ...ENTRY, data: { rules } })).toContain(",builtin/disk  ,");
  expect(row({ data: { rules: "disk" } })["rules"]).toBe("");
});

test.each(["=1+1", "+1", "-1", "@x", "\tx"])("no formula reaches a spreadsheet: %j", (command) => {
  expect(csvRow({ ...ENTRY, data: { command } })).toContain(`,'${command},`);
});

test("quotes, commas and line ends stay within their cell", () => {
  expect(csvRow({ ...ENTRY, actor: 'a "b", c\nd' })).toContain(',"a ""b"", c\nd",');
});
