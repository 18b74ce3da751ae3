import { expect, test } from "vitest";
import { addCounts, readJunit } from "../../../src/core/tasks/index.ts";

test("cases are counted, with the names of those that failed", () => {
  const xml = `<?xml version="1.0"?>
<testsuites><testsuite name="a > b" tests="4">
  <testcase classname="shop.cart" name="adds &lt;two&gt;" time="0.1"/>
  <testcase name='takes "all"'><failure message="a > b">expected</failure></testcase>
  <testcase classname="shop" name="breaks"><error/></testcase>
  <testcase name="later"><skipped/></testcase>
</testsuite></testsuites>`;
  expect(readJunit(xml)).toEqual({
    tests: 4,
    failed: 2,
    skipped: 1,
    failures: ['takes "all"', "shop breaks"],
  });
});

test("what only looks like a failure inside a text does not count", () => {
  const xml = `<testsuite><testcase name="a &lt;failure&gt; in its name"></testcase></testsuite>`;
  expect(readJunit(xml)).toMatchObject({ tests: 1, failed: 0 });
});

test.each(["", "<html><body/></html>", "<testsuitesque/>"])("%j is no report", (text) => {
  expect(readJunit(text)).toBeUndefined();
});

test("several reports are added up", () => {
  const one = { tests: 2, failed: 1, skipped: 0, failures: ["a"] };
  expect(addCounts([one, one])).toEqual({ tests: 4, failed: 2, skipped: 0, failures: ["a", "a"] });
});

test("a report of megabytes without an end is read in time", () => {
  const long = `<testsuite>${'<testcase name="'.repeat(100_000)}`;
  const from = performance.now();
  readJunit(long);
  expect(performance.now() - from).toBeLessThan(2_000);
});
