/** scripts/lib.sh on machines that lack something; commands are stubs in a PATH of their own. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** @param commands  name → what it does, in sh */
function machine(commands: Readonly<Record<string, string>>): (call: string) => {
  status: number | null;
  stderr: string;
} {
  const bin = mkdtempSync(path.join(tmpdir(), "cnd-lib-"));
  onTestFinished(() => rmSync(bin, { recursive: true, force: true }));
  const real = spawnSync("sh", ["-c", "command -v awk; command -v cat; command -v chmod"]);
  for (const file of real.stdout.toString().trim().split("\n")) {
    symlinkSync(file, path.join(bin, path.basename(file)));
  }
  for (const [name, script] of Object.entries({ id: "echo 1000", ...commands })) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  return (call) => {
    const source = `set -eu; . ${path.resolve("scripts/lib.sh")}; ${call}`;
    const env = { PATH: bin, BIN: bin };
    const { status, stderr } = spawnSync("/bin/sh", ["-c", source], { env, encoding: "utf8" });
    return { status, stderr };
  };
}

test.for(["3.2", "3.2a", "3.3a", "3.10", "4.0", "next-3.6"])("tmux %s will do", (version) => {
  expect(machine({ tmux: `echo tmux ${version}` })("need_tmux")).toEqual({ status: 0, stderr: "" });
});

test.for([
  ["apt-get", "sudo apt-get install -y tmux"],
  ["dnf", "sudo dnf install -y tmux"],
  ["pacman", "sudo pacman -S tmux"],
  ["brew", "brew install tmux"],
] as const)("an old tmux is named, with the command of %s", ([manager, command]) => {
  const run = machine({ tmux: "echo tmux 3.1c", [manager]: "exit 9" });
  expect(run("need_tmux")).toEqual({
    status: 1,
    stderr: `error: tmux 3.2 or newer is needed, here is tmux 3.1c; run: ${command}\n`,
  });
});

test("a missing tmux is named where no package manager is known", () => {
  const { status, stderr } = machine({})("need_tmux");
  expect(status).toBe(1);
  expect(stderr).toContain("run: install tmux with your system's package manager");
});

test("root on Debian gets tmux by apt-get", () => {
  const installs = `case $* in *install*) printf '#!/bin/sh\\necho tmux 3.3a\\n' >"$BIN/tmux"; chmod +x "$BIN/tmux" ;; esac`;
  const run = machine({ id: "echo 0", "apt-get": installs });
  expect(run("need_tmux; tmux -V")).toMatchObject({
    status: 0,
    stderr: "installing tmux with apt-get …\n",
  });
});

test.for([
  ["apt-get", "sudo apt-get install -y iproute2"],
  ["dnf", "sudo dnf install -y iproute"],
] as const)("a missing ss is named, with the command of %s", ([manager, command]) => {
  const run = machine({ uname: "echo Linux", [manager]: "exit 9" });
  expect(run("need_ss")).toEqual({
    status: 1,
    stderr: `error: ss is needed, to tell who approves; run: ${command}\n`,
  });
});

test("an ss that is there is all right, and nobody else than Linux needs one", () => {
  expect(machine({ uname: "echo Linux", ss: "exit 0" })("need_ss").status).toBe(0);
  expect(machine({ uname: "echo Darwin" })("need_ss").status).toBe(0);
});

test("an apt-get that fails is told", () => {
  const { status, stderr } = machine({ id: "echo 0", "apt-get": "exit 100" })("need_tmux");
  expect(status).toBe(1);
  expect(stderr).toContain("error: apt-get could not install tmux");
});

test.for([
  ["apt-get", "sudo apt-get install -y npm"],
  ["brew", "brew install node"],
] as const)("a missing npm is named, with the command of %s", ([manager, command]) => {
  const { status, stderr } = machine({ [manager]: "exit 9" })("need_npm");
  expect(status).toBe(1);
  expect(stderr).toContain(`npm is needed; run: ${command} `);
});

test("a Node that is too old is named", () => {
  const run = machine({ node: `case $1 in --version) echo v20.1.0 ;; *) exit 1 ;; esac` });
  const { status, stderr } = run("need_node");
  expect(status).toBe(1);
  expect(stderr).toContain("Node 22.22 or newer is needed, here is v20.1.0");
});
