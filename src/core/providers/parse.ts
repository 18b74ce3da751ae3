import { isMap, isNode, LineCounter, parseDocument } from "yaml";
import { ConductorError } from "../../base/errors.ts";
import { type ProviderDefinition, providerSchema } from "./definition.ts";

/**
 * Reads one provider file.
 * @throws {ConductorError} `provider.invalid`, naming file, line and field.
 */
export function parseProvider(text: string, fileName: string): ProviderDefinition {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const line = counter.linePos(broken.pos[0]).line;
    throw invalid(fileName, line, "yaml", broken.message.split("\n")[0] ?? "not valid YAML");
  }
  if (!isMap(document.contents))
    throw invalid(fileName, 1, "file", "a provider file is a map of fields");
  const parsed = providerSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues[0]);
  const line = lineOf(issue.path);
  throw invalid(fileName, line, issue.path.join(".") || "file", issue.message);

  function lineOf(path: readonly PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const node = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
    }
    return 1;
  }
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
}

/** A union reports every branch; the one that got furthest into the value is what was meant. */
function deepest(issue: Issue | undefined): Issue {
  if (issue === undefined) return { path: [], message: "is not valid" };
  const inner = (issue.errors ?? []).flatMap((branch) => branch.slice(0, 1).map(deepest));
  const [best] = inner.toSorted((a, b) => b.path.length - a.path.length || custom(b) - custom(a));
  if (best === undefined) return issue;
  return { path: [...issue.path, ...best.path], message: best.message };
}

function custom(issue: Issue): number {
  return issue.message.startsWith("Invalid input") ? 0 : 1;
}

function invalid(file: string, line: number, field: string, why: string): ConductorError {
  return new ConductorError("provider.invalid", `${file}:${line}: ${field}: ${why}`, {
    data: { file, line, field },
  });
}
