import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { node, root } from "./world.ts";

export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGB: number;
  readonly system: string;
  readonly node: string;
  readonly tmux: string;
  readonly version: string;
  /** Of the last minute, before and after: figures of a busy machine are no figures. */
  readonly load: number;
  readonly loadAfter: number;
}

export function describeMachine(): Omit<Machine, "loadAfter"> {
  const packageJson: { version: string } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  return {
    date: new Date().toISOString().slice(0, 16),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? "unknown",
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1),
    tmux: execFileSync("tmux", ["-V"], { encoding: "utf8" }).trim().replace("tmux ", ""),
    version: packageJson.version,
    load: loadNow(),
  };
}

export function loadNow(): number {
  return Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);
}
