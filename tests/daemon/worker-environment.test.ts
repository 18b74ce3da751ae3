import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { ungated } from "../../src/daemon/worker-environment.ts";
import { environmentUnder } from "../../src/drivers/process/environ.ts";

test("what the gate put into an agent's environment goes, and what stood there comes back", () => {
  const agents = {
    PATH: "/shims:/usr/bin",
    HOME: "/home/me",
    API_KEY: "k",
    BASH_ENV: "/gates/bash-env",
    ZDOTDIR: "/gates/zsh",
    CONDUCTOR_GATE: "guard",
    CONDUCTOR_GATE_BASH_ENV: "/home/me/.bash-env",
    CONDUCTOR_SHIMS: "/shims",
    CONDUCTOR_TOKEN: "t",
    TMUX: "x",
  };
  expect(ungated(agents)).toEqual({
    PATH: "/usr/bin",
    HOME: "/home/me",
    API_KEY: "k",
    BASH_ENV: "/home/me/.bash-env",
  });
});

test("a person's own environment stays as it is", () => {
  expect(ungated({ PATH: "/bin", BASH_ENV: "/home/me/.bash-env" })).toEqual({
    PATH: "/bin",
    BASH_ENV: "/home/me/.bash-env",
  });
});

test.runIf(process.platform === "linux")(
  "an agent's environment is found under its pane's shell",
  async () => {
    const script = `MARK=yes sh -c "echo ready; exec sleep 60" & wait`;
    const shell = spawn("sh", ["-c", script], { env: { PATH: "/usr/bin:/bin" }, detached: true });
    const { pid = 0, stdout } = shell;
    onTestFinished(() => void process.kill(-pid, "SIGKILL"));
    await once(stdout, "data");
    expect(environmentUnder(pid, "MARK")).toMatchObject({ MARK: "yes" });
    expect(environmentUnder(pid, "NO_SUCH_MARK")).toBeUndefined();
  },
);
