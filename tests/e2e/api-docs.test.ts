import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { product } from "../support/product.ts";

const BIN = path.resolve(import.meta.dirname, "../../bin");
const PAGE = path.resolve(import.meta.dirname, "../../docs/api.md");

/** Some twenty processes, one after the other. */
const PATIENCE_MS = 120_000;

test("the examples of docs/api.md work, in their order", { timeout: PATIENCE_MS }, async () => {
  const world = product();
  await world.json("launch", "--provider", "scripted", "--name", "dev");
  const { http } = await world.json<{ http: { port: number } }>("daemon", "status");
  const blocks = [...readFileSync(PAGE, "utf8").matchAll(/```sh\n([\s\S]*?)```/g)];
  const script = blocks.map(([, block = ""]) => block).join("\n");
  expect(blocks.length).toBeGreaterThan(4);
  const { stdout } = await promisify(execFile)(
    "bash",
    ["-euc", script.replaceAll("7373", String(http.port))],
    { env: { ...world.env, PATH: `${BIN}:${world.env["PATH"]}` }, timeout: PATIENCE_MS },
  );
  expect(stdout).toContain('"status":"ok"');
  expect(stdout).toContain("event: ");
  expect(stdout).toContain('"reason":"not on a Friday"');
  expect(stdout).toMatch(/"state":"completed"|"state":"done"/);
});
