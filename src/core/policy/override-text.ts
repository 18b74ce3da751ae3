/** Overrides written into a policy's text, and taken out of it: all else stays as its owner wrote it. */
import { isMap, isNode, isSeq, type Node, parseDocument, type YAMLSeq } from "yaml";
import { ConductorError } from "../../base/errors.ts";
import type { Override } from "./schema.ts";

/** With it, in place of what the file said of that rule before. */
export function addOverride(text: string, override: Override): string {
  const list = listAt(text, "overrides");
  if (list === undefined) return `${text.trimEnd()}\n\noverrides:\n${itemText(override, "  ")}`;
  const isSame = (item: Node): boolean => isMap(item) && item.get("rule") === override.rule;
  if (list.flow === true) {
    const others = nodesOf(list).filter((item) => !isSame(item));
    return withFlow(text, list, [
      ...others.map((item) => sourceOf(text, item)),
      flowText(override),
    ]);
  }
  const items = nodesOf(list);
  const same = items.find(isSame);
  const [first] = items;
  const indent = first === undefined ? "  " : " ".repeat(columnOf(text, first));
  const [from, to] = same === undefined ? endOf(text, items) : linesOf(text, same);
  return text.slice(0, from) + itemText(override, indent) + text.slice(to);
}

/** @throws {ConductorError} `not_found` where the file says nothing of that rule */
export function removeOverride(text: string, rule: string): string {
  const withoutOverride = dropFrom(
    text,
    "overrides",
    (item) => isMap(item) && item.get("rule") === rule,
  );
  const without = dropFrom(withoutOverride, "disabled_builtins", (item) => String(item) === rule);
  if (without !== text) return without;
  throw new ConductorError("not_found", `nothing overrides ${rule}`, {
    hint: "conductor policy override list",
  });
}

function dropFrom(text: string, key: string, isMeant: (item: Node) => boolean): string {
  const list = listAt(text, key);
  if (list === undefined) return text;
  const meant = nodesOf(list).filter(isMeant);
  const kept = nodesOf(list).filter((item) => !isMeant(item));
  if (meant.length === 0) return text;
  if (kept.length === 0) return withoutKey(text, key);
  if (list.flow === true)
    return withFlow(
      text,
      list,
      kept.map((item) => sourceOf(text, item)),
    );
  return meant.toReversed().reduce((now, item) => {
    const [from, to] = linesOf(text, item);
    return now.slice(0, from) + now.slice(to);
  }, text);
}

function listAt(text: string, key: string): YAMLSeq | undefined {
  const found = parseDocument(text).get(key);
  return isSeq(found) ? found : undefined;
}

function nodesOf(list: YAMLSeq): Node[] {
  return list.items.filter(isNode);
}

/** JSON is YAML: whatever the reason holds, it stays a text. */
function itemText({ rule, effect, reason }: Override, indent: string): string {
  return `${indent}- rule: ${rule}\n${indent}  effect: ${effect}\n${indent}  reason: ${JSON.stringify(reason)}\n`;
}

function flowText({ rule, effect, reason }: Override): string {
  return `{ rule: ${rule}, effect: ${effect}, reason: ${JSON.stringify(reason)} }`;
}

function withFlow(text: string, list: YAMLSeq, items: readonly string[]): string {
  const [from, to] = rangeOf(list);
  return `${text.slice(0, from)}[${items.join(", ")}]${text.slice(to)}`;
}

function withoutKey(text: string, key: string): string {
  const contents = parseDocument(text).contents;
  const pair = isMap(contents)
    ? contents.items.find((each) => String(each.key) === key)
    : undefined;
  if (!isNode(pair?.key) || !isNode(pair.value)) return text;
  const [from] = linesOf(text, pair.key);
  const [, to] = linesOf(text, pair.value);
  return text.slice(0, from).replace(/\n\n$/, "\n") + text.slice(to);
}

function sourceOf(text: string, node: Node): string {
  return text.slice(...rangeOf(node));
}

/** Where its value begins and ends. */
function rangeOf(node: Node): readonly [number, number] {
  const [from, to] = node.range ?? [0, 0];
  return [from, to];
}

/** From the start of its first line to the start of the line after it. */
function linesOf(text: string, node: Node): readonly [number, number] {
  const [from, to] = rangeOf(node);
  const end = text.indexOf("\n", text[to - 1] === "\n" ? to - 1 : to);
  return [text.lastIndexOf("\n", from - 1) + 1, end < 0 ? text.length : end + 1];
}

/** Of the dash before it. */
function columnOf(text: string, item: Node): number {
  const [from] = linesOf(text, item);
  return text.slice(from).search(/\S/);
}

function endOf(text: string, items: readonly Node[]): readonly [number, number] {
  const last = items.at(-1);
  const end = last === undefined ? text.length : linesOf(text, last)[1];
  return [end, end];
}
