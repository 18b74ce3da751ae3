/**
 * An oracle that runs: the project's own commands in a sandbox without a network, where programs that change
 * something are stand-ins that only note their words. What ran must be among what the guard found in the text.
 */
import { execFile, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { labelled, verdict } from "./verdicts.ts";

/** Shells, interpreters and wrappers are the real ones: what they start is what is looked for. */
const NAMES =
  `rm rmdir unlink shred dd truncate mv chmod chown chgrp rsync git gh glab curl wget ssh scp sftp nc ncat
  socat telnet docker podman kubectl helm terraform tofu pulumi aws gcloud az npm npx pnpm yarn twine cargo gem pip pip3
  psql mysql mongosh redis-cli dropdb pkill killall systemctl crontab at tmux mount umount reboot shutdown poweroff
  fdisk sfdisk parted wipefs mkswap mkfs mkfs.ext4 apt apt-get dnf yum brew iptables useradd userdel usermod passwd
  insmod modprobe sysctl sudo doas su mail sendmail conductor agent-conductor claude codex gemini`.split(
    /\s+/,
  );
const STAND_IN = `#!/bin/bash -p
{ printf '%s' "\${0##*/}"; printf ' %q' "$@"; echo; } >> /oracle/ran
`;
/** They end or fill the sandbox itself. */
const NOT_RUN = new Set(["fork-bomb", "process-kill"]);
/** On a machine that does much else beside, only the first of them are run. */
const BUDGET_MS = 15_000;
/** Most that are not over by then wait for what does not come. */
const SECONDS = "1";

const PLACE = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};

/** Arguments of bwrap, all but the folder for the trace. */
function sandbox(standIns: string): string[] {
  for (const name of NAMES) writeFileSync(path.join(standIns, name), STAND_IN, { mode: 0o755 });
  const found = ["/usr/bin", "/usr/sbin", "/usr/local/bin"]
    .flatMap((place) => NAMES.map((name) => path.join(place, name)))
    .filter((file) => existsSync(file));
  // A link cannot be covered, only what it leads to.
  const covered = [...new Set(found.map((file) => realpathSync(file)))];
  const links = ["bin", "sbin", "lib", "lib64"].filter((name) => existsSync(`/usr/${name}`));
  const fixed = `--unshare-all --die-with-parent --new-session --clearenv
    --ro-bind /usr /usr --ro-bind /etc /etc --proc /proc --dev /dev --tmpfs /tmp --tmpfs /home
    --dir ${PLACE.cwd}/src --dir ${PLACE.cwd}/dist --chdir ${PLACE.cwd}
    --setenv HOME ${PLACE.home} --setenv USER ${PLACE.user}
    --setenv PATH /stand-ins:/usr/local/bin:/usr/bin:/bin --ro-bind ${standIns} /stand-ins`;
  return [
    ...fixed.split(/\s+/),
    ...links.flatMap((name) => ["--symlink", `usr/${name}`, `/${name}`]),
    ...covered.flatMap((file) => ["--ro-bind", path.join(standIns, "rm"), file]),
  ];
}

/** The words of each stand-in that ran, a line each. */
async function ranBy(text: string, bwrap: readonly string[], trace: string): Promise<string[]> {
  mkdirSync(trace);
  const shell = ["timeout", "-s", "KILL", SECONDS, "bash", "-c", text];
  const args = [...bwrap, "--bind", trace, "/oracle", ...shell];
  await new Promise<void>((resolve) => {
    const options = { timeout: 4_000, killSignal: "SIGKILL" } as const;
    execFile("bwrap", args, options, () => resolve()).stdin?.end();
  });
  const file = path.join(trace, "ran");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

/** Names of programs that the guard says the text runs, and of wrappers that it saw through. */
function programsIn(text: string): Set<string> {
  const { actions } = analyse(text, PLACE, () => 0);
  const names = actions.flatMap(({ argv, via }) => [argv[0] ?? "", ...via]);
  return new Set(names.map((name) => name.split(" ")[0]?.replace(/^.*\//, "") ?? ""));
}

test("no program runs that was not found in the text before, unless the text was stopped", {
  timeout: 30_000,
}, async ({ skip }) => {
  const folder = mkdtempSync(path.join(tmpdir(), "cnd-oracle-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const standIns = path.join(folder, "stand-ins");
  mkdirSync(standIns);
  const bwrap = sandbox(standIns);
  if (spawnSync("bwrap", [...bwrap, "true"]).status !== 0)
    skip("bubblewrap is not installed, or may make no namespace here");
  const all = labelled("dev").filter(({ category }) => !NOT_RUN.has(category));
  // Neighbours are alike: every seventh first.
  const lines = [0, 1, 2, 3, 4, 5, 6].flatMap((from) => all.filter((_, at) => at % 7 === from));
  const rest = [...lines.entries()];
  const end = Date.now() + BUDGET_MS;
  const unseen: string[] = [];
  let runs = 0;
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      if (Date.now() > end) return;
      const [at, { command }] = next;
      const ran = await ranBy(command, bwrap, path.join(folder, String(at)));
      runs += ran.length;
      const known = programsIn(command);
      const others = ran.filter((words) => !known.has(words.split(" ")[0] ?? ""));
      if (others.length > 0 && verdict(command).effect === "allow") unseen.push(command);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  expect(unseen).toEqual([]);
  expect(runs).toBeGreaterThan(50);
});
