import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { baseOf } from "../../src/daemon/evidence.ts";
import { addTerminal, temporaryFolder, testStores } from "../support/stores.ts";
import { testTerminals } from "../support/terminals.ts";

const COMMIT = "c".repeat(40);

test("git is asked for the commit in a repository, and nowhere else", async () => {
  const stores = testStores();
  const { terminals } = testTerminals(stores);
  const asked: (readonly string[])[] = [];
  const base = async (cwd: string) => {
    const { id } = await addTerminal(stores, { cwd, name: `dev${asked.length}`, paneId: null });
    await terminals.adopt();
    const terminal = terminals.byId(id);
    if (terminal === undefined) throw new Error("no terminal");
    const run = async (_at: unknown, words: readonly string[]) => {
      asked.push(words);
      return { exitCode: 0, isLate: false, output: `${COMMIT}\n` };
    };
    return baseOf({ run }, terminal, new AbortController().signal);
  };
  expect(await base("/")).toBeNull();
  expect(asked).toEqual([]);
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, "src/core"), { recursive: true });
  expect(await base(join(folder, "src/core"))).toBe(COMMIT);
});
