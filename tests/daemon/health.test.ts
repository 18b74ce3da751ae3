import { expect, test } from "vitest";
import { ConductorError } from "../../src/base/errors.ts";
import { checkHealth } from "../../src/daemon/health.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { call, launched, served } from "../support/served.ts";

test("health says of the store, the journal and tmux whether they answer, to everybody", async () => {
  const world = await served();
  const health = async () => {
    const answer = await call(world, "/api/v1/health");
    return { status: answer.status, body: await answer.json() };
  };
  const well = { store: "ok", journal: "ok" };
  expect(await health()).toMatchObject({
    status: 200,
    body: { parts: { ...well, tmux: "unused" } },
  });
  await launched(world);
  expect(await health()).toMatchObject({ status: 200, body: { parts: { ...well, tmux: "ok" } } });
  world.panes.facts = () => Promise.reject(new ConductorError("tmux.lost", "the server is gone"));
  expect(await health()).toMatchObject({
    status: 503,
    body: { code: "tmux.lost", data: { parts: { ...well, tmux: "failing" } } },
  });
});

test("what does not answer is as bad as what fails, and the journal is told from the store", async () => {
  const clock = fakeClock();
  const ports = {
    clock,
    messages: { unread: async () => new Map() },
    terminals: () => ({ live: () => [] }),
    driver: { facts: () => Promise.reject(new Error("nobody asks")) },
  };
  const checked = checkHealth({
    ...ports,
    journal: { head: () => new Promise<number>(() => undefined) },
  });
  const error = checked.catch((reason: unknown) => reason);
  await clock.advance(2_000);
  expect(await error).toMatchObject({
    code: "store.broken",
    message: "the journal does not answer",
    data: { parts: { store: "ok", journal: "failing", tmux: "unused" } },
  });
});
