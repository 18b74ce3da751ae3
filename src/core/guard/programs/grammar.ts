/** What the words of command-line tools mean in general, for tools that nobody wrote a table for. */

export type Meaning = "looks" | "works" | "sends" | "destroys" | "credentials";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const LOOKS = words(
  `list ls lst show get describe status stat stats info view inspect logs log tail top tree search find query check validate
  verify lint diff plan preview explain why doctor version versions help whoami history outdated cat head print events metrics
  usage count score analyze analyse audit dry-run what-if render template synth breakdown compare estimate graph deps docs doc
  completion completions discover df du which where manifest digest scan whois ping tags config-list about --check --lint --lint-only`,
);
const WORKS = words(
  `build test tests unittest format fmt compile typecheck type-check bench benchmark coverage generate codegen gen run start dev
  serve watch init new package bundle pack prepare setup-dev e2e spec specs transpile minify convert simulate synthesize`,
);
const SENDS = words(
  `deploy publish release upload push submit send post promote rollout ship distribute broadcast sync-remote up-remote`,
);
const DESTROYS = words(
  `delete destroy rm remove del drop purge wipe erase terminate kill stop shutdown reset prune truncate flush revoke uninstall
  nuke evict drain disable detach rollback force-unlock unpublish overwrite format-disk obliterate`,
);
const CREDENTIALS =
  /(^|[-_:])(secrets?|passwords?|passwd|credentials?|tokens?|private-?keys?|api-?keys?)([-_:]|$)/i;

/** What the first words amount to: `volumes list`, `db:drop`, `delete-stack`; undefined where no word says. */
export function meaningOf(operands: readonly string[]): Meaning | undefined {
  const first = operands.slice(0, 3);
  for (const [at, word] of first.entries()) {
    const found = ofWord(word);
    if (found === undefined) continue;
    const named = first.slice(0, at + 2).some((each) => CREDENTIALS.test(each));
    return found === "looks" && named ? "credentials" : found;
  }
  return undefined;
}

/** A word of several parts means what its first or last part does: `list-keys`, `pg:info`, `topic:delete`. */
function ofWord(word: string): Meaning | undefined {
  const parts = word.toLowerCase().split(/[:.]/);
  const ends = [...parts, ...parts.map((part) => part.split("-")[0] ?? "")];
  if (ends.some((part) => DESTROYS.has(part))) return "destroys";
  if (ends.some((part) => SENDS.has(part))) return "sends";
  if (ends.some((part) => LOOKS.has(part))) return "looks";
  return ends.some((part) => WORKS.has(part)) ? "works" : undefined;
}

/** A task of the project's own that changes what others use; `dry-run`, `notes` and tests of it do not. */
const DEPLOYS =
  /^(?!.*(dry[-_]?run|preview|check|docs|lint|notes|plan|verify|local)|(test|e2e|mock|types?|build|lint)[:_-])((deploy|release|publish|ship|upload|submit|prod|production)([:._-]|$)|.*[:._-](deploy|publish|release|ship)([:_-]|$))/i;

/** `publishAllPublications`, `uploadArchives`, as Gradle's tasks are called. */
const DEPLOYS_CAMEL = /^:?(?:[\w-]+:)*(?:publish|upload|deploy|release)[A-Z]\w*$/;

export function deploys(task: string): boolean {
  return (
    DEPLOYS.test(task) ||
    (DEPLOYS_CAMEL.test(task) && !/local|notes|check|docs|test|lint|dry/i.test(task))
  );
}

/** A task that empties or drops a database. */
const DROPS =
  /(^|[:._-])(db|database):?[:._-]?(drop|reset|wipe|nuke|purge)|migrate:(reset|fresh)|(drop|reset|wipe|nuke|purge)[:._-]?(db|database)$/i;

export function dropsData(task: string): boolean {
  return DROPS.test(task);
}
