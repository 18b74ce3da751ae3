/** Fields of lines that an agent wrote: anything may stand there, or nothing. */
import type { Instant } from "../../base/clock.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function parseLine(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The empty text where there is none. */
export function wordsOf(value: unknown): string {
  return textOf(value) ?? "";
}

/** What the parts of a message say, where they are text. */
export function textsOf(parts: readonly Fields[]): string[] {
  return parts.map((part) => part["text"]).filter((text) => typeof text === "string");
}

/** Of a count: never negative, never a fraction, nothing that a sum could not hold. */
export function countOf(value: unknown): number {
  const isCount = typeof value === "number" && Number.isSafeInteger(value) && value > 0;
  return isCount ? Math.min(value, 1e12) : 0;
}

export function costOf(value: unknown): number | null {
  const isCost = typeof value === "number" && Number.isFinite(value) && value > 0;
  return isCost ? Math.min(value, 1e9) : null;
}

/** An ISO time as epoch ms. */
export function timeOf(value: unknown): Instant | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
