import { expect, test } from "vitest";
import { Lifetime } from "../../src/base/lifetime.ts";
import { silentLog } from "../../src/base/log.ts";
import { configSchema } from "../../src/contract/config.ts";
import { openNotifications } from "../../src/daemon/notifications.ts";
import { launched, served } from "../support/served.ts";
import { testStores } from "../support/stores.ts";

const rules = [
  {
    name: "questions",
    on: ["approval.requested", "terminal.renamed", "turn.started"],
    to: ["console"],
  },
  { name: "lead", on: "terminal.renamed", to: ["inbox:dev", "inbox:lead"] },
];

test("an event is told with the agent's name, and a question with what is asked, without its secrets", async () => {
  const world = await served();
  const stores = testStores();
  const dev = await launched(world, "dev");
  await launched(world, "lead");
  const { services } = world;
  const { approvals, clock, postman, terminals } = services;
  await Lifetime.run(async (lifetime) => {
    const { notify: config } = configSchema.parse({ notify: { rules } });
    const notifications = openNotifications(
      {
        config,
        store: stores.notifications,
        journal: stores.journal,
        terminals: () => terminals,
        approvals,
        tellJournal: stores.tell,
        driver: world.panes,
        postman,
        env: {},
        folder: world.folder,
        clock,
        log: silentLog,
      },
      lifetime,
    );
    await notifications.start();
    const asked = await services.desk.request(
      { action: { kind: "command", text: "deploy --token hunter2hunter2", cwd: "/", why: null } },
      { kind: "agent", terminalId: dev },
      { isWaitedFor: false },
    );
    const happens = (type: string, subject: string, data: Record<string, unknown>) =>
      stores.tell({ type, subject, actor: "daemon", data });
    happens("approval.requested", asked.id, { terminal: dev, number: asked.number });
    happens("terminal.renamed", dev, {});
    happens("turn.started", "turn_1", { terminal: dev });
    const told = async () =>
      (await notifications.list(10)).map(({ target, body }) => `${target} ${body}`).toReversed();
    await expect
      .poll(told)
      .toEqual([
        "console dev asks (1): deploy --token [redacted]",
        "console dev",
        "inbox:lead dev",
        "console dev",
      ]);
  });
});
