/** Strict YAML: every error names file, line and field. */
import { type Document, isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { ConductorError, type ErrorCode } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { knownKeys } from "./known-keys.ts";

export interface YamlSource {
  readonly file: string;
  /** The line of the file on which the text starts; 1 unless told. */
  readonly firstLine?: number;
  readonly code: ErrorCode;
  /** What to do about an error. */
  readonly hint?: string;
}

export interface ReadYaml<T> {
  readonly data: T;
  /** Where a key or an item stands, or what holds it. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** @throws {ConductorError} as `readYaml` does */
export function parseYaml<T>(text: string, source: YamlSource, schema: z.ZodType<T>): T {
  return readYaml(text, source, schema).data;
}

/** @throws {ConductorError} with the code of the source; its data has `file`, `line` and `field`. */
export function readYaml<T>(text: string, source: YamlSource, schema: z.ZodType<T>): ReadYaml<T> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line } = counter.linePos(broken.pos[0]);
    throw invalid(source, line, "yaml", broken.message.split("\n")[0] ?? "not valid YAML");
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return { data: parsed.data, lineOf };
  const issue = deepest(telling(parsed.error.issues));
  // Of keys that are not known the first is the field.
  const path = [...issue.path, ...(issue.keys ?? []).slice(0, 1)];
  const field = path.join(".") || "file";
  throw invalid(source, lineOf(path), field, issue.message + meant(schema, issue));

  function lineOf(place: readonly PropertyKey[]): number {
    for (let depth = place.length; depth > 0; depth -= 1) {
      const node = keyOrItem(document, place.slice(0, depth));
      if (isRanged(node)) return counter.linePos(node.range[0]).line;
    }
    const root = document.contents;
    return isMap(root) && root.range != null ? counter.linePos(root.range[0]).line : 1;
  }
}

/** What stands at a place of a text that may be wrong elsewhere. */
export function yamlValue(text: string, path: readonly PropertyKey[]): unknown {
  return parseDocument(text).getIn(path);
}

/** A key stands on the line that a reader looks for; its value may begin below. */
function keyOrItem(document: Document.Parsed, path: readonly PropertyKey[]): unknown {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1));
  const last = path.at(-1);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
    : undefined;
  return pair?.key ?? document.getIn(path, true);
}

/** What a key that is not known was probably meant to be. */
function meant(schema: unknown, { path, keys = [] }: Issue): string {
  const known = knownKeys(schema, path);
  const near = keys.flatMap((key) => nearest(key, known) ?? []);
  return near.length === 0 ? "" : `, did you mean ${near.join(", ")}?`;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Those that are not known. */
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** A key that is missing is often there under a wrong name, and that says more. */
function telling(issues: readonly Issue[]): Issue | undefined {
  return issues.find(({ keys }) => keys !== undefined) ?? issues[0];
}

/** A union reports every branch; the one that got furthest into the value is what was meant. */
function deepest(issue: Issue | undefined): Issue {
  if (issue === undefined) return { path: [], message: "is not valid" };
  const inner = (issue.errors ?? []).map((branch) => deepest(telling(branch)));
  const [best] = inner.toSorted((a, b) => b.path.length - a.path.length || custom(b) - custom(a));
  if (best === undefined) return issue;
  const { message, keys = [] } = best;
  return { path: [...issue.path, ...best.path], message, keys };
}

function custom(issue: Issue): number {
  return issue.message.startsWith("Invalid input") ? 0 : 1;
}

function isRanged(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

function invalid(source: YamlSource, line: number, field: string, why: string): ConductorError {
  const at = line + (source.firstLine ?? 1) - 1;
  return new ConductorError(source.code, `${source.file}:${at}: ${field}: ${why}`, {
    data: { file: source.file, line: at, field },
    ...(source.hint === undefined ? {} : { hint: source.hint }),
  });
}
