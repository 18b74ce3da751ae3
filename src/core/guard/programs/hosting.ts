/** Clouds and hosts, as tables of their verbs. */
import type { Call } from "../call.ts";
import { cloud, deploy } from "./cloud-verbs.ts";
import type { VerbTool } from "./verbs.ts";

/** Clouds and hosts. */
export const HOSTING: Readonly<Record<string, VerbTool>> = {
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
};

/** A deployment carries what was put next to it. */
function deploysSecrets(call: Call): void {
  const held = [...call.scope.made.files].some(
    ([path, stream]) => stream.secret && path.startsWith(call.place.workspace),
  );
  if (held) call.report("send-secret", "deploys credentials");
}
