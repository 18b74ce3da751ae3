import { expect, test } from "vitest";
import { originOf } from "../../src/daemon/caller-origin.ts";
import type { ProcessFacts } from "../../src/drivers/process/peer.ts";

const PANES = [{ terminalId: "t_1", name: "dev", pid: 100, isInPane: true }];
const SERVERS = new Set([90]);
const shell: ProcessFacts = {
  pid: 500,
  parent: 400,
  session: 400,
  hasTerminal: true,
  terminalId: undefined,
};
const login: ProcessFacts = {
  pid: 400,
  parent: 1,
  session: 400,
  hasTerminal: true,
  terminalId: undefined,
};

function origin(...family: readonly Partial<ProcessFacts>[]) {
  return originOf(
    family.map((each) => ({ ...shell, ...each })),
    PANES,
    SERVERS,
  );
}

test("a shell of one's own is outside", () => {
  expect(origin(shell, login)).toEqual({ kind: "outside" });
});

test("whoever descends from an agent's pane is the agent, however deep", () => {
  const inner = { pid: 500, parent: 300, session: 100 };
  expect(origin(inner, { pid: 300, parent: 100, session: 100 }, { pid: 100, parent: 90 })).toEqual({
    kind: "agent",
    name: "dev",
  });
});

test("setsid and a new parent do not hide the environment it was started with", () => {
  expect(origin({ pid: 500, parent: 1, session: 500, terminalId: "t_1" })).toEqual({
    kind: "agent",
    name: "dev",
  });
  expect(origin({ pid: 500, parent: 1, terminalId: "t_gone" })).toEqual({
    kind: "agent",
    name: "t_gone",
  });
});

test("what tmux runs for somebody is nobody's, but a side pane is a person's", () => {
  const started = { pid: 600, parent: 90, session: 600 };
  expect(origin({ ...started, hasTerminal: false })).toEqual({ kind: "server" });
  expect(origin({ ...started, hasTerminal: true })).toEqual({ kind: "outside" });
});

test("a caller that cannot be found is not believed", () => {
  expect(origin()).toEqual({ kind: "unknown" });
});
