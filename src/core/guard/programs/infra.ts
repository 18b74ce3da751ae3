/** Clouds, clusters and deployment. Everything that is not known to look only is a change. */
import type { Call, Judge } from "../call.ts";
import { writing } from "../deeds.ts";
import type { field } from "../field.ts";
import { isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { type VerbTool, verbTool } from "./verbs.ts";

const SHELL_ALONE = /^(\/(usr\/)?bin\/)?(ba|z|da|a)?sh( -[il]+)?$/;

const KUBERNETES: VerbTool = {
  valued: [
    "-n",
    "--namespace",
    "--context",
    "--kubeconfig",
    "-o",
    "--output",
    "-l",
    "--selector",
    "-f",
    "--filename",
    "-c",
    "--container",
    "--cluster",
    "--user",
    "-s",
    "--as",
    "--tail",
    "--since",
  ],
  secrets: /^get secrets?( |$|\/)|^config view.*raw/,
  reads:
    /^(get|describe|status|projects|logs|top|explain|diff|version|cluster-info|api-resources|api-versions|auth can-i|auth whoami|config (view|get-contexts|current-context|get-clusters)|rollout (status|history)|wait|events|kustomize|plugin list|port-forward|proxy|options)( |$)/,
  deed: "infra-change",
  dry: ["--dry-run"],
  also: (call, read, words) => {
    if (words.startsWith("config view") && read.has("--raw"))
      call.report("read-secret", "shows the cluster's credentials");
    if (!words.startsWith("exec")) return;
    const at = call.args.findIndex((arg) => arg.text === "--");
    const inner = at < 0 ? read.operands.slice(2) : call.args.slice(at + 1);
    const scope = call.scope.fork();
    scope.cwd = "/";
    if (inner.length > 0 && !SHELL_ALONE.test(inner.map((one) => one.text).join(" ")))
      call.run(inner, { via: `${call.name} exec`, scope });
    else call.report("infra-change", "a shell inside a container");
  },
  builds: /^exec( |$)/,
};
const TERRAFORM: VerbTool = {
  oneDash: true,
  secrets: /^state pull|^(output|console) .*(secret|passw|token|key|credential)/i,
  reads:
    /^(plan|validate|fmt|show|output|graph|providers( |$)|version|console|get|state (list|show|pull)|workspace (list|show)|test|metadata|modules)( |$)?/,
  builds: /^(init|workspace (new|select)|run-all (plan|validate|init))( |$)/,
  deed: "infra-change",
};
const HELM: VerbTool = {
  valued: ["-n", "--namespace", "-f", "--values", "--set", "--kube-context", "--version", "-o"],
  reads:
    /^(list|ls|get|show|inspect|status|history|hist|search|template|lint|diff|version|env|repo (list|ls)|dependency (list|ls)|dep list|verify|plugin list|test|unittest|schema)( |$)/,
  builds:
    /^(dependency (update|build)|dep (up|build)|package|create|pull|repo (add|update|index)|fetch)( |$)/,
  deed: "infra-change",
  dry: ["--dry-run"],
};
const CLOUD_READS =
  /(^|[ -])(list|ls|describe|get|show|view|status|info|tail|wait|search|lookup|check|validate|estimate|preview|diff|logs|log|whoami|version|help|print-[a-z-]+|what-if|read|list-[a-z-]+|describe-[a-z-]+|get-[a-z-]+|batch-get-[a-z-]+|filter-log-events|head-[a-z-]+|query|scan|read|explain|test-[a-z-]+|simulate-[a-z-]+|current|regions|locations)( |$)/;
/** Where one of these comes before any word that looks, what follows is a name or an option's value. */
const CLOUD_CHANGES =
  /^([\w-]+:)?(ssh|scp|sftp|exec|console|execute|delete|destroy|rm|remove|create|update|apply|restart|stop|start|terminate|reset|set|add|put|import|scale|resize|purge|drop|revoke|grant|attach|detach|enable|disable|rollback|promote)$/;
const CLOUD_SECRETS =
  /(secret-value|secretsmanager get|get-parameters?( |$)|ssm get|get-login|get-session-token|assume-role|secrets? versions access|secret (show|get|download|reveal|read|list-values)|keyvault secret|print-access-token|print-identity-token|get-access-token|account keys|keys list|get-credentials|list-keys|config list-secrets|auth token|tokens? (create|show)|kv get|credentials|env pull|secrets? pull|decrypt)/;

const cloud = (extra: Partial<VerbTool> = {}): VerbTool => ({
  valued: [
    "--profile",
    "--region",
    "--output",
    "--query",
    "--project",
    "--zone",
    "-g",
    "--resource-group",
    "-n",
    "--name",
    "-o",
    "--format",
    "--account",
    "--filter",
    "--since",
    "-a",
    "--app",
  ],
  secrets: CLOUD_SECRETS,
  reads: CLOUD_READS,
  changes: CLOUD_CHANGES,
  deed: "infra-change",
  dry: ["--dry-run", "--dryrun", "--check", "--no-execute-changeset"],
  ...extra,
});

const deploy = (reads: RegExp, builds?: RegExp): VerbTool =>
  cloud({
    reads: new RegExp(`${reads.source}|${CLOUD_READS.source}`),
    ...(builds === undefined ? {} : { builds }),
  });

const TOOLS: Readonly<Record<string, VerbTool>> = {
  kubectl: KUBERNETES,
  k: KUBERNETES,
  oc: KUBERNETES,
  microk8s: KUBERNETES,
  k9s: { reads: /^.*$/, deed: "read" },
  kubectx: { reads: /^$|^-c/, deed: "infra-change" },
  kubens: { reads: /^$|^-c/, deed: "infra-change" },
  kustomize: { reads: /^(build|version|cfg)/, deed: "write" },
  kubeval: { deed: "read" },
  kubeconform: { deed: "read" },
  stern: { deed: "read" },
  helm: HELM,
  helmfile: { ...HELM, reads: /^(list|diff|lint|template|status|build|deps|fetch|version)/ },
  minikube: {
    reads: /^(status|ip|logs|profile list|service list|version)/,
    builds: /^(start|stop|pause|unpause|addons list|dashboard|tunnel|image)/,
    deed: "infra-change",
  },
  kind: {
    reads: /^(get|version|export logs)/,
    builds: /^(create|load|build)/,
    deed: "infra-change",
  },
  k3d: {
    reads: /^(cluster list|node list|version)/,
    builds: /^(cluster (create|start|stop)|image)/,
    deed: "infra-change",
  },
  argocd: cloud({
    reads:
      /^(app (list|get|diff|history|logs|manifests|wait)|version|cluster list|repo list|proj list)/,
  }),
  flux: cloud({ reads: /^(get|check|logs|tree|diff|events|version|stats|trace)/ }),
  istioctl: cloud({ reads: /^(analyze|proxy-status|ps|version|validate|proxy-config|pc)/ }),
  eksctl: cloud(),
  kops: cloud({ reads: /^(get|validate|version|export)/ }),
  skaffold: {
    reads: /^(diagnose|render|version|config list|schema|inspect)/,
    builds: /^(build|test|init)/,
    deed: "infra-change",
  },
  tilt: { reads: /^(get|describe|logs|doctor|version)/, builds: /^(ci|up)/, deed: "infra-change" },
  terraform: TERRAFORM,
  tofu: TERRAFORM,
  terragrunt: TERRAFORM,
  tflint: { deed: "read" },
  tfsec: { deed: "read" },
  checkov: { deed: "read" },
  "terraform-docs": { deed: "write" },
  packer: {
    reads: /^(validate|inspect|fmt|version|console)/,
    builds: /^(init|plugins)/,
    deed: "infra-change",
  },
  vagrant: {
    reads: /^(status|global-status|validate|version|port|ssh-config|box list)/,
    deed: "infra-change",
  },
  pulumi: cloud({
    reads:
      /^(preview|stack( ls| output| history| graph|$)|config( get)?$|whoami|about|logs|version|plugin ls|refresh --preview-only)/,
    builds: /^(new|install|login|plugin install)/,
  }),
  cdk: cloud({
    reads: /^(ls|list|diff|synth|synthesize|doctor|metadata|notices|docs|context|version)( |$)/,
    builds: /^(init|acknowledge|ack)/,
  }),
  sst: cloud({ reads: /^(diff|version)/, builds: /^(dev|build|install)/ }),
  sam: cloud({
    reads: /^(validate|list|logs|traces|docs|version)/,
    builds: /^(build|local|init|package)/,
  }),
  serverless: cloud({
    reads: /^(info|print|logs|metrics|package|doctor|version)/,
    builds: /^(offline|package|invoke local|create)/,
  }),
  sls: cloud({
    reads: /^(info|print|logs|metrics|package|doctor|version)/,
    builds: /^(offline|package|invoke local|create)/,
  }),
  chalice: cloud({ builds: /^(local|package)/ }),
  copilot_: cloud(),
  eb: cloud({ reads: /^(status|list|health|logs|events|printenv)/ }),
  gcloud: cloud(),
  gsutil: cloud({
    reads: /^(-m )?(ls|cat|stat|du|hash|version|help|signurl|lifecycle get|iam get)( |$)/,
    others: [[/^(-m )?(cp|rsync|mv)( |$)/, "send-data"]],
  }),
  bq: cloud({
    reads: /^(ls|show|head|version)/,
    dry: ["--dry_run", "--dry-run"],
    others: [[/^query/, "database-change"]],
  }),
  az: cloud({ builds: /^bicep (build|lint|format|decompile)/ }),
  azd: cloud({ builds: /^(package|init|restore)/ }),
  func: cloud({ builds: /^(start|new|init|host start)/ }),
  doctl: cloud(),
  linode: cloud(),
  "linode-cli": cloud(),
  hcloud: cloud(),
  vultr: cloud(),
  "vultr-cli": cloud(),
  oci: cloud(),
  ibmcloud: cloud(),
  scw: cloud(),
  exo: cloud(),
  openstack: cloud(),
  heroku: cloud({
    reads: /^(apps|ps|logs|config|releases|status|info|addons|pg:info|domains)( |$)|:info|:list/,
    secrets: /^config( |$)|config:get/,
  }),
  fly: deploy(
    /^(status|logs|apps list|ips list|scale show|doctor|releases|checks|platform|version|config (show|validate))/,
  ),
  flyctl: deploy(
    /^(status|logs|apps list|ips list|scale show|doctor|releases|checks|platform|version|config (show|validate))/,
  ),
  railway: deploy(/^(status|logs|list|whoami|version)/, /^(run|dev|link|init)/),
  render: deploy(/^(services|logs|deploys list|whoami)/),
  vercel: cloud({
    reads:
      /^(ls|list|inspect|logs|whoami|teams ls|domains ls|env ls|projects ls|bisect|certs ls)( |$)/,
    builds: /^(dev|build|link|init)( |$)/,
    secrets: /^env pull/,
    bare: "infra-change",
    also: deploysSecrets,
  }),
  netlify: cloud({
    reads: /^(status|sites:list|functions:list|env:list|watch|api list|logs)/,
    builds: /^(dev|build|link|init|functions:(serve|invoke|create))( |$)/,
    also: deploysSecrets,
  }),
  wrangler: cloud({
    reads:
      /^(whoami|tail|deployments list|kv:?(namespace|key) list|d1 list|r2 bucket list|secret list|types|docs|version|versions list)/,
    builds: /^(dev|init|generate|types|pages dev|build)/,
    also: deploysSecrets,
  }),
  firebase: cloud({
    reads:
      /^(projects:list|apps:list|functions:log|functions:list|hosting:sites:list|login:list|target)/,
    builds: /^(emulators:\w+|serve|init|use)( |$)/,
    also: deploysSecrets,
  }),
  surge: { deed: "infra-change", also: deploysSecrets },
  now: { deed: "infra-change", also: deploysSecrets },
  amplify: cloud({ reads: /^(status|env list|diagnose)/, builds: /^(init|mock|codegen)/ }),
  supabase: cloud({
    reads: /^(status|projects list|functions list|db diff|db lint|migration list|inspect)/,
    builds: /^(start|stop|init|gen|functions (serve|new)|migration new|test)/,
  }),
  convex: cloud({ builds: /^(dev|codegen)/, reads: /^(logs|data|docs)/ }),
  kamal: cloud({
    reads: /^(details|config|audit|version|app (logs|details|version|images|containers))/,
    builds: /^(init|build dev)/,
  }),
  cap: cloud({ reads: /^-T/ }),
  dokku: cloud({ reads: /^(apps:list|logs|ps:report|config:show)/ }),
  cf: cloud({
    reads: /^(apps|app|services|service|logs|routes|target|env|events|buildpacks|spaces|orgs)( |$)/,
  }),
  nomad: cloud({
    reads:
      /^(status|job (status|plan|validate|inspect|history)|node status|alloc (status|logs)|server members|version|fmt|plan|validate|inspect)/,
  }),
  consul: cloud({
    reads: /^(members|catalog|kv get|info|version|validate|operator raft list-peers|monitor)/,
  }),
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
  newman: { deed: "network-read" },
  grafana: cloud(),
  datadog: cloud(),
  sentry: cloud(),
  "sentry-cli": cloud({ reads: /^(info|releases list|projects list|--version|login)/ }),
  stripe: cloud({
    reads: /^(listen|logs tail|status|version|get|config --list)( |$)|^\w+ (list|retrieve)/,
    builds: /^(trigger|login|samples)/,
  }),
  twilio: cloud(),
  "gitlab-ci-lint": { deed: "read" },
  act: { deed: "build" },
  circleci: {
    reads: /^(config (validate|process)|version|diagnostic)/,
    builds: /^local/,
    deed: "infra-change",
  },
  buildkite: cloud(),
  gh: {
    valued: [
      "-R",
      "--repo",
      "-b",
      "--body",
      "-t",
      "--title",
      "-F",
      "-f",
      "--json",
      "--jq",
      "-q",
      "-L",
      "-l",
      "-X",
      "--method",
      "-H",
      "--hostname",
    ],
    secrets: /^auth token/,
    reads:
      /^(pr (view|list|status|diff|checks|checkout)|issue (view|list|status)|repo (view|list|clone)|run (view|list|watch|download)|release (view|list|download)|workflow (view|list)|auth status|search|status|browse|gist (view|list|clone)|label list|secret list|variable (list|get)|cache list|extension (list|search|browse)|project (list|view)|config (get|list)|alias list|ruleset|api-docs|codespace list|org list|attestation verify|co|api)( |$)/,
    others: [
      [
        /^(secret|variable|ssh-key|gpg-key|repo (delete|edit|archive|rename|create|transfer|sync)|run (rerun|cancel|delete)|workflow (run|enable|disable)|codespace|ruleset|cache delete|auth (login|logout|refresh|setup-git))/,
        "infra-change",
      ],
      [/^gist create/, "send-data"],
      [/^(extension install|alias set)/, "run-hook"],
    ],
    deed: "publish",
    also: githubApi,
  },
  glab: {
    reads:
      /^(mr (view|list|diff|checkout|show)|issue (view|list|show)|repo (view|list|clone)|ci (view|list|status|trace|lint|get)|pipeline (list|status)|release (view|list)|auth status|variable (list|get)|search|label list|version)( |$)/,
    others: [
      [
        /^(variable|ci (run|trigger|delete|retry|cancel)|pipeline|repo (delete|create|transfer|archive)|ssh-key|schedule)/,
        "infra-change",
      ],
    ],
    deed: "publish",
  },
  tea: { reads: /^(issues|pulls|repos|releases)( (ls|list))?$/, deed: "publish" },
};

export const infra = new Map<string, Judge>([
  ...Object.entries(TOOLS).map(([name, tool]): [string, Judge] => [name, verbTool(tool)]),
  ["aws", aws],
  ["ansible", ansible],
]);

/** A deployment carries what was put next to it. */
function deploysSecrets(call: Call): void {
  const held = [...call.scope.made.files].some(
    ([path, stream]) => stream.secret && path.startsWith(call.place.workspace),
  );
  if (held) call.report("send-secret", "deploys credentials");
}

function githubApi(call: Call, read: ReturnType<typeof readOptions>, words: string): void {
  if (!words.startsWith("api")) return;
  const method = read.value("-X", "--method")?.text.toUpperCase() ?? "";
  const mutates = call.args.some((arg) => /^query=\s*mutation\b/.test(arg.text));
  const queries =
    words.startsWith("api graphql") &&
    call.args.some((arg) => /^query=\s*(query\b|\{)/.test(arg.text));
  if (queries && !mutates) {
    call.report("read", "GitHub's API");
    return;
  }
  const writes =
    (method !== "" && method !== "GET") ||
    (method === "" && read.has("-f", "-F", "--field", "--raw-field", "--input"));
  call.report(writes ? "infra-change" : "read", "GitHub's API");
}

const AWS_READS =
  /^\w[\w-]* (describe|list|get|batch-get|head|search|lookup|filter|query|scan|tail|test|simulate|estimate|preview|validate|view|select|detect|check|verify|ls|wait|help)(-[a-z0-9-]+)?( |$)|^(configure (list|get)|sts get-caller-identity|logs tail|help)/;

function aws(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "--profile",
      "--region",
      "--output",
      "--query",
      "--endpoint-url",
      "--since",
      "--filters",
      "--cli-input-json",
    ],
  });
  const words = read.operands
    .slice(0, 3)
    .map((one) => one.text)
    .join(" ");
  const dry = read.has(
    "--dryrun",
    "--dry-run",
    "--no-execute-changeset",
    "--generate-cli-skeleton",
  );
  const [service, verb, ...rest] = read.operands;
  if (service?.text === "s3" && /^(cp|mv|sync)$/.test(verb?.text ?? "")) return s3(call, rest, dry);
  if (
    CLOUD_SECRETS.test(words) ||
    /^sts (assume|get-session|get-federation)|^iam create-access-key|^configure get .*(secret|key|token)/.test(
      words,
    )
  )
    call.report(words.startsWith("iam create") ? "infra-change" : "read-secret", `aws ${words}`);
  else if (dry || AWS_READS.test(words) || read.has("help") || words === "")
    call.report("read", `aws ${words}`);
  else call.report("infra-change", `aws ${words}`);
  return UNKNOWN;
}

function s3(call: Call, ends: readonly ReturnType<typeof field>[], dry: boolean): Stream {
  const [from, to] = ends;
  if (from === undefined || to === undefined) return UNKNOWN;
  if (dry) call.report("read", "aws s3 only shows");
  else if (to.text.startsWith("s3:")) {
    const local = from.text.startsWith("s3:") ? undefined : call.target(from);
    const secret =
      local?.secret === true || from.secret || (call.stdin.secret && from.text === "-");
    call.report(secret ? "send-secret" : "send-data", `copies to ${to.text}`);
    if (/^(s3:)/.test(from.text) || call.args.some((arg) => arg.text === "--delete"))
      call.report("infra-change", "changes a bucket");
  } else {
    call.report("network-read", `copies from ${from.text}`);
    if (isKnown(to) && to.text !== "-") tell(call, writing(call.target(to)));
  }
  return UNKNOWN;
}

function ansible(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-m", "-a", "-i", "-e", "-u", "-l", "-f"] });
  if (read.has("--list-hosts", "--version", "--check")) call.report("read", "ansible looks only");
  else {
    const module = read.value("-m")?.text ?? "command";
    call.report(
      /^(ping|setup|debug|gather_facts)$/.test(module) ? "read" : "infra-change",
      `ansible -m ${module}`,
    );
  }
  return UNKNOWN;
}
