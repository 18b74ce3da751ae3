import { expect, test } from "vitest";
import { newId } from "../../src/base/ids.ts";
import { served } from "../support/served.ts";

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
