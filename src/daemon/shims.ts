/**
 * Stand-ins on an agent's PATH for programs that do harm when something else than a shell that asks starts them:
 * dash as /bin/sh, make, npm's scripts, Python. Each is a link to gates/shim, which knows itself by its name.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Not bash and zsh, which ask by their start-up file, nor node, which every agent runs all the time; of the
 * rest, what changes, sends or starts things and is not called thousands of times in a build.
 */
const HELD = new Set(
  `rm rmdir unlink shred dd truncate mv tee chmod chown chgrp rsync find
  sh dash ksh fish env python python3 perl ruby sudo su doas
  git gh glab curl wget ssh scp sftp nc ncat netcat socat telnet
  docker podman kubectl helm terraform tofu pulumi ansible-playbook aws gcloud az fly flyctl heroku vercel netlify
  npm npx pnpm twine cargo gem psql mysql mongosh redis-cli dropdb
  pkill killall systemctl crontab at tmux mount umount reboot shutdown poweroff
  fdisk sfdisk parted wipefs mkswap apt apt-get dnf yum brew`.split(/\s+/),
);

function isHeld(name: string): boolean {
  return HELD.has(name) || /^mkfs(\.\w+)?$/.test(name);
}

/**
 * A folder for each PATH, with links for what is there only: what is not installed must not look as if it were.
 * Folders stay, since agents outlive daemons.
 */
export function shimFolders(gates: string, folder: string): (path: string) => string {
  const made = new Map<string, string>();
  return (path) => {
    const known = made.get(path);
    if (known !== undefined) return known;
    const shims = join(
      folder,
      createHash("sha256").update(`${gates}\n${path}`).digest("hex").slice(0, 12),
    );
    mkdirSync(shims, { recursive: true, mode: 0o700 });
    link(gates, join(shims, ".gates"));
    for (const name of installed(path)) link(join(gates, "shim"), join(shims, name));
    made.set(path, shims);
    return shims;
  };
}

function installed(path: string): Set<string> {
  const names = path.split(delimiter).filter(Boolean).flatMap(entries);
  return new Set(names.filter(isHeld));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A PATH may name what is not there.
    return [];
  }
}

function link(target: string, file: string): void {
  try {
    symlinkSync(target, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
