/** A role: Markdown with YAML front matter; the body is the system prompt. */
import { isMap, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import { terminalName } from "../../contract/terminals.ts";

const profileSchema = z.strictObject({
  name: terminalName,
  description: z.string().min(1).max(1_024),
  provider: z.string().min(1).optional(),
  labels: z.array(z.string().min(1)).default([]),
  capabilities: z.array(z.string().min(1)).default([]),
  gate: z.enum(["observe", "guard", "contain"]).optional(),
  batchMessages: z.boolean().default(false),
  warm: z.number().int().min(0).max(20).default(0),
  skills: z.array(z.string().min(1)).default([]),
});

export type Profile = z.infer<typeof profileSchema> & {
  /** The system prompt. */
  readonly prompt: string;
};

const FENCE = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/;

/** @throws {ConductorError} `profile.invalid`, naming file, line and field. */
export function parseProfile(text: string, file: string): Profile {
  const parts = FENCE.exec(text);
  if (parts === null)
    throw invalid(file, 1, "a profile starts with front matter between two lines of ---");
  const [, head = "", body = ""] = parts;
  return { ...parseYaml(head, { file, firstLine: 2 }, profileSchema), prompt: body.trim() };
}

/** Parses YAML strictly by `schema`; every error names file, line and field. */
export function parseYaml<T>(
  text: string,
  place: { readonly file: string; readonly firstLine?: number },
  schema: z.ZodType<T>,
): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const offset = (place.firstLine ?? 1) - 1;
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw invalid(
      place.file,
      lines.linePos(broken.pos[0]).line + offset,
      broken.message.split("\n")[0] ?? "",
    );
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const line = lineOf(document, path, lines) + offset;
  throw invalid(
    place.file,
    line,
    `${path.join(".") || "file"}: ${issue?.message ?? "is not valid"}`,
  );
}

function lineOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
  lines: LineCounter,
): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isRanged(node)) return lines.linePos(node.range[0]).line;
  }
  const root = document.contents;
  return isMap(root) && root.range != null ? lines.linePos(root.range[0]).line : 1;
}

function isRanged(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

function invalid(file: string, line: number, message: string): ConductorError {
  return new ConductorError("profile.invalid", `${file}:${line}: ${message}`, {
    data: { file, line },
  });
}
