/** The command line of AWS. */
import type { Call } from "../call.ts";
import { writing } from "../deeds.ts";
import { type field, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { CLOUD_SECRETS } from "./cloud-verbs.ts";
import { tell } from "./deleters.ts";

const AWS_READS =
  /^\w[\w-]* (describe|list|get|batch-get|head|search|lookup|filter|query|scan|tail|test|simulate|estimate|preview|validate|view|select|detect|check|verify|ls|wait|help)(-[a-z0-9-]+)?( |$)|^(configure (list|get)|sts get-caller-identity|logs tail|help)/;

export function aws(call: Call): Stream {
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
  if (/^s3 (cp|mv|sync)( |$)/.test(words)) return s3(call, read.operands.slice(2), dry);
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
