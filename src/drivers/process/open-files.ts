/** Which files a pane's programs hold open, by the kernel's own books; nothing where there are none (/proc). */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const MOST_PROCESSES = 64;

/** Of that process and all that it started, as far as they may be looked at. */
export function openFilesOf(pid: number): string[] {
  const found: number[] = [];
  const waiting = [pid];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (found.length === MOST_PROCESSES) break;
    found.push(next);
    waiting.push(...childrenOf(next));
  }
  return found.flatMap(filesOf);
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
        .split(" ")
        .filter(Boolean)
        .map(Number),
    );
  } catch {
    return [];
  }
}

function filesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((descriptor) => linkOf(`${folder}/${descriptor}`));
  } catch {
    return [];
  }
}

function linkOf(file: string): string[] {
  try {
    const target = readlinkSync(file);
    return target.startsWith("/") ? [target] : [];
  } catch {
    return [];
  }
}
