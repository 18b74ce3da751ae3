import * as fc from "fast-check";
import picomatch from "picomatch";
import { expect, test } from "vitest";
import { locksConflict, normalGlob, type PlacedLock } from "../../../src/core/tasks/index.ts";

function lock(glob: string, change: Partial<PlacedLock> = {}): PlacedLock {
  const kind = change.kind ?? "path";
  return { mode: "exclusive", project: "/shop", ...change, kind, glob: normalGlob({ kind, glob }) };
}

const meet = (one: string, other: string): boolean => locksConflict(lock(one), lock(other));

test.for([
  ["src/a.ts", "src/a.ts", true],
  ["src/a.ts", "src/b.ts", false],
  ["src", "src/a.ts", true],
  ["src/a", "src/ab", false],
  ["src/", "src/deep/a.ts", true],
  ["src/**", "src/a.ts", true],
  ["src/**", "lib/a.ts", false],
  ["src/*.ts", "src/deep/a.ts", false],
  ["src/*.ts", "src", true],
  ["src/**", "src/api/**", true],
  ["src/api/**", "src/web/**", false],
  ["**/*.md", "src/**", true],
  ["{src,lib}/**", "docs/a.md", false],
  ["{src,lib}/**", "docs/**", true],
  ["./src//a.ts", "src/a.ts", true],
  [".", "any/where", true],
  ["app/[id]/page.ts", "app/[id]/page.ts", true],
  ["src/**", ".github/x", false],
  ["**", ".github/x", true],
] as const)("%s and %s: %s", ([one, other, expected]) => {
  expect(meet(one, other)).toBe(expected);
  expect(meet(other, one)).toBe(expected);
});

test("two that only look at the same do not meet", () => {
  const shared = lock("src/**", { mode: "shared" });
  expect(locksConflict(shared, shared)).toBe(false);
  expect(locksConflict(shared, lock("src/**"))).toBe(true);
});

test("modules are no paths, and projects are worlds of their own", () => {
  expect(locksConflict(lock("billing", { kind: "module" }), lock("billing"))).toBe(false);
  expect(
    locksConflict(lock("billing.*", { kind: "module" }), lock("billing.tax", { kind: "module" })),
  ).toBe(true);
  expect(locksConflict(lock("src"), lock("src", { project: "/other" }))).toBe(false);
  expect(locksConflict(lock("src"), lock("src", { project: null }))).toBe(false);
});

test.for(["/etc/passwd", "../x", "src/../../x", "a\\b", "!src/**", "src/[ab", "{a,b", "a\nb"])(
  "%j is refused, with what to write instead",
  (glob) => {
    expect(() => normalGlob({ kind: "path", glob })).toThrow(
      expect.objectContaining({
        code: "task.bad_glob",
        hint: expect.stringContaining("from the project's folder"),
      }),
    );
  },
);

const segment = fc.constantFrom("src", "lib", "a", "b", "a.ts", "b.ts", ".x");
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const wild = fc.constantFrom("*", "**", "*.ts", "?", "{a,b}", "[ab]", "+(a|b)", "src", "a", "a.ts");
const glob = fc.array(wild, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

test("it does not matter who comes first", () => {
  fc.assert(
    fc.property(fc.oneof(path, glob), fc.oneof(path, glob), (one, other) => {
      expect(meet(one, other)).toBe(meet(other, one));
    }),
  );
});

/** Globs made of a path, by making some of its parts wild. */
const globsOf = (file: string) =>
  fc
    .tuple(
      ...file
        .split("/")
        .map((part) => fc.constantFrom(part, "*", "**", `{${part},other}`, `${part[0]}*`)),
    )
    .map((parts) => parts.join("/"));

test("whatever path two globs both match, they meet: no two tasks ever write the same file", () => {
  const family = path.chain((file) => fc.tuple(fc.constant(file), globsOf(file), globsOf(file)));
  fc.assert(
    fc.property(family, ([file, one, other]) => {
      const matches = (each: string) => picomatch(each, { dot: true })(file);
      fc.pre(matches(one) && matches(other));
      expect(meet(one, other)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("a glob is normal once it was made so", () => {
  fc.assert(
    fc.property(fc.oneof(path, glob), (text) => {
      const once = normalGlob({ kind: "path", glob: `./${text}/` });
      expect(normalGlob({ kind: "path", glob: once })).toBe(once);
    }),
  );
});
