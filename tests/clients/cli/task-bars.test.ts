import { expect, test } from "vitest";
import { bar, shareBar, shares } from "../../../src/clients/cli/task-bars.ts";
import { barLines } from "../../../src/clients/cli/task-watch.ts";

const plain = { width: 10, color: false };

test("a bar tells states apart without colour, and is as wide as it should be", () => {
  expect(bar({ done: 5, failed: 1, running: 2, queued: 2 }, plain)).toBe("[█████x▒▒··]");
  expect(bar({ done: 3 }, plain)).toBe("[██████████]");
  expect(bar({}, plain)).toBe("[          ]");
  expect(bar({ waiting: 1, cancelled: 1 }, plain)).toBe("[-----?????]");
});

test("the one failure among a thousand is seen", () => {
  const drawn = bar({ done: 999, failed: 1 }, plain);
  expect(drawn).toBe("[█████████x]");
  expect(bar({ done: 1, queued: 999 }, plain)).toBe("[█·········]");
});

test("colours stand only where they are wanted", () => {
  expect(bar({ done: 1 }, { width: 2, color: true })).toBe("[\x1b[32m██\x1b[0m]");
});

test("cells always fill the width, whatever the counts", () => {
  for (let seed = 1; seed < 500; seed += 1) {
    const counts = [seed % 7, (seed * 31) % 5, (seed * 17) % 1_000, seed % 2, 0, (seed * 7) % 3];
    const cells = shares(counts, 12);
    const total = cells.reduce((sum, cell) => sum + cell, 0);
    if (counts.some((count) => count > 0)) expect({ seed, total }).toEqual({ seed, total: 12 });
    counts.forEach((count, at) => expect((cells[at] ?? 0) > 0).toBe(count > 0));
  }
});

test("one task's share is a bar, too", () => {
  expect(shareBar(0.25, { width: 8 })).toBe("[██······]");
  expect(shareBar(7, { width: 4 })).toBe("[████]");
});

test("groups stand below the whole, the busiest first, and no more than fit", () => {
  const states = { queued: 1, claimed: 0, running: 0, blocked: 0, waiting: 0 };
  const all = { ...states, done: 3, failed: 0, cancelled: 0, dead: 0 };
  const groups = [
    { queue: "default", group: null, states: { done: 2 } },
    { queue: "default", group: "api", states: { queued: 1, done: 1 } },
  ];
  const lines = barLines({ states: all, groups }, false).split("\n");
  expect(lines[0]).toMatch(/^tasks +\[█+·+\] +75% {2}3\/4$/);
  expect(lines[1]).toMatch(/^default\/api +\[█{15}·{15}\] +50% {2}1\/2$/);
  expect(lines[2]).toMatch(/^default +\[█{30}\] 100% {2}2\/2$/);
  expect(lines[3]).toBe("1 queued, 3 done");
  const many = Array.from({ length: 20 }, (_, at) => ({
    queue: `q${at}`,
    group: null,
    states: { queued: 1 },
  }));
  expect(barLines({ states: all, groups: many }, false)).toContain("… 8 more groups");
});
