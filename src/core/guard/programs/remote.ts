/** Programs that work on another machine, or connect to one. */
import type { Call } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import { FROM_NET, field, type Stream, UNKNOWN, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { isLocal, isRemoteEnd, isSecretFile, ssay } from "./endpoints.ts";

const SSH_VALUED = "-b -c -D -e -E -F -i -I -J -l -L -m -o -O -p -P -Q -R -S -w -W -B".split(" ");

export function ssh(call: Call): Stream {
  const read = readOptions(call.args, { leading: true, valued: SSH_VALUED });
  for (const option of read.values("-o")) {
    const [, name = "", command = ""] = /^\s*(\w+)[= ](.*)$/s.exec(option.text) ?? [];
    if (/^(proxycommand|localcommand|knownhostscommand|matchexec)$/i.test(name))
      call.runText({ ...option, text: command }, { via: `ssh ${name}` });
    if (/^stricthostkeychecking$/i.test(name) && /^no$/i.test(command))
      call.report("remote-shell", "does not check the host");
  }
  if (read.has("-V", "-G", "-Q") && read.operands.length <= 1)
    return ssay(call, "read", "tells about itself");
  const host = read.operands[0]?.text ?? "another machine";
  call.report(call.stdin.secret ? "send-secret" : "remote-shell", `works on ${host}`);
  if (
    call.stdin.origin === "remote" &&
    /\b(ba|z|da|k)?sh\b|python|perl|ruby|node/.test(
      read.operands
        .slice(1)
        .map((one) => one.text)
        .join(" "),
    )
  )
    call.report("run-downloaded", "runs there what was fetched");
  const [, ...inner] = read.operands;
  if (inner.length === 0) return UNKNOWN;
  const text = inner.map((word) => word.text).join(" ");
  const scope = call.scope.fork();
  scope.cwd = undefined;
  if (/\brm\b|mkfs|dd\b/.test(text))
    call.runText(
      { ...field(text), secret: inner.some((word) => word.secret) },
      { via: "ssh", scope },
    );
  if (inner.some((word) => word.secret)) call.report("send-secret", "sends credentials away");
  return UNKNOWN;
}

export function scp(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-S", "-P", "-i", "-o", "-F", "-l", "-c", "-J", "-D"],
  });
  const program = read.value("-S");
  if (program !== undefined) {
    call.report("run-hook", "scp starts another program");
    call.runText(program, { via: "scp -S" });
  }
  const secret = read.operands.some((one) => !/^[^/]+:/.test(one.text) && isSecretFile(call, one));
  const ends = read.operands.map(({ text }) => text).join(" to ");
  call.report(secret ? "send-secret" : "remote-shell", `copies between machines: ${ends}`);
  const to = read.operands.at(-1);
  if (to !== undefined && !/^[^/]+:/.test(to.text)) tell(call, writing(call.target(to)));
  return UNKNOWN;
}

export function remote(call: Call): Stream {
  if (
    call.args.length === 1 &&
    /^(--?version|--?help|-V|version|status|ip|netcheck|ping)$/.test(wordAt(call.args, 0))
  )
    return ssay(call, "read", "tells about itself");
  if (call.name === "telnet" && isLocal(wordAt(call.args, 0)))
    return ssay(call, "network-read", "tries a port");
  const told = (call.stdin.text ?? "").split(/\s+/).filter((word) => /[./~]/.test(word));
  const secret =
    call.stdin.secret || [...call.args, ...told.map(field)].some((arg) => isSecretFile(call, arg));
  call.report(secret ? "send-secret" : "remote-shell", `${call.name} works on another machine`);
  return FROM_NET;
}

export function netcat(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-e", "-c", "--exec", "--sh-exec", "-p", "-w", "-s", "-q", "-x", "-X", "-i"],
  });
  for (const text of read.values("-e", "-c", "--exec", "--sh-exec")) {
    call.report("send-secret", "gives a shell to another machine");
    call.runText(text, { via: call.name });
  }
  const host = wordAt(read.operands, 0);
  if (call.stdin.secret && !isLocal(host))
    return ssay(call, "send-secret", "sends credentials away");
  if (read.has("-l", "--listen")) return ssay(call, "remote-shell", "listens for others");
  if (isLocal(host) || read.has("-z")) return ssay(call, "network-read", "tries a port");
  call.report("send-data", `${call.name} connects to another machine`);
  return FROM_NET;
}

export function socat(call: Call): Stream {
  const ends = call.args.filter((arg) => !arg.text.startsWith("-")).map((arg) => arg.text);
  const runs = ends.some((end) => /^(exec|system|shell):/i.test(end));
  const away = ends.some(
    (end) => /^(tcp|udp|openssl|ssl|socks)\w*:/i.test(end) && !isLocal(end.replace(/^\w+:/, "")),
  );
  const gives = ends.some((end) => {
    const [, file] = /^(?:file|open|gopen):([^,]+)/i.exec(end) ?? [];
    return file !== undefined && isSecretFile(call, field(file));
  });
  if (gives && away) return ssay(call, "send-secret", "sends credentials away");
  if (runs && away) return ssay(call, "send-secret", "gives a shell to another machine");
  for (const end of ends) {
    const [, command] = /^(?:exec|system|shell):["']?([^"',]+)/i.exec(end) ?? [];
    if (command !== undefined) call.runText(field(command), { via: "socat" });
  }
  return ssay(
    call,
    call.stdin.secret && away ? "send-secret" : away ? "send-data" : "remote-shell",
    "connects",
  );
}

export function rsync(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-e",
      "--rsh",
      "--rsync-path",
      "--exclude",
      "--include",
      "--filter",
      "-f",
      "--files-from",
      "--exclude-from",
      "--password-file",
      "--log-file",
      "--bwlimit",
      "--port",
      "--timeout",
      "-T",
      "--temp-dir",
      "--partial-dir",
      "--link-dest",
      "--chmod",
      "--chown",
    ],
  });
  for (const text of read.values("-e", "--rsh")) {
    if (/^ssh( -[\w ./~=@:-]+)*$/.test(text.text)) continue;
    call.report("run-hook", "rsync starts another program");
    call.runText(text, { via: "rsync -e" });
  }
  const to = read.operands.at(-1);
  const from = read.operands.slice(0, -1);
  if (read.has("-n", "--dry-run")) return ssay(call, "read", "only shows");
  if (to === undefined) return ssay(call, "read", "tells about itself");
  const away = isRemoteEnd(to);
  if (away || from.some(isRemoteEnd)) {
    const secret = away && from.some((one) => isSecretFile(call, one));
    call.report(secret ? "send-secret" : "remote-shell", "copies between machines");
  }
  if (!away) {
    const into = call.target(to);
    tell(call, writing(into));
    if (
      call.args.some(
        (arg) => /^--(del|delete)/.test(arg.text) || arg.text === "--remove-source-files",
      )
    )
      tell(call, deleting(into, { recursive: true }));
  }
  for (const one of from) if (!isRemoteEnd(one)) tell(call, reading(call.target(one)));
  return UNKNOWN;
}
