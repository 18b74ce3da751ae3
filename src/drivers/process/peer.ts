/** Which process speaks on a connection to us, from the kernel's own books (Linux: /proc, and `ss` for UNIX sockets). */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { execa } from "execa";

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** The session's leader; `setsid` makes a new one. */
  readonly session: number;
  readonly hasTerminal: boolean;
  /** `CONDUCTOR_TERMINAL_ID` of the environment it was started with; it cannot take that back. */
  readonly terminalId: string | undefined;
}

/** Undefined where nobody can tell. */
export async function peerOf(socket: Socket): Promise<number | undefined> {
  if (socket.remotePort !== undefined)
    return ownerOf(tcpInode(socket.remotePort, socket.localPort ?? 0));
  return unixPeer(inodeOf(socket));
}

/** The process and its parents, nearest first. */
export function lineage(pid: number): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  for (let next = pid; next > 1 && found.length < 64; ) {
    const facts = readProcess(next);
    if (facts === undefined) break;
    found.push(facts);
    next = facts.parent;
  }
  return found;
}

/** `/proc/PID/stat`: after the name in brackets come state, parent, group, session, terminal (proc(5)). */
function readProcess(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, parent, , session, terminal] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      pid,
      parent: Number(parent),
      session: Number(session),
      hasTerminal: terminal !== "0",
      terminalId: variable(pid, "CONDUCTOR_TERMINAL_ID"),
    };
  } catch {
    return undefined;
  }
}

function variable(pid: number, name: string): string | undefined {
  const start = `${name}=`;
  const found = readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .find((line) => line.startsWith(start));
  return found?.slice(start.length);
}

/** Node keeps the descriptor of a socket to itself, except here. */
function inodeOf(socket: Socket): string | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  const descriptor: unknown =
    typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
  if (typeof descriptor !== "number" || descriptor < 0) return undefined;
  return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1];
}

/** `ss -xp` names, for each end of a UNIX socket, its inode, that of the other end, and its process. */
async function unixPeer(inode: string | undefined): Promise<number | undefined> {
  if (inode === undefined) return undefined;
  const { stdout } = await execa("ss", ["-xpH"], { reject: false, timeout: 5_000 });
  for (const line of stdout.split("\n")) {
    const [, own, other, users] = /\s(\d+)\s+\S+\s+(\d+)\s+(users:.*)$/.exec(line) ?? [];
    if (own === undefined || other !== inode) continue;
    const pid = /pid=(\d+)/.exec(users ?? "")?.[1];
    if (pid !== undefined) return Number(pid);
  }
  return undefined;
}

/** The inode of the client's end of a loopback connection, from its port and ours. */
function tcpInode(port: number, ours: number): string | undefined {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, "0");
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readFileSync(file, "utf8").split("\n").slice(1)) {
      const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/);
      if (local?.endsWith(`:${hex(port)}`) === true && remote?.endsWith(`:${hex(ours)}`) === true)
        return inode;
    }
  }
  return undefined;
}

function ownerOf(inode: string | undefined): number | undefined {
  if (inode === undefined || inode === "0") return undefined;
  const wanted = `socket:[${inode}]`;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => holds(pid, wanted));
  return found === undefined ? undefined : Number(found);
}

function holds(pid: string, wanted: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => readlink(`${folder}/${name}`) === wanted);
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}

function readlink(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
