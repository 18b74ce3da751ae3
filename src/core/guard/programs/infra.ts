/** Clouds, clusters and deployment. Everything that is not known to look only is a change. */
import type { Call, Judge } from "../call.ts";
import { type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { aws } from "./aws.ts";
import { cloud } from "./cloud-verbs.ts";
import { CLUSTERS } from "./clusters.ts";
import { HOLDERS } from "./holders.ts";
import { HOSTING } from "./hosting.ts";
import { type VerbTool, verbTool } from "./verbs.ts";

/** Forges, monitoring and payment. */
const OTHERS: Readonly<Record<string, VerbTool>> = {
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
  ...Object.entries({ ...CLUSTERS, ...HOSTING, ...HOLDERS, ...OTHERS }).map(
    ([name, tool]): [string, Judge] => [name, verbTool(tool)],
  ),
  ["aws", aws],
  ["ansible", ansible],
]);

function githubApi(call: Call, read: ReturnType<typeof readOptions>, words: string): void {
  if (!words.startsWith("api")) return;
  const method = read.value("-X", "--method")?.text.toUpperCase() ?? "";
  const mutates = call.args.some((arg) => /^query=[^]*\bmutation\b/.test(arg.text));
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

export function ansible(call: Call): Stream {
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
