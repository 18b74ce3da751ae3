/** Containers: what runs inside is judged too, with the host's folders where they are mounted. */

import type { Call, Judge } from "../call.ts";
import { type Field, field, HOLE, type Stream, UNKNOWN, wordAt } from "../field.ts";
import { baseOf } from "../known-paths.ts";
import { type Options, readOptions } from "../options.ts";

export const containers = new Map<string, Judge>(
  ["docker", "podman", "nerdctl", "buildah", "lima", "docker-compose", "podman-compose"].map(
    (name) => [name, name.endsWith("-compose") ? (call) => compose(call, call.args) : container],
  ),
);

const GLOBAL = ["-H", "--host", "-c", "--context", "--config", "-l", "--log-level"];
const RUN_VALUED =
  "-v --volume --mount -w --workdir -e --env --env-file -p --publish --name -u --user --network --net -l --label --entrypoint -m --memory --cpus --restart --platform --add-host -h --hostname --device --cap-add --security-opt --pid --ipc --userns --tmpfs --gpus --ulimit --volumes-from --link --dns --pull -a --attach --shm-size --log-driver --log-opt --cidfile --group-add --init-path --ip --isolation --cpuset-cpus --stop-signal --stop-timeout".split(
    " ",
  );
const READS =
  /^(ps|images|image (ls|list|inspect|history)|container (ls|list|inspect|logs|top|stats|port|diff)|inspect|logs|top|stats|port|diff|history|version|info|search|events|system (df|info|events)|network (ls|list|inspect)|volume (ls|list|inspect)|context (ls|list|inspect|show)|manifest inspect|buildx (ls|inspect|du|version|imagetools inspect)|scout|node (ls|inspect|ps)|service (ls|inspect|logs|ps)|stack (ls|ps|services)|plugin (ls|inspect)|compose ls|wait|attach-)( |$)/;
const BUILDS =
  /^(build|buildx (build|bake|create|use)|builder build|image build|pull|image pull|tag|image tag|create|start|restart|stop|pause|unpause|wait|cp|rename|save|load|import|export|commit|container (start|stop|restart|create|rename)|network (create|connect|disconnect)|volume create|login-|attach|init|machine (start|init))( |$)/;

function container(call: Call): Stream {
  const read = readOptions(call.args, { leading: true, valued: GLOBAL });
  if (read.has("-H", "--host") || read.has("-c", "--context"))
    call.report("infra-change", "works on another machine's containers");
  const words = read.operands
    .slice(0, 2)
    .map((one) => one.text)
    .join(" ");
  const [verb, ...rest] = read.operands;
  const name = verb?.text ?? "";
  if (name === "" || read.has("--help") || call.args.at(-1)?.text === "--help")
    return say(call, "read", words);
  if (name === "compose") return compose(call, rest);
  if (name === "run" || words === "container run")
    return run(call, name === "run" ? rest : rest.slice(1));
  if (name === "exec" || words === "container exec")
    return execIn(call, name === "exec" ? rest : rest.slice(1));
  if (READS.test(words)) return say(call, "read", words);
  // It holds nothing but what builds make again.
  if (
    /^(builder|buildx) prune( |$)/.test(words) &&
    !read.has("-a", "--all") &&
    !call.args.some((arg) => /^-\w*a|^--all/.test(arg.text))
  )
    return say(call, "build", words);
  if (/^(push|image push|login|logout|manifest push)( |$)/.test(words))
    return say(call, /log(in|out)/.test(words) ? "write-startup" : "publish", words);
  const pushes = call.args.some((arg) => /^--push(=true)?$|type=registry|push=true/.test(arg.text));
  if (BUILDS.test(words)) return say(call, pushes ? "publish" : "build", words);
  if (/^(kill|container kill)( |$)/.test(words)) return say(call, "process-kill", words);
  return say(call, "infra-change", words);
}

function say(call: Call, deed: Parameters<Call["report"]>[0], words: string): Stream {
  call.report(deed, `${call.name} ${words}`.trim());
  return UNKNOWN;
}

function compose(call: Call, args: readonly Field[]): Stream {
  const read = readOptions(args, {
    leading: true,
    valued: [
      "-f",
      "--file",
      "-p",
      "--project-name",
      "--profile",
      "--env-file",
      "--project-directory",
    ],
  });
  const [verb, ...rest] = read.operands;
  const name = verb?.text ?? "";
  if (name === "exec" || name === "run") return execIn(call, rest);
  if (name === "push") return say(call, "publish", "compose push");
  if (name === "kill") return say(call, "process-kill", "compose kill");
  const volumes =
    (name === "down" && rest.some((arg) => /^(-\w*v\w*|--volumes|--rmi.*)$/.test(arg.text))) ||
    (name === "rm" && rest.some((arg) => /^-\w*v|^--volumes/.test(arg.text)));
  if (volumes) return say(call, "infra-change", "compose down with its volumes");
  return say(
    call,
    /^(ps|logs|config|images|top|port|events|version|ls|convert|stats|)$/.test(name)
      ? "read"
      : "build",
    `compose ${name}`,
  );
}

function execIn(call: Call, args: readonly Field[]): Stream {
  const read = readOptions(args, {
    leading: true,
    valued: [
      "-u",
      "--user",
      "-w",
      "--workdir",
      "-e",
      "--env",
      "--env-file",
      "--detach-keys",
      "--index",
      "--entrypoint",
      "-v",
      "--volume",
      "-p",
      "--name",
    ],
  });
  const inner = read.operands.slice(1);
  call.report("shell-state", "runs inside a container");
  const scope = call.scope.fork();
  scope.cwd = "/";
  if (inner.length === 0) return UNKNOWN;
  const only = baseOf(wordAt(inner, 0));
  if (inner.length === 1 && /^(ba|z|da|a)?sh$/.test(only))
    return say(call, "build", "a shell inside a container");
  return call.run(inner, { via: `${call.name} exec`, scope });
}

/** `-v HOST:PLACE`: inside, PLACE is the host's folder. */
function run(call: Call, args: readonly Field[]): Stream {
  const read = readOptions(args, { leading: true, valued: RUN_VALUED });
  const mounts = [
    ...read.values("-v", "--volume").map(volume),
    ...read.values("--mount").map(mount),
  ].filter((one) => one !== undefined);
  call.report("build", "runs a container");
  judgeRights(call, read, mounts);
  const scope = call.scope.fork();
  for (const [from, to] of mounts) {
    const path = call.target(from).path || `/${HOLE}`;
    scope.made.links.set(to.replace(/\/+$/, "") || "/", path);
  }
  const folder = read.value("-w", "--workdir");
  scope.cwd = folder === undefined ? "/" : (scope.made.links.get(folder.text) ?? folder.text);
  const inner = read.operands.slice(1);
  const entry = read.value("--entrypoint");
  const argv = entry === undefined ? inner : [entry, ...inner];
  // With nothing of the host in it, what a container does to itself is its own business.
  const wide = read.has("--privileged") || /^host$/.test(read.value("--pid")?.text ?? "");
  if ((mounts.length > 0 || wide) && argv.length > 0)
    call.run(argv, { via: `${call.name} run`, scope });
  for (const [, to] of mounts) scope.made.links.delete(to.replace(/\/+$/, "") || "/");
  return UNKNOWN;
}

type Mount = readonly [from: Field, to: string];

function volume(of: Field): Mount | undefined {
  const [from, to] = of.text.split(":");
  if (from === undefined || to === undefined || !/^[~./\uF8FF]/.test(from)) return undefined;
  return [{ ...of, text: from }, to];
}

function mount(of: Field): Mount | undefined {
  const [, from] = /(?:^|,)(?:source|src)=([^,]+)/.exec(of.text) ?? [];
  const [, to] = /(?:^|,)(?:target|dst|destination)=([^,]+)/.exec(of.text) ?? [];
  return from === undefined || to === undefined ? undefined : [field(from), to];
}

function judgeRights(call: Call, read: Options, mounts: readonly Mount[]): void {
  const text = read.options.map((one) => `${one.name}=${one.value?.text ?? ""}`).join(" ");
  if (
    read.has("--privileged") ||
    /--(pid|ipc|userns|uts|net|network)=host|--cap-add=(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE)|unconfined|--device=\/dev\/(sd|nvme|mem|kmem|disk)/.test(
      text,
    )
  )
    call.report(
      /--net(work)?=host/.test(text) && !/privileged|--pid|--cap|unconfined|--device/.test(text)
        ? "build"
        : "privilege",
      "takes rights over the machine",
    );
  for (const [from] of mounts) {
    const to = call.target(from);
    if (/docker\.sock|containerd\.sock|podman\.sock/.test(from.text))
      call.report("privilege", "gives the container the machine's container engine");
    else if (to.path === "/" || to.area === "device")
      call.report("persistence", "gives the container the whole machine");
    else if (to.secret) call.report("read-secret", `gives the container ${to.path}`);
    else if (to.area === "system" && to.path !== "/etc/localtime" && to.path !== "/etc/timezone")
      call.report("privilege", `gives the container ${to.path}`);
  }
}
