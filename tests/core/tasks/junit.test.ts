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

test("a name is read as it was before it was written as XML", () => {
  const xml = `<testsuite><testcase name="adds &lt;1 &amp; 2&gt;"><error/></testcase></testsuite>`;
  expect(readJunit(xml)?.failures).toEqual(["adds <1 & 2>"]);
});

test("of a thousand failures all are counted and fifty are named", () => {
  const xml = `<testsuite>${'<testcase name="a"><error/></testcase>'.repeat(1_000)}</testsuite>`;
  const read = readJunit(xml);
  expect([read?.failed, read?.failures.length]).toEqual([1_000, 50]);
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
