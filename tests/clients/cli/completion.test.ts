import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { conductor } from "./support.ts";
import { approval, terminal } from "./views.ts";

/** What bash would offer behind these words; the command itself answers `what it was asked for`-1. */
function offered(script: string, words: readonly string[]): string[] {
  const run = [
    script,
    'conductor() { echo "$2-1"; }',
    'COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _conductor; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join("\n");
  const out = execFileSync("bash", ["-c", run, "bash", ...words], { encoding: "utf8", cwd: "/" });
  return out.split("\n").filter(Boolean);
}

test("bash completes commands, options, and the names that stand behind them", async () => {
  const { stdout } = await conductor(["completion", "bash"]);
  expect(offered(stdout, ["conductor", "la"])).toEqual(["launch"]);
  expect(offered(stdout, ["conductor", "send", "ter"])).toEqual(["terminals-1"]);
  expect(offered(stdout, ["conductor", "attach", "--r"])).toEqual(["--read-only"]);
  expect(offered(stdout, ["conductor", "launch", "--provider", ""])).toEqual(["providers-1"]);
  expect(offered(stdout, ["conductor", "provider", "show", "prov"])).toEqual(["providers-1"]);
  expect(offered(stdout, ["conductor", "approve", "app"])).toEqual(["approvals-1"]);
  expect(offered(stdout, ["conductor", "task", "cl"])).toEqual(["claim"]);
  expect(offered(stdout, ["conductor", "task", "show", "tas"])).toEqual(["tasks-1"]);
  expect(offered(stdout, ["conductor", "launch", "et"])).toEqual(["etc"]);
});

test.each(["zsh", "fish"])("%s gets every command, too", async (shell) => {
  const { stdout } = await conductor(["completion", shell]);
  for (const word of ["launch", "approvals", "shutdown"]) expect(stdout).toContain(word);
});

test("the names are those of what there is, each once, and nothing without a daemon's answer", async () => {
  const answers = {
    "GET /api/v1/terminals": [terminal("dev"), terminal("dev", { session: "other" })],
    "GET /api/v1/approvals": [approval(7, "npm test")],
  };
  expect((await conductor(["completion", "terminals"], { answers })).stdout).toBe("dev\n");
  expect((await conductor(["completion", "sessions"], { answers })).stdout).toBe("shop\nother\n");
  expect((await conductor(["completion", "approvals"], { answers })).stdout).toBe("7\n");
  expect(await conductor(["completion", "terminals"])).toMatchObject({ code: 0, stdout: "" });
});
