/** Programs that talk to other machines: what they fetch, what they send, what they run there. */
import type { Call, Judge } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import { type Field, FROM_NET, field, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";

export const network = new Map<string, Judge>([
  ["curl", curl],
  ["curlie", curl],
  ["wget", wget],
  ["wget2", wget],
  ["aria2c", wget],
  ["fetch", fetch],
  ["axel", wget],
  ["http", httpie],
  ["https", httpie],
  ["xh", httpie],
  ["httpie", httpie],
  ["ssh", ssh],
  ["autossh", ssh],
  ["mosh", ssh],
  [
    "sshpass",
    (call) =>
      call.run(readOptions(call.args, { leading: true, valued: ["-p", "-f", "-P"] }).operands, {
        via: "sshpass",
      }),
  ],
  ["scp", scp],
  ["sftp", remote],
  ["ftp", remote],
  ["lftp", remote],
  ["telnet", remote],
  ["rlogin", remote],
  ["rsh", remote],
  ["tftp", remote],
  ["ssh-copy-id", remote],
  ["ngrok", remote],
  ["cloudflared", remote],
  ["localtunnel", remote],
  ["lt", remote],
  ["bore", remote],
  ["croc", remote],
  ["wormhole", remote],
  ["magic-wormhole", remote],
  ["transfer", remote],
  ["tailscale", remote],
  ["zerotier-cli", remote],
  ["openvpn", remote],
  ["wg-quick", remote],
  ["nc", netcat],
  ["ncat", netcat],
  ["netcat", netcat],
  ["socat", socat],
  ["websocat", netcat],
  ["openssl", openssl],
  ["dig", lookup],
  ["nslookup", lookup],
  ["host", lookup],
  ["drill", lookup],
  ["nmap", scan],
  ["masscan", scan],
  ["mail", mail],
  ["mailx", mail],
  ["mutt", mail],
  ["sendmail", mail],
  ["msmtp", mail],
  ["swaks", mail],
  ["rsync", rsync],
  ["ip", settings],
  ["ifconfig", settings],
  ["route", settings],
  ["arp", settings],
  ["nmcli", settings],
  ["iwconfig", settings],
  ["gpg", gpg],
  ["gpg2", gpg],
  ["ssh-keygen", keys],
  [
    "ssh-add",
    (call) =>
      ssay(
        call,
        call.args.some((arg) => /^-[lL]$/.test(arg.text)) ? "read" : "read-secret",
        "uses keys",
      ),
  ],
  ["security", (call) => ssay(call, "read-secret", "asks the key chain")],
  ["secret-tool", (call) => ssay(call, "read-secret", "asks the key ring")],
  ["keyctl", (call) => ssay(call, "read-secret", "asks the key ring")],
]);

function ssay(call: Call, deed: Parameters<Call["report"]>[0], note: string): Stream {
  call.report(deed, `${call.name} ${note}`);
  return UNKNOWN;
}

function isLocal(url: string): boolean {
  return (
    /^(https?:\/\/|wss?:\/\/)?(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|[\w-]+\.(localhost|local|test))([:/?]|$)/i.test(
      url,
    ) || /^:\d+/.test(url)
  );
}

const CURL_VALUED =
  "-o --output -d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string -T --upload-file -H --header -X --request -u --user -A --user-agent -b --cookie -c --cookie-jar -e --referer -K --config -x --proxy -m --max-time --connect-timeout --retry --retry-delay -w --write-out -E --cert --key --cacert --capath -r --range -D --dump-header -y -Y --resolve --interface --limit-rate -C -z --output-dir --url -Q --quote --unix-socket --abstract-unix-socket --netrc-file --oauth2-bearer --trace --trace-ascii --stderr --proto --tls-max --ciphers".split(
    " ",
  );

function curl(call: Call): Stream {
  const read = readOptions(call.args, { valued: CURL_VALUED });
  const urls = [...read.operands, ...read.values("--url")];
  const local =
    urls.length > 0 && urls.every((url) => isLocal(url.text) || url.text.startsWith("file:"));
  for (const file of read.values("-o", "--output")) fetched(call, file, local);
  if (read.has("-O", "--remote-name"))
    for (const url of urls) fetched(call, field(url.text.split("/").at(-1) ?? "x"), local);
  for (const file of read.values(
    "-c",
    "--cookie-jar",
    "-D",
    "--dump-header",
    "--trace",
    "--trace-ascii",
    "--stderr",
  ))
    if (file.text !== "-") tell(call, writing(call.target(file)));
  for (const file of read.values("-K", "--config")) config(call, file);
  const bodies = read.values(
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--data-ascii",
    "--json",
    "-F",
    "--form",
  );
  const files = read.values("-T", "--upload-file");
  const method = read.value("-X", "--request")?.text.toUpperCase() ?? "";
  const secret =
    [
      ...bodies,
      ...urls,
      ...read.values("-H", "--header", "-b", "--cookie", "-u", "--user", "-A", "-e"),
    ].some((one) => one.secret) ||
    [...bodies.map(fileOf), ...files].some((one) => isSecretFile(call, one));
  // With `-G` they are the address's own query.
  const asks = read.has("-G", "--get");
  const sends =
    (bodies.length > 0 && !asks) || files.length > 0 || /^(PUT|DELETE|PATCH|POST)$/.test(method);
  if (urls.some((url) => url.text.startsWith("file:")))
    for (const url of urls)
      tell(call, reading(call.target({ ...url, text: url.text.replace(/^file:(\/\/)?/, "") })));
  if ([...bodies, ...urls].some((one) => one.credential) && !local)
    call.report("read-secret", "puts a credential into what it sends");
  if (secret && !local) call.report("send-secret", "sends credentials away");
  else if (sends && !local)
    call.report("send-data", `sends data to ${urls[0]?.text ?? "another machine"}`);
  else call.report("network-read", `fetches ${urls[0]?.text ?? ""}`);
  if (read.value("--unix-socket")?.text.includes("conductor") === true)
    call.report("guard-tamper", "talks to the guard");
  return local ? UNKNOWN : { ...FROM_NET, secret: false };
}

function fileOf(of: Field): Field {
  const [, file] = /(?:^|=)[@<]([^;]+)/.exec(of.text) ?? [];
  return { ...of, text: file ?? "" };
}

function isSecretFile(call: Call, file: Field): boolean {
  if (file.text === "") return false;
  if (file.text === "-" || file.text === ".") return call.stdin.secret;
  return (
    file.stream?.secret === true ||
    call.target(file).secret ||
    call.scope.made.files.get(call.target(file).path)?.secret === true
  );
}

function fetched(call: Call, file: Field, local: boolean): void {
  const to = call.target(file);
  tell(call, writing(to));
  if (to.path !== "" && !local) call.scope.made.files.set(to.path, FROM_NET);
}

/** A configuration of curl can name any file to write. */
function config(call: Call, file: Field): void {
  const text = file.stream?.text ?? (file.text === "-" ? call.stdin.text : undefined);
  if (text === undefined) {
    call.report("run-hook", "curl reads its options from a file");
    return;
  }
  for (const [, name] of text.matchAll(/^\s*-{0,2}(?:output|o)\s*[= ]\s*"?([^"\n]+)"?/gm))
    if (name !== undefined) tell(call, writing(call.target(field(name))));
}

function wget(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-O",
      "--output-document",
      "-o",
      "--output-file",
      "-P",
      "--directory-prefix",
      "--post-data",
      "--post-file",
      "--body-data",
      "--body-file",
      "--method",
      "--header",
      "-e",
      "--execute",
      "--use-askpass",
      "-i",
      "-t",
      "-T",
      "-U",
      "--user-agent",
      "-a",
      "-d",
      "-x",
    ],
  });
  const urls = read.operands;
  const local = urls.length > 0 && urls.every((url) => isLocal(url.text));
  const out = read.value("-O", "--output-document");
  const askpass = read.value("--use-askpass");
  if (askpass !== undefined) call.runText(askpass, { via: "wget" });
  if (out !== undefined && out.text !== "-") fetched(call, out, local);
  const folder = read.value("-P", "--directory-prefix");
  for (const url of out === undefined ? urls : [])
    fetched(
      call,
      field(
        `${folder === undefined ? "" : `${folder.text}/`}${url.text.split("/").at(-1) || "index.html"}`,
      ),
      local,
    );
  const bodies = read.values("--post-data", "--body-data");
  const files = read.values("--post-file", "--body-file");
  const secret =
    [...bodies, ...urls, ...read.values("--header")].some((one) => one.secret) ||
    files.some((file) => isSecretFile(call, file));
  if ([...bodies, ...urls].some((one) => one.credential) && !local)
    call.report("read-secret", "puts a credential into what it sends");
  if (secret && !local) call.report("send-secret", "sends credentials away");
  else if ((bodies.length > 0 || files.length > 0 || changesBy(read.value("--method"))) && !local)
    call.report("send-data", "sends data");
  else call.report("network-read", `fetches ${urls[0]?.text ?? ""}`);
  const stdout = out?.text === "-" || call.args.some((arg) => /^-[a-zA-Z]*O-$/.test(arg.text));
  return stdout && !local ? FROM_NET : UNKNOWN;
}

function changesBy(method: Field | undefined): boolean {
  return method !== undefined && !/^(GET|HEAD|OPTIONS)$/i.test(method.text);
}

/** FreeBSD's. */
function fetch(call: Call): Stream {
  const out = readOptions(call.args, { valued: ["-o", "-T", "-w"] }).value("-o");
  if (out !== undefined && out.text !== "-") fetched(call, out, false);
  call.report("network-read", "fetches");
  return out?.text === "-" ? FROM_NET : UNKNOWN;
}

function httpie(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-o", "--output", "-a", "--auth", "--session"] });
  const [first, second] = read.operands;
  const method = /^[A-Z]+$/.test(first?.text ?? "") ? first?.text : undefined;
  const url = method === undefined ? first : second;
  const local = url !== undefined && isLocal(url.text);
  const sends =
    (method !== undefined && !/^(GET|HEAD|OPTIONS)$/.test(method)) ||
    (method === undefined && read.operands.slice(1).some((one) => /[^=!]=|:=|@/.test(one.text)));
  const secret =
    read.operands.some((one) => one.secret) ||
    call.stdin.secret ||
    read.operands.some((one) =>
      isSecretFile(call, fileOf({ ...one, text: one.text.replace(/^[^@]*@/, "@") })),
    );
  if (secret && !local) call.report("send-secret", "sends credentials away");
  else call.report(sends && !local ? "send-data" : "network-read", `asks ${url?.text ?? ""}`);
  return local ? UNKNOWN : FROM_NET;
}

const SSH_VALUED = "-b -c -D -e -E -F -i -I -J -l -L -m -o -O -p -P -Q -R -S -w -W -B".split(" ");

function ssh(call: Call): Stream {
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

function scp(call: Call): Stream {
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

function remote(call: Call): Stream {
  if (
    call.args.length === 1 &&
    /^(--?version|--?help|-V|version|status|ip|netcheck|ping)$/.test(call.args[0]?.text ?? "")
  )
    return ssay(call, "read", "tells about itself");
  if (call.name === "telnet" && isLocal(call.args[0]?.text ?? ""))
    return ssay(call, "network-read", "tries a port");
  const told = (call.stdin.text ?? "").split(/\s+/).filter((word) => /[./~]/.test(word));
  const secret =
    call.stdin.secret || [...call.args, ...told.map(field)].some((arg) => isSecretFile(call, arg));
  call.report(secret ? "send-secret" : "remote-shell", `${call.name} works on another machine`);
  return FROM_NET;
}

function netcat(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-e", "-c", "--exec", "--sh-exec", "-p", "-w", "-s", "-q", "-x", "-X", "-i"],
  });
  for (const text of read.values("-e", "-c", "--exec", "--sh-exec")) {
    call.report("send-secret", "gives a shell to another machine");
    call.runText(text, { via: call.name });
  }
  const host = read.operands[0]?.text ?? "";
  if (call.stdin.secret && !isLocal(host))
    return ssay(call, "send-secret", "sends credentials away");
  if (read.has("-l", "--listen")) return ssay(call, "remote-shell", "listens for others");
  if (isLocal(host) || read.has("-z")) return ssay(call, "network-read", "tries a port");
  call.report("send-data", `${call.name} connects to another machine`);
  return FROM_NET;
}

function socat(call: Call): Stream {
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

function openssl(call: Call): Stream {
  const verb = call.args[0]?.text ?? "";
  if (verb === "s_client")
    return ssay(
      call,
      call.stdin.secret
        ? "send-secret"
        : call.stdin.origin === "none"
          ? "network-read"
          : "network-read",
      "connects",
    );
  for (const [at, arg] of call.args.entries()) {
    const next = call.args[at + 1];
    if (next === undefined) continue;
    if (/^-(in|inkey|key)$/.test(arg.text)) tell(call, reading(call.target(next)));
    if (/^-(out|keyout)$/.test(arg.text))
      tell(call, { ...writing({ ...call.target(next), secret: false }) });
  }
  call.report("read", `openssl ${verb}`);
  const decodes = verb === "enc" || verb === "base64";
  return {
    origin: decodes && call.stdin.origin !== "none" ? call.stdin.origin : "file",
    secret: call.stdin.secret,
  };
}

function lookup(call: Call): Stream {
  if (call.args.some((arg) => arg.secret || arg.credential))
    return ssay(call, "send-secret", "sends credentials in a name");
  return ssay(call, "network-read", "asks for a name");
}

function scan(call: Call): Stream {
  const scripts = call.args.some((arg) => arg.text.startsWith("--script"));
  const local = call.args.some((arg) => isLocal(arg.text));
  if (scripts) call.report("run-hook", "runs scan scripts");
  return ssay(call, local && !scripts ? "network-read" : "send-data", "scans a network");
}

function mail(call: Call): Stream {
  return ssay(
    call,
    call.stdin.secret || call.args.some((arg) => isSecretFile(call, arg))
      ? "send-secret"
      : "send-data",
    "sends mail",
  );
}

function rsync(call: Call): Stream {
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

function isRemoteEnd(of: Field): boolean {
  return /^[^/\s]+:(?!\/\/\/)|^rsync:/.test(of.text) && isKnown(of);
}

const SHOWS =
  /^(a|addr|address|link|l|route|r|neigh|n|rule|maddr|netns|-\w+|show|list|ls|connection|device|general|get|status|)$/;

function settings(call: Call): Stream {
  const words = call.args.map((arg) => arg.text);
  const changes = words.some((word) =>
    /^(add|del|delete|set|change|replace|flush|up|down|append|mtu|netmask|modify|disconnect|connect|promisc)$/.test(
      word,
    ),
  );
  return ssay(
    call,
    changes ? "infra-change" : words.every((word) => SHOWS.test(word) || true) ? "read" : "read",
    "network settings",
  );
}

function gpg(call: Call): Stream {
  const words = call.args.map((arg) => arg.text).join(" ");
  if (/--export-secret|--delete-secret|--delete-key|-d\b|--decrypt/.test(words))
    return ssay(call, "read-secret", "uses secret keys");
  if (/--send-keys|--keyserver.*--send/.test(words)) return ssay(call, "send-data", "sends keys");
  return ssay(call, "build", "signs or checks");
}

function keys(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-f", "-t", "-b", "-C", "-N", "-P", "-R", "-F", "-O", "-I", "-n", "-s"],
  });
  if (read.has("-l", "-F", "-B")) return ssay(call, "read", "shows a key");
  const file = read.value("-f");
  if (file !== undefined) {
    const to = call.target(file);
    if (to.area === "scratch" || to.area === "regenerable" || to.area === "workspace")
      return ssay(call, "write", "makes a key");
  }
  return ssay(call, "read-secret", "makes or changes keys");
}
