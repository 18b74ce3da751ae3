/** A scripted agent under the gate, and a shell of its kind. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { type Product, type Ran, until } from "./product.ts";

export interface Agent {
  readonly workspace: string;
  /** Runs bash as the agent's CLI would: in its folder, with its environment. */
  readonly bash: (...args: string[]) => Promise<Ran>;
}

/** Of the process that the launch started: found by the folder it was told. */
function environmentOfAgent(world: Product, level: string): Record<string, string> {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const variables = readEnvironment(pid);
    const isOurs = variables["CONDUCTOR_HOME"] === path.join(world.home, ".conductor");
    if (isOurs && variables["CONDUCTOR_GATE"] === level) return variables;
  }
  throw new Error("no process has the agent's environment");
}

function readEnvironment(pid: string): Record<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
    return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  } catch {
    return {};
  }
}

export async function agent(world: Product, level = "guard"): Promise<Agent> {
  const workspace = path.join(world.folder, "work");
  mkdirSync(path.join(workspace, "src"), { recursive: true });
  writeFileSync(path.join(workspace, "src/a.ts"), "work");
  const args = ["launch", "--provider", "scripted", "--name", "dev", "--no-panel"];
  expect(await world.run(...args, "--cwd", workspace)).toMatchObject({ code: 0, stderr: "" });
  await until(async () => (await world.run("ls")).stdout.includes("idle"), "the agent is idle");
  const env = environmentOfAgent(world, level);
  return {
    workspace,
    bash: (...words) =>
      new Promise((resolve) => {
        execFile("/bin/bash", words, { cwd: workspace, env }, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
          resolve({ code, stdout, stderr });
        });
      }),
  };
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
