/** Watching an agent: from a bare terminal and from inside a person's own tmux. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Product, product, until } from "../support/product.ts";
import { launchScripted } from "../support/scripted.ts";

const BIN = path.resolve(import.meta.dirname, "../../bin/conductor");

/** A person's own tmux, which gives every pane a terminal and sets TMUX. */
function ownTmux(world: Product): (...args: string[]) => string {
  const env = { ...world.env, CONDUCTOR_HOME: path.join(world.home, ".conductor") };
  const run = (...args: string[]) =>
    execFileSync("tmux", ["-L", `${world.socket}-own`, "-f", "/dev/null", ...args], {
      env,
      encoding: "utf8",
    }).trim();
  onTestFinished(() => void run("kill-server"));
  return run;
}

const VIEW = "#{session_name}:#{window_name}:#{window_active}";

/** The windows that views show. */
async function shown(world: Product): Promise<string[]> {
  const { stdout } = await world.tmux("list-windows", "-a", "-F", VIEW);
  return stdout
    .split("\n")
    .filter((line) => line.includes("-view-"))
    .map((line) => line.split(":").slice(1))
    .filter(([, isActive]) => isActive === "1")
    .map(([name = ""]) => name);
}

test.each([
  ["inside a person's own tmux", `exec ${BIN} attach dev`],
  ["on a bare terminal", `exec env -u TMUX ${BIN} attach dev`],
])(
  "%s attach shows the agent that was asked for, and its view goes on detach",
  async (_where, command) => {
    const world = product();
    await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const own = ownTmux(world);
    own("new-session", "-d", "-x", "90", "-y", "20", "-s", "mine", "exec sh");
    own("new-window", "-t", "mine", command);
    await until(async () => (await shown(world))[0] === "dev", "it shows dev");
    expect(await shown(world)).toEqual(["dev"]);
    const client = (
      await world.tmux("list-clients", "-F", "#{client_name} #{client_session}")
    ).stdout
      .split("\n")
      .find((line) => line.includes("-view-"));
    await world.tmux("detach-client", "-t", client?.split(" ")[0] ?? "");
    await until(async () => (await shown(world)).length === 0, "the view is gone");
    expect((await world.run("ls")).stdout).toMatch(/^dev .* idle /m);
  },
);

test("without a terminal attach says what to do instead", async () => {
  const world = product();
  await launchScripted(world, "dev");
  expect(await world.run("attach", "dev")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("conductor screen dev"),
  });
});
