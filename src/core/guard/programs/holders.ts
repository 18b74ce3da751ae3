/** Stores of credentials, configuration of machines, and storage, as tables of their verbs. */
import { cloud } from "./cloud-verbs.ts";
import type { VerbTool } from "./verbs.ts";

/** Stores of credentials, configuration of machines, and storage. */
export const HOLDERS: Readonly<Record<string, VerbTool>> = {
  vault: cloud({
    reads:
      /^(status|version|policy (list|read)|auth list|secrets list|audit list|path-help|token lookup)/,
    secrets: /^(read|kv get|token create|unwrap|login|list|kv list)/,
  }),
  sops: { secrets: /^(-d|--decrypt|decrypt|exec-env)/, deed: "read-secret" },
  age: {
    deed: "write",
    also: (call, read) => {
      if (read.has("-d", "--decrypt")) call.report("read-secret", "decrypts a file");
    },
  },
  op: { deed: "read-secret", reads: /^(--version|whoami|vault list|account list)/ },
  bw: { deed: "read-secret", reads: /^(status|--version|lock|sync)/ },
  pass: { deed: "read-secret", reads: /^(ls|version|help|git log)?$/ },
  gopass: { deed: "read-secret", reads: /^(ls|version|help)?$/ },
  lpass: { deed: "read-secret", reads: /^(ls|status)/ },
  doppler: {
    deed: "read-secret",
    reads: /^(me|projects|configs|--version|environments)/,
    builds: /^(setup|login)/,
  },
  infisical: { deed: "read-secret", reads: /^(--version|init)/ },
  chamber: { deed: "read-secret", reads: /^(list|services|version)/ },
  "ansible-playbook": {
    valued: ["-i", "-e", "-l", "-t", "--tags", "--limit", "--extra-vars", "--inventory"],
    dry: ["--check", "-C", "--syntax-check", "--list-hosts", "--list-tasks"],
    deed: "infra-change",
  },
  ansible: { dry: ["--list-hosts", "--check"], deed: "infra-change" },
  "ansible-vault": { reads: /^encrypt_string/, secrets: /^(view|decrypt|edit)/, deed: "write" },
  "ansible-galaxy": { reads: /^(list|info|search|collection list)/, deed: "build" },
  "ansible-inventory": { deed: "read" },
  "ansible-lint": { deed: "read" },
  "ansible-doc": { deed: "read" },
  "ansible-config": { deed: "read" },
  salt: { deed: "infra-change" },
  "salt-call": { deed: "infra-change" },
  "salt-ssh": { deed: "infra-change" },
  puppet: {
    reads: /^(parser validate|lookup|facts|help|--version|module list)/,
    dry: ["--noop"],
    deed: "infra-change",
  },
  knife: cloud(),
  "chef-client": { dry: ["-W", "--why-run"], deed: "infra-change" },
  chef: { builds: /^(generate|exec|install)/, deed: "infra-change" },
  nixops: cloud(),
  rclone: cloud({
    reads:
      /^(ls\w*|size|check|cat|about|version|config show|listremotes|md5sum|sha1sum|tree|ncdu)( |$)/,
    others: [[/^(copy|sync|move|copyto|moveto|rcat|bisync)( |$)/, "send-data"]],
  }),
  mc: cloud({
    reads: /^(ls|cat|stat|du|diff|head|tree|find)( |$)/,
    others: [[/^(cp|mirror|mv|pipe)( |$)/, "send-data"]],
  }),
  s3cmd: cloud({
    reads: /^(ls|la|info|du)( |$)/,
    others: [[/^(put|sync|cp|mv)( |$)/, "send-data"]],
  }),
  restic: cloud({
    reads: /^(snapshots|ls|stats|check|diff|find|version|cat)( |$)/,
    builds: /^(backup|init)/,
  }),
  borg: cloud({ reads: /^(list|info|check|diff)( |$)/, builds: /^(create|init)/ }),
};
