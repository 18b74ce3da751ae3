/** The counts of a JUnit XML report. Pure; the text is hostile, and only what is read of it counts. */
export interface TestCounts {
  readonly tests: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

const MOST_FAILURES = 50;
const NAME_CHARS = 200;

/** Undefined where it is no such report. */
export function readJunit(xml: string): TestCounts | undefined {
  if (!/<testsuites?[\s>/]/.test(xml)) return undefined;
  const counts = { tests: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  // Each case up to the next one, or to the end: what stands in between is its outcome.
  for (const text of xml.split(/<testcase(?=[\s>])/).slice(1)) {
    const head = /^(?:[^>"']|"[^"]*"|'[^']*')*>/.exec(text)?.[0] ?? "";
    const body = head.endsWith("/>") ? "" : (text.slice(head.length).split("</testcase>")[0] ?? "");
    counts.tests += 1;
    if (/<(?:failure|error)[\s>/]/.test(body)) {
      counts.failed += 1;
      if (failures.length < MOST_FAILURES) failures.push(nameOf(head));
    } else if (/<skipped[\s>/]/.test(body)) counts.skipped += 1;
  }
  return { ...counts, failures };
}

export function addCounts(all: readonly TestCounts[]): TestCounts {
  const sum = (of: (one: TestCounts) => number) => all.reduce((n, one) => n + of(one), 0);
  return {
    tests: sum(({ tests }) => tests),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    failures: all.flatMap(({ failures }) => failures).slice(0, MOST_FAILURES),
  };
}

function nameOf(head: string): string {
  const attribute = (name: string): string =>
    new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|'([^']*)')`).exec(head)?.slice(1).find(Boolean) ?? "";
  const parts = [attribute("classname"), attribute("name")].filter((part) => part !== "");
  return unescape(parts.join(" ")).slice(0, NAME_CHARS);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescape(text: string): string {
  return text.replaceAll(
    /&(amp|lt|gt|quot|apos);/g,
    (whole, name: string) => ENTITIES[name] ?? whole,
  );
}
