/** A scripted agent under the gate, and a shell of its kind. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { environmentOfAgent } from "./gated.ts";
import { type Product, type Ran, until } from "./product.ts";

export interface Agent {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a program as the agent's CLI would: in its folder, with its environment. */
  readonly run: (file: string, args: readonly string[]) => Promise<Ran>;
  readonly bash: (...args: string[]) => Promise<Ran>;
}

export async function agent(world: Product, level = "guard"): Promise<Agent> {
  const workspace = path.join(world.folder, "work");
  mkdirSync(path.join(workspace, "src"), { recursive: true });
  writeFileSync(path.join(workspace, "src/a.ts"), "work");
  const launch = ["launch", "--provider", "scripted", "--name", "dev", "--no-panel"];
  expect(await world.run(...launch, "--cwd", workspace)).toMatchObject({ code: 0, stderr: "" });
  await until(async () => (await world.run("ls")).stdout.includes("idle"), "the agent is idle");
  const env = await environmentOfAgent(world);
  expect(env["CONDUCTOR_GATE"]).toBe(level);
  const run = (file: string, args: readonly string[]) =>
    new Promise<Ran>((resolve) => {
      execFile(file, args, { cwd: workspace, env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  return { workspace, env, run, bash: (...words) => run("/bin/bash", words) };
}

export async function pending(world: Product): Promise<ApprovalView> {
  let asked: ApprovalView[] = [];
  await until(async () => {
    asked = await world.json<ApprovalView[]>("approvals");
    return asked.length > 0;
  }, "an approval waits");
  const [only] = asked;
  if (only === undefined) throw new Error("nothing waits");
  return only;
}
