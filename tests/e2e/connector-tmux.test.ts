import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { processesOf } from "../support/agent-world.ts";
import { connectorSuite } from "../support/connector-suite.ts";
import { product } from "../support/product.ts";

connectorSuite({
  name: "tmux",
  world: product,
  driven: ({ folder }) => {
    const args = ["--receipts", path.join(folder, "receipts")];
    return { kind: "tmux", provider: "scripted", cwd: folder, args };
  },
  taken: ({ folder }) => {
    const file = path.join(folder, "receipts");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => {
      const { text }: { text: string } = JSON.parse(line);
      return text;
    });
  },
  agents: ({ folder }) =>
    processesOf(folder)
      .filter((each) => / fake-agent /.test(each))
      .map((each) => Number.parseInt(each, 10)),
  failpoints: ["delivery.after-claim", "delivery.after-settle", "turn.before-end"],
});
