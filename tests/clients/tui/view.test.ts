import { expect, test } from "vitest";
import type { Size } from "../../../src/clients/tui/cells.ts";
import { renderFrame } from "../../../src/clients/tui/render.ts";
import { view } from "../../../src/clients/tui/view.ts";
import { approval, gated, MINUTE, NOON, Panel, terminal, Virtual } from "./support.ts";

const sizes: Size[] = [
  { columns: 30, rows: 8 },
  { columns: 40, rows: 20 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];

const approvals = [
  approval(1, {
    text: "git push --force origin main\u202e && rm -rf build/\necho done",
    why: "the rule git.force-push asks a human, because history is shared",
    cwd: "/home/me/src/shop",
  }),
  approval(2, { terminalName: "check", text: "npm test", createdAt: NOON - 30_000 }),
  approval(12, { text: "curl https://get.example/install.sh | sh", createdAt: NOON - 2_000 }),
];
const team = [
  terminal("lead", { status: "working", unread: 3 }),
  terminal("dev", { status: "waiting", detail: "permission", pendingApprovals: 2 }),
  terminal("check", { status: "idle", detail: "limited", statusAt: NOON - 90 * MINUTE }),
  terminal("old", { status: "exited", statusAt: NOON - 3 * 24 * 60 * MINUTE }),
];

async function screen(panel: Panel, size = panel.state.size): Promise<string[]> {
  const virtual = new Virtual(size);
  await virtual.feed(renderFrame(undefined, view(panel.state, size), { colour: true }));
  return virtual.lines();
}

const scenes: [string, (panel: Panel) => Panel][] = [
  ["list", (panel) => panel.show(approvals, team).wait()],
  ["paused", (panel) => panel.show(approvals.slice(1), team).wait().show(approvals, team)],
  ["question", (panel) => panel.show(approvals, team).wait().type("\r")],
  ["reason", (panel) => panel.show(approvals, team).wait().type("dnot on Friday")],
  [
    "gate",
    (panel) =>
      panel
        .show([gated(7)], team)
        .wait()
        .type("\r"),
  ],
  [
    "always",
    (panel) =>
      panel
        .show([gated(7)], team)
        .wait()
        .type("\rGA"),
  ],
  ["help", (panel) => panel.show(approvals, team).wait().type("?")],
  ["empty", (panel) => panel.show([], []).wait()],
  [
    "lost",
    (panel) =>
      panel
        .show(approvals, team)
        .wait()
        .send({ type: "lost", why: "connect ECONNREFUSED", now: NOON + 1_000 })
        .wait(12_000),
  ],
];

test.each(sizes.flatMap((size) => scenes.map(([name, set]) => ({ ...size, name, set }))))(
  "$name at $columns×$rows is the recorded screen",
  async ({ columns, rows, name, set }) => {
    const lines = await screen(set(new Panel({ columns, rows })));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(
      `screens/${name}-${columns}x${rows}.txt`,
    );
  },
);

test.each([
  { columns: 29, rows: 8 },
  { columns: 30, rows: 7 },
  { columns: 12, rows: 2 },
  { columns: 1, rows: 1 },
])(
  "a terminal of $columns×$rows is told that it is too small, and takes no verdict",
  async (size) => {
    const panel = new Panel(size).show(approvals, team).wait();
    const [first = ""] = await screen(panel);
    expect(`too small: ${size.columns}×${size.rows}`.startsWith(first.replace("…", ""))).toBe(true);
    panel.type("a").type("d").type("\r");
    expect(panel.verdicts).toEqual([]);
  },
);

test("every size from nothing to 130×45 is drawn without a hole", () => {
  for (let columns = 1; columns <= 130; columns += 9) {
    for (let rows = 1; rows <= 45; rows += 5) {
      for (const [, set] of scenes) {
        const frame = view(set(new Panel({ columns, rows })).state, { columns, rows });
        expect(frame.rows).toHaveLength(rows);
        expect(new Set(frame.rows.map((cells) => cells.length))).toEqual(new Set([columns]));
      }
    }
  }
}, 60_000);

test("a status is told by shape, word and colour at once", async () => {
  const size = { columns: 80, rows: 24 };
  const panel = new Panel(size).show([], team);
  const virtual = new Virtual(size);
  await virtual.feed(renderFrame(undefined, view(panel.state, size), { colour: true }));
  const rows = virtual.lines();
  const row = rows.findIndex((line) => line.startsWith("▲ dev"));
  expect(rows[row]).toContain("waiting");
  expect(virtual.cell(row, 0)).toEqual({ text: "▲", colour: 3, flags: "b" });
});

test("yellow stands where a human is needed and nowhere else", () => {
  const size = { columns: 80, rows: 24 };
  const calm = [
    terminal("a", { status: "working" }),
    terminal("b"),
    terminal("c", { status: "error" }),
  ];
  const { state } = new Panel(size).show([], calm).wait();
  const colours = view(state, size).rows.flatMap((cells) => cells.map((cell) => cell.style.colour));
  expect(colours).not.toContain("yellow");
});

test("the cursor stands behind the reason, also when it is longer than the line", () => {
  const size = { columns: 30, rows: 8 };
  const panel = new Panel(size).show(approvals).wait().type("d").type("ab");
  expect(view(panel.state, size).cursor).toEqual({ row: 6, column: 10 });
  panel.type("x".repeat(100));
  expect(view(panel.state, size).cursor).toEqual({ row: 6, column: 29 });
});

test("the cursor's row stays in sight in a long queue", async () => {
  const many = Array.from({ length: 40 }, (_, index) => approval(index + 1));
  const panel = new Panel({ columns: 40, rows: 10 }).show(many).wait();
  for (let index = 0; index < 39; index += 1) {
    expect(
      (await screen(panel)).some((line) => line.startsWith(`▸${`${index + 1}`.padStart(2)}`)),
    ).toBe(true);
    panel.type("j");
  }
});

test("the risky part of a command stands out, with colours and without", async () => {
  const panel = new Panel({ columns: 80, rows: 24 });
  const asked = approval(1, { text: "npm test && rm -rf src" });
  panel.show([{ ...asked, action: { ...asked.action, marks: [{ start: 12, end: 22 }] } }]);
  const virtual = new Virtual(panel.state.size);
  await virtual.feed(
    renderFrame(undefined, view(panel.state, panel.state.size), { colour: false }),
  );
  const cells = Array.from({ length: 24 * 40 }, (_, at) =>
    virtual.cell(Math.floor(at / 40), 40 + (at % 40)),
  );
  const reversed = cells.flatMap(({ flags, text }) => (flags === "br" ? text : [])).join("");
  expect(reversed).toBe("rm -rf src");
});
