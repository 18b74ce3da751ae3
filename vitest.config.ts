import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const tmuxTests = "tests/**/*.tmux.test.ts";
const slow = { testTimeout: 30_000, hookTimeout: 60_000, fileParallelism: false };

const core = "src/core";
const features = readdirSync(join(import.meta.dirname, core)).map((name) => `${core}/${name}/**`);

export default defineConfig({
  test: {
    // What the core decides is tested without tmux: all of it together, and no feature far behind.
    coverage: {
      include: [`${core}/**`],
      reporter: ["text-summary", "json-summary"],
      thresholds: {
        [`${core}/**`]: { branches: 95 },
        ...Object.fromEntries(features.map((files) => [files, { branches: 85 }])),
      },
    },
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: [tmuxTests, "tests/e2e/**", "tests/agents/**"],
        },
      },
      { test: { name: "tmux", include: [tmuxTests], exclude: ["tests/e2e/**"], ...slow } },
      { test: { name: "e2e", include: ["tests/e2e/**/*.test.ts"], ...slow } },
      { test: { name: "agents", include: ["tests/agents/*.test.ts"], ...slow, testTimeout: 180_000 } },
      { test: { name: "other-agents", include: ["tests/agents/others/*.test.ts"], ...slow, testTimeout: 180_000 } },
    ],
  },
});
