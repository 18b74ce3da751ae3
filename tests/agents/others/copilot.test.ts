import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copilot as pin } from "../../support/agent-cli.ts";
import { agentSuite, resumes } from "../../support/agent-suite.ts";
import { copilot } from "../../support/copilot.ts";

/** From some ten thousand characters on it puts a text into a file, and gives its model the path. */
const inFile = /^<pasted_content file="([^"]+)"[^>]*\/>$/;

await agentSuite(
  {
    pin,
    agent: copilot,
    guard: "Message: ",
    read: (told) => {
      const [, file] = inFile.exec(told) ?? [];
      return file === undefined ? told : readFileSync(file, "utf8");
    },
    result: "transcript",
    ours: (tool) => `conductor-${tool}`,
    scripts: true,
    killed: "hook errored",
    covered: [
      {
        tool: "bash",
        input: () => ({ command: "rm -rf build src", description: "clean" }),
        happened: (dev) => !existsSync(join(dev.work, "build/a.txt")),
      },
    ],
  },
  resumes,
);
