/** Programs that talk to other machines: what they fetch, what they send, what they run there. */
import type { Call, Judge } from "../call.ts";
import type { Stream } from "../field.ts";
import { readOptions } from "../options.ts";
import { isLocal, isSecretFile, ssay } from "./endpoints.ts";
import { curl, fetch, httpie, wget } from "./http.ts";
import { gpg, keys, openssl } from "./keys.ts";
import { netcat, remote, rsync, scp, socat, ssh } from "./remote.ts";

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

function settings(call: Call): Stream {
  const words = call.args.map((arg) => arg.text);
  const changes = words.some((word) =>
    /^(add|del|delete|set|change|replace|flush|up|down|append|mtu|netmask|modify|disconnect|connect|promisc)$/.test(
      word,
    ),
  );
  return ssay(call, changes ? "infra-change" : "read", "network settings");
}
