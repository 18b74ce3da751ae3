import { expect, test } from "vitest";
import { newId } from "../../src/base/ids.ts";
import { launched, served } from "../support/served.ts";

test("a worker that comes back leaves its name to whoever has it by now", async () => {
  const { services, panes, folder: cwd } = await served();
  const { terminals, connectors } = services;
  const env = { PATH: process.env["PATH"] ?? "" };
  const open = async (id = newId("t")) => {
    await connectors.tmux.open({ id, provider: "scripted", cwd, env });
    return id;
  };
  const first = await open();
  const pane = terminals.byId(first)?.record.paneId ?? "";
  panes.emit({ kind: "gone", paneId: pane });
  await expect.poll(() => terminals.byId(first)?.isLive).toBe(false);
  const second = await open();
  await open(first);
  const named = (id: string) => terminals.byId(id)?.record;
  expect([named(second)?.name, named(first)?.name]).toEqual(["scripted", "scripted-2"]);
  expect(terminals.byId(first)?.isLive).toBe(true);
});

test("a shutdown ends the automatic work too, which would launch its agents anew", async () => {
  const world = await served();
  const { launcher, taskWork } = world.services;
  await taskWork.turn({ on: true, queues: ["default"] }, { by: "human", release: false });
  await launched(world);
  await launcher.launchOne({ provider: "scripted", cwd: world.folder, env: {}, session: "other" });
  await expect(launcher.shutdown({ all: false })).rejects.toThrow("2 sessions run");
  expect(await launcher.shutdown({ all: false, session: "other" })).toMatchObject({
    autoOff: false,
  });
  expect(await taskWork.setting()).toMatchObject({ on: true });
  expect(await launcher.shutdown({ all: true })).toMatchObject({ autoOff: true });
  expect(await taskWork.setting()).toMatchObject({ on: false, queues: ["default"] });
});
