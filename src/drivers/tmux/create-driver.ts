import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadNodePty } from "../pty/load.ts";
import { openPtyChannel } from "../pty/pty-channel.ts";
import { tmuxConfig } from "./config.ts";
import { type ChosenChannel, Driver, type TmuxDriver, type TmuxDriverOptions } from "./driver.ts";
import { tmuxEnvironment } from "./environment.ts";
import { openPipeChannel } from "./pipe-channel.ts";
import { findServer } from "./server.ts";
import { userPrefix } from "./user-prefix.ts";

/**
 * Drives panes on a private tmux server, which is started with the first session and outlives the driver.
 * @throws {ConductorError} `tmux.missing`, `tmux.too_old`, `path.too_long`
 */
export async function createTmuxDriver(options: TmuxDriverOptions): Promise<TmuxDriver> {
  const env = tmuxEnvironment(options.env);
  const uid = process.getuid?.() ?? 0;
  const { socket, configPath } = options;
  const server = await findServer({ socket, configPath, env, uid });
  await mkdir(options.runtimeDir, { recursive: true, mode: 0o700 });
  await mkdir(dirname(configPath), { recursive: true });
  const userConfig = options.userConfigPath ?? join(env["HOME"] ?? "/", ".conductor", "tmux.conf");
  const { size, panelCommand } = options;
  const choices = { size, panelCommand, prefix: userPrefix(env), userConfig };
  await writeFile(configPath, tmuxConfig(choices), { mode: 0o600 });
  const channel = await chooseChannel(options.env["CONDUCTOR_CHANNEL"]);
  return new Driver(options, server, channel);
}

async function chooseChannel(forced: string | undefined): Promise<ChosenChannel> {
  const nodePty = forced === "pipes" ? undefined : await loadNodePty();
  if (nodePty === undefined) return { kind: "pipes", open: openPipeChannel };
  return { kind: "pty", open: (plan) => openPtyChannel(nodePty, plan) };
}
