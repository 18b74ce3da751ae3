/** What the words of clouds' command lines have in common. */
import type { VerbTool } from "./verbs.ts";

const CLOUD_READS =
  /(^|[ -])(list|ls|describe|get|show|view|status|info|tail|wait|search|lookup|check|validate|estimate|preview|diff|logs|log|whoami|version|help|print-[a-z-]+|what-if|read|list-[a-z-]+|describe-[a-z-]+|get-[a-z-]+|batch-get-[a-z-]+|filter-log-events|head-[a-z-]+|query|scan|read|explain|test-[a-z-]+|simulate-[a-z-]+|current|regions|locations)( |$)/;

/** Where one of these comes before any word that looks, what follows is a name or an option's value. */
const CLOUD_CHANGES =
  /^([\w-]+:)?(ssh|scp|sftp|exec|console|execute|delete|destroy|rm|remove|create|update|apply|restart|stop|start|terminate|reset|set|add|put|import|scale|resize|purge|drop|revoke|grant|attach|detach|enable|disable|rollback|promote)$/;

export const CLOUD_SECRETS =
  /(secret-value|secretsmanager get|get-parameters?( |$)|ssm get|get-login|get-session-token|assume-role|secrets? versions access|secret (show|get|download|reveal|read|list-values)|keyvault secret|print-access-token|print-identity-token|get-access-token|account keys|keys list|get-credentials|list-keys|config list-secrets|auth token|tokens? (create|show)|kv get|credentials|env pull|secrets? pull|decrypt)/;

export const cloud = (extra: Partial<VerbTool> = {}): VerbTool => ({
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

export const deploy = (reads: RegExp, builds?: RegExp): VerbTool =>
  cloud({
    reads: new RegExp(`${reads.source}|${CLOUD_READS.source}`),
    ...(builds === undefined ? {} : { builds }),
  });
