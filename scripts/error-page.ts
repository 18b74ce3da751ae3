import { ERROR_CODES, type ErrorCode } from "../src/base/errors.ts";

interface Meaning {
  readonly when: string;
  /** What a person does about it. */
  readonly mend: string;
}

const MEANINGS: Readonly<Record<ErrorCode, Meaning>> = {
  "usage.invalid": {
    when: "A command or request is not well formed.",
    mend: "`conductor COMMAND --help` shows its options and examples.",
  },
  "usage.method": {
    when: "A path of the REST interface was called with a method that it does not have.",
    mend: "The header `Allow` names those that it has.",
  },
  "usage.media_type": {
    when: "The body of a request is not of the type that its route takes.",
    mend: "Send JSON, with `Content-Type: application/json`.",
  },
  "config.invalid": {
    when: "`config.yaml` has an unknown key or a bad value, or the home folder cannot be used.",
    mend: "The message names file, line and key. `conductor config show --defaults` prints every key.",
  },
  "auth.missing": {
    when: "A request came without a token.",
    mend: "Send the token of `~/.conductor/token` as `Authorization: Bearer …`; the CLI does.",
  },
  "auth.refused": {
    when: "The token is unknown, or it is an agent's and the act needs a human.",
    mend: "Decide approvals from a shell of your own, never from inside an agent's pane.",
  },
  not_found: {
    when: "No terminal, message, approval, file or route has that name or id.",
    mend: "`conductor ls --all`, `conductor inbox`, `conductor approvals --all` list what there is.",
  },
  "name.taken": {
    when: "A live terminal of the session has that name.",
    mend: "Choose another name, or `conductor stop NAME` first.",
  },
  "name.ambiguous": {
    when: "A name or the start of an id fits several things.",
    mend: "Give more of the id, or the session.",
  },
  "state.conflict": {
    when: "The thing is no longer in a state in which this can be done.",
    mend: "Look at it again; somebody or something was first.",
  },
  "task.wrong_state": {
    when: "The task is not in a state in which this can be done.",
    mend: "`conductor task show ID` tells its state; what is over can be begun anew with `conductor task retry ID`.",
  },
  "task.lease_lost": {
    when: "The task was given to another, or is over, while its worker went on.",
    mend: "Stop working on it, and claim a task again for new work.",
  },
  "task.locked": {
    when: "Another task holds a lock that this one needs, or its group runs as many as it may.",
    mend: "Wait for it; `conductor lock list` shows who holds what and who waits.",
  },
  "task.cycle": {
    when: "A task would depend on itself, directly or by way of others.",
    mend: "Take one of the dependencies that the message names away.",
  },
  "task.too_large": {
    when: "A prompt, payload, result or evidence is longer than a task may hold.",
    mend: "Put it into a file and name that.",
  },
  "task.bad_glob": {
    when: "The path of a lock cannot be read, or leaves its project.",
    mend: "Write a path or glob from the project's folder, as `src/api/**`.",
  },
  "approval.decided": {
    when: "The approval has its verdict already; the first one holds.",
    mend: "Nothing. `conductor approvals --all` shows who decided and why.",
  },
  "approval.changed": {
    when: "The question on the agent's screen is not the one that was shown to you.",
    mend: "Read it again with `conductor approvals`, then decide.",
  },
  "approval.unanswered": {
    when: "The key of the verdict was pressed, or may have been, and the agent's dialog stayed.",
    mend: "No other key is pressed, since it could reach the next question: answer it in the pane, `conductor attach NAME`.",
  },
  "provider.invalid": {
    when: "A provider file is broken; the one before it stays in force.",
    mend: "The message names file, line and field. `conductor provider test FILE` checks it.",
  },
  "provider.missing_binary": {
    when: "The agent's CLI is not on the PATH of the shell that launched it.",
    mend: "Install it; the message says how.",
  },
  "profile.invalid": {
    when: "A profile's front matter is broken.",
    mend: "The message names file, line and field.",
  },
  "team.invalid": {
    when: "A team file is broken, or two of its agents share a name.",
    mend: "The message names file, line and field.",
  },
  "policy.invalid": {
    when: "A policy file is broken, or an example of a rule does not hold.",
    mend: "The message names file, line and rule.",
  },
  "message.too_large": {
    when: "The text is above the limit of a message.",
    mend: "Write it to a file and tell the agent to read it.",
  },
  "pane.gone": {
    when: "The terminal's pane has closed.",
    mend: "`conductor restart NAME`, or launch it again.",
  },
  "pane.not_ready": {
    when: "The agent cannot take this now: it works, asks something, or somebody types.",
    mend: "Try again later; `conductor why NAME` tells what it does.",
  },
  "agent.failed": {
    when: "An agent's turn ended with an error.",
    mend: "The message has its words; give the work again.",
  },
  "agent.gone": {
    when: "An agent ended before its turn did.",
    mend: "Open its session again: it goes on with its conversation.",
  },
  "agent.limited": {
    when: "An agent is out of quota.",
    mend: "Wait until `retryAt` of the error's data, or give the work to another.",
  },
  "agent.unreached": {
    when: "An agent never got its prompt.",
    mend: "`conductor why NAME` tells what it does; give the work again.",
  },
  "sandbox.unavailable": {
    when: "An agent should be contained, and bubblewrap is missing or not allowed to work.",
    mend: "The message says what to install or allow; or launch with `--gate guard`.",
  },
  "tmux.missing": { when: "There is no tmux.", mend: "Install it; the message says how." },
  "tmux.too_old": { when: "tmux is older than 3.2.", mend: "Install a newer one." },
  "tmux.lost": {
    when: "The tmux server or the connection to it is gone.",
    mend: "Agents of a server that was killed are `lost`: launch the team again.",
  },
  "tmux.refused": {
    when: "tmux answered a command with an error.",
    mend: "The message has its words; `conductor daemon logs` has the command.",
  },
  "store.locked": {
    when: "The database is held by another program.",
    mend: "End that program; only the daemon may write `conductor.db`.",
  },
  "store.full": { when: "The disk is full.", mend: "Make room; nothing that was stored is lost." },
  "store.broken": {
    when: "The database cannot be read or its migration failed.",
    mend: "A copy from before the migration lies beside it; see docs/operations.md.",
  },
  "daemon.unreachable": {
    when: "The daemon does not answer and could not be started.",
    mend: "`conductor daemon logs` says why; agents go on meanwhile.",
  },
  "daemon.version": {
    when: "The daemon that runs is of another version than the CLI.",
    mend: "`conductor daemon restart`; agents go on.",
  },
  "path.too_long": {
    when: "A path is longer than the system takes.",
    mend: "Set `CONDUCTOR_HOME` to a shorter one.",
  },
  timeout: {
    when: "Something did not happen in the time that was given.",
    mend: "What was asked for may still happen: look before you repeat it.",
  },
  internal: {
    when: "The program broke one of its own rules.",
    mend: "`conductor daemon logs` has the details; please report it.",
  },
};

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CODES, code);

/** docs/errors.md: the catalogue of codes, from the list that the program uses. */
export function errorPage(): string {
  const rows = Object.keys(ERROR_CODES)
    .filter(isErrorCode)
    .map((code) => {
      const { http, exit, retry } = ERROR_CODES[code];
      const { when, mend } = MEANINGS[code];
      return `| \`${code}\` | ${exit} | ${http} | ${retry ? "yes" : "no"} | ${when} | ${mend} |`;
    });
  return [
    "<!-- Made by scripts/docs.ts from src/base/errors.ts; edit those. -->",
    "# Errors",
    "",
    'An error goes to stderr as `error: …`, with a `hint: …` where there is something to do. With `--json` it is `{"ok":false,"error":{"code",…}}` and carries the code below; the REST interface answers with the same code. "Again" tells whether the same call may succeed later.',
    "",
    "| code | exit | HTTP | again | when | what to do |",
    "|---|--:|--:|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
