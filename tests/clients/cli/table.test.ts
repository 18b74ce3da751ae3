import stringWidth from "string-width";
import { expect, test } from "vitest";
import { tableLook } from "../../../src/clients/cli/context.ts";
import { type Cell, table } from "../../../src/clients/cli/table.ts";
import { terminalTable } from "../../../src/clients/cli/terminal-table.ts";
import { terminal, turn } from "./views.ts";

const rows: Cell[][] = [
  ["ID", "STATE", "TEXT"],
  ["m_0192", "delivered", "a long text that nobody has to read whole in a list"],
  ["m_0193", "failed", "漢字漢字漢字漢字漢字漢字漢字"],
];

test("a pipe gets every column whole", async () => {
  const text = await table(rows, { color: false });
  expect(text).toContain("a long text that nobody has to read whole in a list");
});

test("no line is longer than the terminal, also with wide characters and colours", async () => {
  for (let columns = 12; columns < 90; columns += 1) {
    const text = await table(rows, { color: false, columns, cut: [[2]] });
    for (const line of text.trimEnd().split("\n")) {
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  }
});

test("the columns that may be cut are cut first, and the cut is shown", async () => {
  const text = await table(rows, { color: false, columns: 40, cut: [[2]] });
  expect(text).toMatch(/^m_0192 {2}delivered {2}a long text .*…$/m);
});

test("a coloured cell is as wide as its text", async () => {
  const plain = await table([["a", "b"]], { color: false });
  const painted = await table([[{ text: "a", sgr: "31" }, "b"]], { color: true });
  expect(plain).toBe("a  b\n");
  expect(painted).toBe("\x1b[31ma\x1b[0m  b\n");
});

const team = [
  terminal("lead", { provider: "claude-code", profile: "supervisor", turn: turn("completed") }),
  terminal("dev", {
    provider: "claude-code",
    profile: "developer",
    status: "waiting",
    detail: "permission",
    turn: turn("running"),
    pendingApprovals: 2,
    unread: 3,
  }),
];

test("80 columns show the team without a wrapped line, with name, status, age and counts whole", async () => {
  const options = { now: Date.now(), color: false, columns: 80 };
  const text = await terminalTable(team, options);
  for (const line of text.trimEnd().split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toMatch(/^dev .* waiting\(permission\) 0s +running +3 +2$/m);
});

test("the session is shown where there are several", async () => {
  const options = { now: Date.now(), color: false };
  expect(await terminalTable(team, options)).not.toContain("SESSION");
  const two = [...team, terminal("dev", { session: "other" })];
  expect(await terminalTable(two, options)).toMatch(/^SESSION/);
});

test("a terminal that does not know its width gets every column whole, like a pipe", () => {
  const sink = { write: () => true, isTTY: true, columns: 0 };
  expect(tableLook({}, sink).columns).toBeUndefined();
  expect(tableLook({}, { ...sink, columns: 80 }).columns).toBe(80);
});
