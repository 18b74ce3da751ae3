/** Notifications of a real daemon, by rules in its settings. */
import { expect, test } from "vitest";
import type { NotificationView, NotifyTested } from "../../src/contract/notify.ts";
import { NOTIFY_FAILPOINTS } from "../../src/daemon/notifier.ts";
import { product, until } from "../support/product.ts";
import { receiver } from "../support/receiver.ts";
import { clientOf, launchScripted, startDoomed } from "../support/scripted.ts";

const settings = (url: string) => `notify:
  webhooks: { team: { url: "${url}" } }
  rules:
    - { name: exits, on: terminal.stopped, to: ["webhook:team", console, desktop] }
    - { name: quiet, on: "*", when: 'event == "task.failed" && data.attempt > 99', to: [tmux] }
`;

test("a stop is told to a webhook and a console, and where telling fails the history says why", async () => {
  const hook = await receiver();
  const world = product(settings(hook.url));
  await launchScripted(world, "dev");
  const listed = await world.run("notify", "list");
  expect(listed.stdout).toMatch(
    /^exits +terminal\.stopped +- +webhook:team,console,desktop +0 +0 +0 +0$/m,
  );
  await world.run("stop", "dev");
  const states = async () => {
    const all = await world.json<NotificationView[]>("notify", "history");
    return Object.fromEntries(all.map(({ target, state }) => [target, state]));
  };
  await until(async () => (await states())["webhook:team"] === "sent", "the webhook was told");
  expect(await states()).toMatchObject({ console: "sent" });
  expect(JSON.parse(hook.posts[0]?.body ?? "")).toMatchObject({
    type: "terminal.stopped",
    data: { rule: "exits", text: expect.stringContaining("dev") },
  });
  const history = await world.run("notify", "history");
  expect(history.stdout).toMatch(/exits +webhook:team +sent +terminal stopped: dev/);
});

test("a try tells each target now, says what came of it, and fails where one did", async () => {
  const hook = await receiver({ status: 500 });
  const world = product(settings(hook.url));
  const failed = await world.run("notify", "test", "webhook:team", "console", "tmux", "inbox:dev");
  expect(failed).toMatchObject({
    code: 1,
    stdout:
      "webhook:team: it answered 500\nconsole: told\ntmux: nobody is attached\ninbox:dev: no terminal is called dev\n",
  });
  expect(await world.json<NotifyTested[]>("notify", "test", "webhook:team")).toEqual([
    { target: "webhook:team", error: null },
  ]);
  expect(await world.run("notify", "test", "pager")).toMatchObject({ code: 2 });
  expect((await world.run("notify", "test", "webhook:nobody")).stdout).toContain(
    "no webhook is called nobody",
  );
});

test("a rule whose condition is wrong keeps the daemon from starting, and is named", async () => {
  const world = product(
    'notify: { rules: [{ name: odd, on: "*", when: "data.x +", to: [tmux] }] }\n',
  );
  const ran = await world.run("ls");
  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toContain("the rule odd");
});

test.each(NOTIFY_FAILPOINTS)(
  "killed at %s, the next daemon tells it, under the same id",
  async (failpoint) => {
    const hook = await receiver();
    const world = product(settings(hook.url));
    await launchScripted(world, "dev");
    const { dead } = await startDoomed(world, failpoint);
    await clientOf(world)
      .stop("dev", { force: true })
      .catch(() => undefined);
    expect(await dead).toEqual([null, "SIGKILL"]);
    const before = hook.posts.length;
    expect(before).toBe(failpoint === "notify.taken" ? 0 : before);
    const history = () => world.json<NotificationView[]>("notify", "history");
    await until(
      async () =>
        (await history()).some((each) => each.target === "webhook:team" && each.state === "sent"),
      "the webhook was told",
    );
    const ids = new Set(hook.posts.map(({ headers }) => headers["webhook-id"]));
    expect([ids.size, hook.posts.length > before]).toEqual([1, true]);
  },
);
