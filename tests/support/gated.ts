/** The environment of a launched agent, as its own process has it, to run programs the way its CLI would. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Product, until } from "./product.ts";

/** Of the process that the launch started: found by the folder it was told. */
export async function environmentOfAgent(world: Product): Promise<Record<string, string>> {
  let found: Record<string, string> | undefined;
  await until(() => {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const home = path.join(world.home, ".conductor");
    found = pids
      .map(readEnvironment)
      .find((each) => each["CONDUCTOR_HOME"] === home && each["CONDUCTOR_GATE"] !== undefined);
    return found !== undefined;
  }, "the agent's process is there");
  return found ?? {};
}

function readEnvironment(pid: string): Record<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
    return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  } catch {
    return {};
  }
}
