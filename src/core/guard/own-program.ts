/** Programs that are files: of the workspace, of elsewhere, or not known before they run. */

import { assertNever } from "../../base/errors.ts";
import type { Call } from "./call.ts";
import { field, type Stream, UNKNOWN } from "./field.ts";
import { baseOf } from "./known-paths.ts";
import { mayBeCommand } from "./programs/command-names.ts";
import { judgeOf } from "./programs/index.ts";
import { deployment, runShellStream } from "./shells.ts";

type Other = Extract<Program, { kind: "own" | "elsewhere" | "dynamic" }>;

export function judgeOther(program: Other, call: Call): Stream {
  switch (program.kind) {
    case "own":
      return runOwn(call, program.path);
    case "elsewhere":
      return runElsewhere(call, program.path);
    case "dynamic":
      return runDynamic(call);
    default:
      return assertNever(program);
  }
}

/** Runners that a project keeps in its own folder: their tasks are judged. */
const OWN_RUNNERS = new Set(["gradlew", "mvnw", "rails", "rake", "artisan"]);

const OTHERS_NAME =
  /^(sed|awk|cat|ls|grep|find|head|tail|sort|cut|tr|less|xargs|test|echo|python3?|node|npm|npx|make)$/;

/** A script of the workspace is the project's own code, unless this very text wrote or fetched it. */
function runOwn(call: Call, path: string): Stream {
  const made = call.scope.madeAt(path);
  if (made === undefined) {
    const name = baseOf(path);
    const judged = OWN_RUNNERS.has(name) ? judgeOf(name) : undefined;
    if (judged !== undefined) return judged({ ...call, name }) ?? UNKNOWN;
    // `./sed` and `bin/git` are not what their names say.
    if (mayBeCommand(name) || OTHERS_NAME.test(name))
      call.report("run-unresolved", `runs ${path}, which bears the name of a program`, path);
    else call.report(deployment(path) ?? "build", `runs ${path} of the workspace`, path);
    return UNKNOWN;
  }
  return runShellStream(call, made, path);
}

function runElsewhere(call: Call, path: string): Stream {
  const made = call.scope.madeAt(path);
  if (made !== undefined) return runShellStream(call, made, path);
  call.report("run-unresolved", `runs ${path}, which is no program of the system`, path);
  return UNKNOWN;
}

/** The program cannot be told; its arguments may still say what it is for. */
function runDynamic(call: Call): Stream {
  call.report("run-unresolved", "the program is known only when it runs");
  const flags = call.args.filter((arg) => arg.text.startsWith("-")).map((arg) => arg.text);
  if (
    flags.some(
      (flag) => /^-[a-zA-Z]*[rR]/.test(flag) || ("--recursive".startsWith(flag) && flag.length > 4),
    )
  )
    call.run([field("rm"), ...call.args], { via: "?" });
  return UNKNOWN;
}

export type Program =
  | { readonly kind: "program"; readonly name: string }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "alias"; readonly text: string }
  /** A file of the workspace that is run. */
  | { readonly kind: "own"; readonly path: string }
  | { readonly kind: "elsewhere"; readonly path: string }
  | { readonly kind: "dynamic" };
