/** Providers of agents without a pane that need no model: one prints, one speaks the Agent Client Protocol. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolvePaths } from "../../src/base/paths.ts";
import type { Product } from "./product.ts";

const at = (file: string): string => path.join(import.meta.dirname, file);

const PRINTER = `name: printer
displayName: Printer
verified: false
command: node
args: [${at("headless-agent.ts")}]
session: { args: [--session-id, "{session}"] }
resume: [--resume, "{session}"]
headless: { format: claude-code, args: [${at("headless-agent.ts")}] }
foreground: [node]
contain: { folders: [.headless] }
exit: { text: /exit }
`;

const SPEAKER = `name: speaker
displayName: Speaker
verified: false
command: node
args: [${at("acp-agent.ts")}]
resume: [--resume, "{session}"]
acp: { args: [${at("acp-agent.ts")}], loadAfterSeconds: 1 }
foreground: [node]
exit: { text: /exit }
`;

export function installPaneless(world: Product): Product {
  const { providers } = resolvePaths(world.env);
  mkdirSync(providers, { recursive: true });
  writeFileSync(path.join(providers, "printer.yaml"), PRINTER);
  writeFileSync(path.join(providers, "speaker.yaml"), SPEAKER);
  return world;
}
