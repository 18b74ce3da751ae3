import { expect, test } from "vitest";
import { isInProject } from "../../../src/core/agents/index.ts";

test.each([
  ["/w/shop", true],
  ["/w/shop/src", true],
  ["/w/shop-worktrees/cart", true],
  ["/w/shop2", false],
  ["/w", false],
])("%s in the project /w/shop: %s", (folder, isIn) => {
  expect(isInProject(folder, "/w/shop")).toBe(isIn);
});
