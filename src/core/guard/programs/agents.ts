/** The guard itself, the terminals it runs in, and agent CLIs: none of them is an agent's to change. */
import type { Call, Judge } from "../call.ts";
import { field, isKnown, type Stream, UNKNOWN, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { told } from "./deleters.ts";

const AGENT_CLIS =
  "claude codex gemini opencode qwen copilot kiro-cli q cursor-agent aider goose amp crush droid auggie cline kilo grok plandex openhands".split(
    " ",
  );

export const agents = new Map<string, Judge>([
  ["conductor", guard],
  ["agent-conductor", guard],
  ["tmux", multiplexer],
  ["screen", multiplexer],
  ["zellij", multiplexer],
  ...AGENT_CLIS.map((name): [string, Judge] => [name, agent]),
]);

const GUARD_READS =
  /^(ls|list|approvals|status|why|logs|events|doctor|version|help|provider (list|show|test|detect)|profile (list|show)|decisions|usage|guard check|policy (show|explain|validate|lint|test)|inbox|skill|completion|config show|daemon (status|logs)|task (list|show|why|watch|deps)|audit (verify|head|export)|mcp|fake-agent|lock list|ai (list|show))( |$)/;
const GUARD_TALKS =
  /^(send|handoff|assign|report|inbox|task (create|claim|heartbeat|complete|fail)|request-approval|message)( |$)/;

function guard(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["--reason", "--name", "--provider", "--profile", "--session"],
  });
  const words = read.operands
    .slice(0, 2)
    .map((one) => one.text)
    .join(" ");
  if (words === "" || read.has("--help", "--version", "-h")) return told(call);
  if (GUARD_READS.test(words)) call.report("read", `${call.name} ${words}`);
  else if (GUARD_TALKS.test(words)) call.report("build", `${call.name} ${words}`);
  else call.report("guard-tamper", `${call.name} ${words} is for a human`);
  return UNKNOWN;
}

const MULTIPLEXER_READS =
  /^(ls|list-\S+|has-session|has|display-message|display|show-\S+|show|capture-pane|capturep|info|-V|-ls|--version|list-sessions|dump-screen)$/;

function multiplexer(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-L", "-S", "-f", "-c", "-T", "-s", "--session", "-X", "-p"],
  });
  const [verb, ...rest] = read.operands;
  const name = verb?.text ?? "";
  const text = call.args.map((arg) => arg.text).join(" ");
  if (/conductor/i.test(text)) {
    call.report("guard-tamper", `${call.name} works on the guard's own terminals`);
    return UNKNOWN;
  }
  if (MULTIPLEXER_READS.test(name) || call.args.some((arg) => /^(-V|-ls|-list)$/.test(arg.text))) {
    call.report("read", `${call.name} ${name}`);
    return UNKNOWN;
  }
  if (/^kill-server$|^kill-session$|^kill-pane$|^kill-window$|^killp$|^killw$|^respawn/.test(name))
    call.report("guard-tamper", `${call.name} ${name} ends terminals`);
  else call.report("run-unresolved", `${call.name} ${name} runs something out of sight`);
  if (call.name === "screen" && read.operands.length > 0 && !read.has("-X"))
    call.run(read.operands, { via: "screen" });
  if (read.value("-X")?.text === "stuff")
    for (const one of read.operands)
      call.runText({ ...one, text: one.text.replaceAll("\\n", "\n") }, { via: "screen stuff" });
  const inner = readOptions(rest, {
    valued: ["-t", "-n", "-s", "-c", "-e", "-F", "-x", "-y", "-l", "-p"],
  }).operands;
  if (
    /^(new|new-session|neww|new-window|split-window|splitw|run|run-shell|respawn-pane|pipe-pane|popup|display-popup)$/.test(
      name,
    ) &&
    inner.length > 0
  )
    call.runText(
      { ...(inner[0] ?? field("")), text: inner.map((one) => one.text).join(" ") },
      { via: `${call.name} ${name}` },
    );
  if (/^(send|send-keys)$/.test(name)) {
    const keys = inner.filter(
      (one) => !/^(Enter|C-[a-z]|Escape|Tab|Space|KPEnter)$/.test(one.text),
    );
    const all = keys.map((one) => one.text).join(" ");
    if (all !== "" && keys.every(isKnown))
      call.runText(field(all), { via: `${call.name} ${name}` });
  }
  return UNKNOWN;
}

const PERMISSIONS_OFF =
  /^(--dangerously-\S+|--yolo|-y|--allow-all(-tools|-paths)?|--trust-all-tools|--skip-permissions\S*|--full-auto|--auto-approve|--always-approve|--no-sandbox|--yes-always|--yes|--force|--dangerous\S*|--approval-mode[= ]?(yolo|never|auto_edit|auto-edit)?|--permission-mode[= ]?(bypassPermissions|acceptEdits|dontAsk)?|--ask-for-approval[= ]?never|-a|--sandbox[= ]?danger-full-access|--settings|--allowedTools|--allowed-tools|--allow-tool|--bypass\S*)/;

function agent(call: Call): Stream {
  if (
    call.args.length > 0 &&
    call.args.length <= 2 &&
    /^(--help|--version|-v|-V|-h|help|version|doctor|list|status)$/.test(wordAt(call.args, -1))
  )
    return told(call);
  const text = call.args.map((arg) => arg.text).join(" ");
  const off =
    call.args.some((arg) => PERMISSIONS_OFF.test(arg.text)) ||
    /approval_policy|sandbox_mode|dangerously|bypassPermissions|yolo|danger-full-access|--ask-for-approval[= ]never|--approval-mode[= ](never|auto)|--permission-mode[= ](accept|dontAsk)/i.test(
      text,
    );
  if (off) call.report("guard-tamper", `starts ${call.name} without its permissions`);
  else call.report("run-unresolved", `starts another agent, ${call.name}`);
  return UNKNOWN;
}
