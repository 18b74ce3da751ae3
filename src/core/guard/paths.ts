/** Where a path leads, and what that place is. */

import type { Place } from "./facts.ts";
import { type Field, HOLE } from "./field.ts";
import {
  isGuarded,
  isPersistence,
  isRegenerable,
  isSecret,
  isStartup,
  under,
} from "./known-paths.ts";
import type { Scope } from "./scope.ts";

/** What kind of place a path is, from the view of a change to it. */
export type Area =
  /** `/dev/null`, the terminal, a pipe. */
  | "nowhere"
  | "workspace-root"
  | "workspace"
  | "regenerable"
  | "scratch"
  | "scratch-root"
  | "outside"
  | "system"
  | "device"
  | "network"
  | "unresolved";

export interface Target {
  /** Absolute; may hold holes behind a part that is known. Empty where nothing is known. */
  readonly path: string;
  readonly area: Area;
  readonly secret: boolean;
  readonly guarded: boolean;
  readonly startup: boolean;
  readonly persistence: boolean;
  /** Ends in a wildcard: everything in a folder. */
  readonly all: boolean;
}

export function target(of: Field, scope: Scope, place: Place): Target {
  const path = resolve(of, scope, place);
  if (path === undefined) return nowhere("unresolved");
  const all = of.glob && /(^|\/)(\*+|\.\*|\{\*,.*\}|\.\[!\.\]\*)$/.test(path);
  const bare = all ? path.replace(/\/[^/]*$/, "") || "/" : path;
  return {
    path,
    all,
    area: areaOf(bare, place),
    secret: isSecret(path, place.home),
    guarded: isGuarded(path),
    startup: isStartup(path, place.home, place.workspace),
    persistence: isPersistence(path),
  };
}

function nowhere(area: Area): Target {
  const none = { secret: false, guarded: false, startup: false, persistence: false, all: false };
  return { path: "", area, ...none };
}

/** The kernel takes no longer one. */
const MAX_PATH = 4_096;

/** Absolute, links followed and `..` collapsed; undefined where not even the start is known. */
export function resolve(of: Field, scope: Scope, place: Place): string | undefined {
  // A `~` that came quoted or out of a variable is no home folder to bash; to what reads it next it may be.
  const text = of.text.replace(/^~(?=\/|$)/, place.home);
  if (text.startsWith(HOLE) || text === "") return undefined;
  const from = text.startsWith("/") ? "" : scope.cwd;
  if (from === undefined) return undefined;
  const whole = `${from}/${text}`;
  if (whole.length > MAX_PATH) return undefined;
  return collapse(whole, scope.made.links, { realpath: place.realpath, glob: of.glob });
}

/** Links are followed before `..` is taken, as the kernel does. */
function collapse(
  path: string,
  links: ReadonlyMap<string, string>,
  { realpath, glob }: { readonly realpath: Place["realpath"]; readonly glob: boolean },
): string | undefined {
  let done: string[] = [];
  let unknown = false;
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      // Up from a folder that is not known can be anywhere.
      if (unknown) return undefined;
      done.pop();
      continue;
    }
    done.push(segment);
    if (segment.includes(HOLE)) unknown = true;
    if (unknown || (glob && /[*?[]/.test(segment))) continue;
    const here = `/${done.join("/")}`;
    const leads = links.get(here) ?? realpath?.(here) ?? here;
    if (leads !== here) done = leads.split("/").filter((each) => each !== "");
  }
  return `/${done.join("/")}`;
}

const HARMLESS_DEVICE =
  /^\/dev\/(null|zero|full|stdin|stdout|stderr|tty|random|urandom|fd(\/.*)?|ptmx|pts\/.*)$/;
const SYSTEM =
  /^\/(bin|boot|etc|lib|lib32|lib64|proc|root|run|sbin|snap|sys|System|usr(?!\/local\/(bin|share|src|lib)(\/|$))|var(?!\/tmp(\/|$)))(\/|$)/;

function areaOf(path: string, place: Place): Area {
  if (HARMLESS_DEVICE.test(path)) return "nowhere";
  if (/^\/dev\/(tcp|udp)\//.test(path)) return "network";
  if (/^\/(dev\/shm|tmp|var\/tmp|private\/tmp)\/./.test(path) && isNobodys(path, place))
    return /^\/(tmp|var\/tmp|private\/tmp|dev\/shm)\/(\uF8FF|[*?]+$)/.test(path)
      ? "scratch-root"
      : "scratch";
  if (/^\/(dev\/shm|tmp|var\/tmp|private\/tmp)$/.test(path)) return "scratch-root";
  if (/^\/dev(\/|$)/.test(path)) return "device";
  const inside = under(path, place.workspace);
  if (inside === "") return "workspace-root";
  if (inside !== undefined) {
    const segments = inside.split("/");
    return isRegenerable(segments) ? "regenerable" : "workspace";
  }
  // A hole right behind the root or the home folder can be any of the folders there, the workspace too.
  if (path.startsWith(`/${HOLE}`)) return "unresolved";
  if (path === "/" || SYSTEM.test(path)) return "system";
  return "outside";
}

/** Neither the workspace nor the home folder, which may lie below a folder for temporary files. */
function isNobodys(path: string, place: Place): boolean {
  return under(path, place.workspace) === undefined && under(path, place.home) === undefined;
}
