import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Product, product, type Ran } from "../support/product.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const REGISTRY_MS = 15_000;
const INSTALL_MS = 120_000;
const folder = mkdtempSync(path.join(tmpdir(), "cnd-pack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;
beforeAll(async () => {
  // Without scripts: dist/ is built already, and building it here would take it from other tests.
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const ran = await npm(args, 60_000);
  const [only]: Packed[] = JSON.parse(ran.stdout);
  if (only === undefined) throw new Error(`npm pack made nothing: ${ran.stderr}`);
  packed = only;
});

test("the package holds what runs, the data it reads and the pages, and nothing else", () => {
  const files = packed.files.map((file) => file.path);
  const stray = files.filter(
    (file) =>
      !/^(bin|dist|providers|profiles|policies|gates|docs)\/|^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/.test(
        file,
      ),
  );
  expect(stray).toEqual([]);
  const shipped = (name: string) =>
    readdirSync(path.join(ROOT, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
  expect(files).toEqual(
    expect.arrayContaining([
      "bin/conductor",
      "dist/main.js",
      ...shipped("dist/migrations"),
      ...shipped("providers"),
      ...shipped("profiles"),
      ...shipped("policies"),
      ...shipped("gates"),
    ]),
  );
});

test("installed into an empty folder it launches an agent, delivers a message and shuts down", {
  timeout: INSTALL_MS + 60_000,
}, async ({ skip }) => {
  const answers = await npm(["view", "yaml", "version", "--fetch-retries=0"], REGISTRY_MS);
  if (answers.code !== 0) {
    const reason = `the npm registry does not answer: ${firstLine(answers.stderr)}`;
    console.log(`skipped: the installed package, since ${reason}`);
    skip(reason);
  }
  const app = path.join(folder, "app");
  mkdirSync(app);
  const tarball = path.join(folder, packed.filename);
  const options = ["--no-audit", "--no-fund", "--prefer-offline", "--prefix", app];
  const installed = await npm(["install", ...options, tarball], INSTALL_MS);
  if (installed.code !== 0) throw new Error(`npm install failed: ${installed.stderr}`);

  const world = product();
  const conductor = runner(path.join(app, "node_modules/.bin/conductor"), world);
  expect(await conductor("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await conductor("provider", "list")).toContain("claude-code");
  await conductor("launch", "--provider", "scripted", "--name", "dev", "--profile", "developer");
  expect(await conductor("send", "dev", "do:say packed", "--wait")).toBe("packed\n");
  expect(await conductor("ls")).toContain("idle");
  await conductor("shutdown", "--all");
  await conductor("daemon", "stop");
  expect((await world.tmux("list-panes", "-a")).stdout).toBe("");
});

function runner(bin: string, world: Product): (...args: string[]) => Promise<string> {
  return async (...args) => {
    const ran = await execute(bin, args, {
      // The Node that runs this test, so that one run on Node 22 shows the package on Node 22.
      env: { ...world.env, PATH: `${path.dirname(process.execPath)}:${world.env["PATH"] ?? ""}` },
      cwd: world.folder,
      timeout: 30_000,
    });
    if (ran.code !== 0) throw new Error(`conductor ${args.join(" ")}: ${ran.stderr}`);
    return ran.stdout;
  };
}

function npm(args: readonly string[], timeout: number): Promise<Ran> {
  const env = { ...process.env, npm_config_loglevel: "error" };
  return execute("npm", args, { env, cwd: ROOT, timeout });
}

function execute(
  file: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd: string; timeout: number },
): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  execFile(file, [...args], { ...options, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
    resolve({ code, stdout, stderr });
  });
  return promise;
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
