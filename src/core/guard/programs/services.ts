/** Tools of data, devices, sites and other version controls, as tables of their verbs. */
import type { Judge } from "../call.ts";
import { type VerbTool, verbTool } from "./verbs.ts";

/** Migrations go forward freely; what goes back, empties or forces loses data. */
const MIGRATIONS: VerbTool = {
  reads: /^(\S+ )?(status|list|info|version|validate|check|diff|lint|show|help)( |$)/,
  others: [
    [
      /(^|[ :-])(down|drop|reset|revert|redo|rollback|undo|force|fresh|refresh|wipe|clean|push|goto|truncate|purge|baseline|repair)([ :-]|$)/,
      "database-change",
    ],
    [/^(schema|database) (apply|delete)/, "database-change"],
  ],
  deed: "build",
};

/** Models, runs and data sets: worked on here, given away by `push` and `upload`. */
const DATA_TOOL: VerbTool = {
  reads: /^(\S+ )?(list|ls|show|get|describe|status|diff|search|view|info|log|logs|whoami)( |$)/,
  others: [
    [/(^| )(push|upload|publish|deploy|submit|create)( |$)/, "send-data"],
    [/(^| )(delete|rm|remove|destroy|drop|gc|prune|cancel|kill|stop)( |$)/, "infra-change"],
    [/(^| )(login|logout)( |$)/, "write-startup"],
  ],
  deed: "build",
};

const MESSAGES: VerbTool = {
  reads: /^/,
  deed: "read",
};

const SITE: VerbTool = {
  reads:
    /^(\S+ )*?(list|ls|get|status|info|show|version|search|check|verify-checksums|describe|path|is-installed|routes?|pm:list|st|watchdog:show|config:get)( |$)/,
  secrets: /^config (get|list)|^db (cli|export)/,
  builds:
    /^(scaffold|i18n|make|new|generate|serve|server|cache|cr|cache:rebuild|dump-autoload|rewrite flush|language)( |:|$)/,
  deed: "database-change",
};

const TOOLS: Readonly<Record<string, VerbTool>> = {
  ...Object.fromEntries(
    "goose migrate golang-migrate sqlx diesel tern skeema atlas sqitch sea-orm-cli db-migrate migrate-mongo node-pg-migrate umzug mikro-orm phinx doctrine yoyo aerich piccolo refinery"
      .split(" ")
      .map((name): [string, VerbTool] => [name, MIGRATIONS]),
  ),
  ...Object.fromEntries(
    "mlflow wandb dvc dbt airflow prefect kaggle huggingface-cli hf ollama clearml zenml kedro modal comet neptune aim bentoml"
      .split(" ")
      .map((name): [string, VerbTool] => [name, DATA_TOOL]),
  ),
  "kafka-console-consumer": MESSAGES,
  "kafka-console-consumer.sh": MESSAGES,
  "kafka-consumer-groups": { dry: ["--describe", "--list"], deed: "database-change" },
  "kafka-console-producer": { deed: "send-data" },
  mosquitto_sub: MESSAGES,
  mosquitto_pub: { deed: "send-data" },
  kcat: { dry: ["-L", "-C", "-Q"], deed: "send-data" },
  kafkacat: { dry: ["-L", "-C", "-Q"], deed: "send-data" },
  wp: SITE,
  drush: SITE,
  drupal: SITE,
  magento: SITE,
  "bin/magento": SITE,
  craft: SITE,
  symfony: {
    reads: /^(check|local:|server:(status|log|list)|security:check|book|var:export|version)/,
    others: [[/deploy|environment:(delete|push)|^cloud/, "infra-change"]],
    deed: "build",
  },
  adb: {
    valued: ["-s", "-H", "-P", "-L", "-t"],
    reads:
      /^(devices|logcat|get-state|get-serialno|version|bugreport|jdwp|wait-for-\S+|start-server|shell (ls|cat|ps|dumpsys|getprop|pm list|logcat|df|top|screencap|wm size|settings get)|pull)( |$)/,
    builds: /^(forward|reverse|connect|disconnect|tcpip|usb|kill-server|pair)( |$)/,
    deed: "infra-change",
  },
  fastboot: { reads: /^(devices|getvar)( |$)/, deed: "disk-destroy" },
  xcrun: {
    valued: ["--sdk", "-sdk"],
    reads: /^(simctl list|--find|--show-\S+|xctrace list|devicectl list)( |$)/,
    others: [
      [/^(altool|notarytool|iTMSTransporter|stapler)/, "publish"],
      [/^simctl (erase|delete)/, "infra-change"],
    ],
    deed: "build",
  },
  "android-sdk": { deed: "system-packages" },
  sdkmanager: { dry: ["--list", "--list_installed", "--version"], deed: "system-packages" },
  avdmanager: { reads: /^list/, deed: "build" },
  multipass: {
    reads: /^(list|info|version|find|networks|aliases)( |$)/,
    deed: "infra-change",
  },
  colima: {
    reads: /^(status|list|version)( |$)/,
    builds: /^(start|stop|restart)( |$)/,
    deed: "infra-change",
  },
  lima: { deed: "build" },
  limactl: {
    reads: /^(list|ls|info|validate)( |$)/,
    builds: /^(start|stop|shell|copy)( |$)/,
    deed: "infra-change",
  },
  hg: {
    valued: ["-R", "--repository", "--cwd", "--config"],
    reads:
      /^(status|st|log|diff|annotate|blame|cat|files|heads|id|identify|incoming|outgoing|parents|paths|root|showconfig|summary|sum|tags|tip|branches|bookmarks|grep|manifest|verify|version|glog|in|out)( |$)/,
    others: [
      [/^push( |$)/, "git-push"],
      [/^(revert|strip|purge|histedit|rollback|prune|uncommit|backout)( |$)/, "git-discard"],
      [/^(update|up|checkout|co)( |$)/, "git-local"],
    ],
    deed: "git-local",
    also: (call, read, words) => {
      if (/^(update|up|checkout|co)( |$)/.test(words) && read.has("-C", "--clean"))
        call.report("git-discard", "throws changes away");
    },
  },
  jj: {
    reads:
      /^(st|status|log|diff|show|op log|file (list|show)|evolog|help|root|config (list|get))( |$)/,
    others: [
      [/^git push/, "git-push"],
      [/^(abandon|restore|op (restore|abandon)|undo)( |$)/, "git-discard"],
    ],
    deed: "git-local",
  },
  sl: {
    others: [
      [/^push/, "git-push"],
      [/^(revert|hide|purge|clean)/, "git-discard"],
    ],
    deed: "git-local",
  },
  svn: {
    reads:
      /^(status|st|stat|log|diff|di|info|list|ls|blame|praise|cat|propget|proplist|help|export)( |$)/,
    others: [
      [/^(commit|ci|import|copy|cp|mkdir)( |$)/, "git-push"],
      [/^(revert|cleanup|rm|remove|delete|del)( |$)/, "git-discard"],
    ],
    deed: "git-local",
  },
  fossil: {
    reads: /^(status|timeline|diff|info|ls|finfo|cat|branch list)( |$)/,
    others: [
      [/^(push|sync)/, "git-push"],
      [/^(revert|undo|clean|purge)/, "git-discard"],
    ],
    deed: "git-local",
  },
  code: {
    others: [],
    deed: "build",
    also: (call, read) => {
      if (read.has("--install-extension", "--uninstall-extension"))
        call.report("system-packages", "changes the editor's extensions");
    },
  },
  "aws-sso": { deed: "read-secret" },
  envchain: { deed: "read-secret" },
  saml2aws: { deed: "read-secret" },
  oathtool: { deed: "read-secret" },
  ykman: { reads: /^(list|info)/, deed: "read-secret" },
  keytool: { dry: ["-list", "-printcert", "-help"], oneDash: true, deed: "read-secret" },
  "git-crypt": { reads: /^(status|version|help)/, deed: "read-secret" },
  "git-lfs": { others: [[/^push/, "git-push"]], deed: "git-local" },
  "git-absorb": { deed: "git-local" },
  xdotool: { deed: "run-unresolved" },
  sshuttle: { deed: "remote-shell" },
  pssh: { deed: "remote-shell" },
  tsh: { reads: /^(ls|status|clusters|version)/, deed: "remote-shell" },
  tcpdump: { deed: "privilege" },
  conan: {
    others: [
      [/^(upload|remove)/, "publish"],
      [/^(remote|config|profile)/, "write-startup"],
    ],
    deed: "build",
  },
  vcpkg: { others: [[/^(integrate|remove)/, "system-packages"]], deed: "build" },
  mint: { deed: "build" },
  localstack: { deed: "build" },
  tfswitch: { deed: "system-packages" },
  ghcup: { reads: /^(list|whereis)/, deed: "system-packages" },
  juliaup: { reads: /^(status|list)/, deed: "system-packages" },
  topgrade: { dry: ["--dry-run", "-n"], deed: "system-packages" },
  tlmgr: { reads: /^(info|search|list|show)/, deed: "system-packages" },
  pecl: { reads: /^(list|search|info|version)/, deed: "system-packages" },
  pear: { reads: /^(list|search|info|version)/, deed: "system-packages" },
  "nixos-rebuild": { reads: /^(build|dry-build|dry-activate)/, deed: "system-packages" },
  "nix-collect-garbage": { deed: "system-packages" },
  "nix-env": { dry: ["-q", "--query", "-qa"], deed: "system-packages" },
  "nix-store": { dry: ["-q", "--query"], deed: "system-packages" },
  sbatch: { deed: "infra-change" },
  scancel: { deed: "process-kill" },
};

export const services = new Map<string, Judge>(
  Object.entries(TOOLS).map(([name, tool]): [string, Judge] => [name, verbTool(tool)]),
);
