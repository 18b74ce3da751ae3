/** What a shell's agent reads on stderr, word for word, by each way into the gate. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Agent, agent, pending } from "../support/gated-agent.ts";
import { product } from "../support/product.ts";

const HAS_ZSH = ["/bin/zsh", "/usr/bin/zsh"].find((file) => existsSync(file));

const REFUSED = [
  "conductor: refused by policy: Deletes outside the workspace: deletes /opt/none with all below (rule builtin/delete-outside). Nothing of it ran",
  "conductor: instead: Delete inside the workspace, or ask the human to do it",
  "conductor: do not try to get the same done in another way: go on without it, or ask the human",
];

const WAYS: readonly (readonly [string, (of: Agent) => ReturnType<Agent["bash"]>])[] = [
  ["bash", ({ bash }) => bash("-c", "rm -rf /opt/none")],
  ["a shim", ({ run }) => run("/usr/bin/env", ["rm", "-rf", "/opt/none"])],
  ...(HAS_ZSH === undefined
    ? []
    : ([["zsh", ({ run }: Agent) => run(HAS_ZSH, ["-c", "rm -rf /opt/none"])]] as const)),
];

test("by every way in, a refusal says what, why, what else, and to leave it at that", async () => {
  const dev = await agent(product());
  for (const [way, ask] of WAYS) {
    const { code, stderr } = await ask(dev);
    expect({ way, code, lines: stderr.trimEnd().split("\n") }).toEqual({
      way,
      code: 126,
      lines: REFUSED,
    });
  }
});

test("an agent that waits reads for which approval, and after a no the reason and what is safer", async () => {
  const world = product();
  const { bash } = await agent(world);
  const running = bash("-c", "git reset --hard");
  const { number } = await pending(world);
  await world.run("deny", `${number}`, "--reason", "my edits are\n\x1b[31min there");
  expect((await running).stderr.trimEnd().split("\n")).toEqual([
    `conductor: waiting for approval #${number} (a human decides: conductor approvals)`,
    `conductor: a human said no to #${number}: my edits are\\n\\x1b[31min there. Nothing of it ran`,
    "conductor: instead: `git stash` keeps the changes, `git stash pop` brings them back",
    REFUSED[2],
  ]);
});

test("an agent whose time is up reads when to try again", async () => {
  const { bash } = await agent(product("gate: { waitSeconds: 0.2 }\n"));
  expect((await bash("-c", "rm -rf src")).stderr.trimEnd().split("\n").slice(1)).toEqual([
    "conductor: not approved yet, so nothing of it ran: a human has not answered #1",
    "conductor: run the same command again after approval #1; until then go on with other work",
    "conductor: instead: Commit or copy it first",
  ]);
});

test("an agent that conductor does not know any more reads that, and nothing of it runs", async () => {
  const { run, workspace } = await agent(product());
  const shells = ["/bin/bash", ...(HAS_ZSH === undefined ? [] : [HAS_ZSH])];
  for (const shell of shells) {
    const ran = await run("/usr/bin/env", ["CONDUCTOR_TOKEN=gone", shell, "-c", "touch made"]);
    expect({ shell, ...ran }).toMatchObject({
      shell,
      code: 126,
      stderr:
        "conductor: this token is not known, so this did not run. Ask the human to start this agent again\n",
    });
  }
  expect(existsSync(join(workspace, "made"))).toBe(false);
});
