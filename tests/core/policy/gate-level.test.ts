import { expect, test } from "vitest";
import { strictestLevel } from "../../../src/contract/decisions.ts";
import { gateOf, type LayerName, parsePolicy, toLayer } from "../../../src/core/policy/index.ts";

function layer(name: LayerName, more: string) {
  return toLayer(parsePolicy(`version: 1\n${more}`, "policy.yaml"), name);
}

test("the strictest of all levels that anybody asks for holds", () => {
  expect(strictestLevel(["guard", undefined, "observe"])).toBe("guard");
  expect(strictestLevel(["observe", "contain", "guard"])).toBe("contain");
  expect(strictestLevel([undefined])).toBeUndefined();
});

test("a layer asks for a level, and no inner one for a lesser one", () => {
  const global = layer("global", "gate: contain");
  expect(gateOf([global, layer("project", "gate: observe")])).toBe("contain");
  expect(gateOf([layer("global", "gate: observe"), layer("agent", "gate: guard")])).toBe("guard");
  expect(gateOf([layer("global", "default: ask")])).toBeUndefined();
});

test("a level that is none is an error with its line", () => {
  expect(() => layer("global", "gate: strict")).toThrow(/^policy\.yaml:2: gate: /);
});
