// A process that owns one control connection, reads it and waits to be killed.
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { openPtyChannel } from "../../../src/drivers/pty/pty-channel.ts";
import { openPipeChannel } from "../../../src/drivers/tmux/pipe-channel.ts";

const [, , kind, plan = "{}"] = process.argv;
const { args, env } = JSON.parse(plan);
const nodePty = kind === "pty" ? await loadNodePty() : undefined;
const channel =
  nodePty === undefined ? openPipeChannel({ args, env }) : openPtyChannel(nodePty, { args, env });
let seen = "";
for await (const chunk of channel.bytes) {
  seen += Buffer.from(chunk).toString("latin1");
  if (seen.includes("%end")) process.stdout.write(`${channel.pid}\n`);
}
