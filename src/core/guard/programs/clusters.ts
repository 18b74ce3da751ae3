/** Clusters, and infrastructure that is written down, as tables of their verbs. */
import { cloud } from "./cloud-verbs.ts";
import type { VerbTool } from "./verbs.ts";

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

/** Clusters, and infrastructure that is written down. */
export const CLUSTERS: Readonly<Record<string, VerbTool>> = {
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
  nomad: cloud({
    reads:
      /^(status|job (status|plan|validate|inspect|history)|node status|alloc (status|logs)|server members|version|fmt|plan|validate|inspect)/,
  }),
  consul: cloud({
    reads: /^(members|catalog|kv get|info|version|validate|operator raft list-peers|monitor)/,
  }),
};
