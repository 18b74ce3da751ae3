import { expect, test } from "vitest";
import { type AgentRecord, agentCard } from "../../../src/contract/agents.ts";
import { capabilitiesOf, cardOf, labelsOf, probedIn } from "../../../src/core/agents/index.ts";
import { parseProfile } from "../../../src/core/profiles/index.ts";
import { parseProvider } from "../../../src/core/providers/index.ts";

const provider = parseProvider(
  `name: some
displayName: Some
verified: false
command: some
foreground: [some]
exit: { keys: [C-d] }
resume: [--resume]
probe: { args: [--help], finds: { headless: '^\\s+-p, --print', acp: '--acp' } }`,
  "some.yaml",
);
const profile = parseProfile(
  "---\nname: dev\ndescription: d\nlabels: [ts]\ncapabilities: [code, resume]\n---\n",
  "dev.md",
);
const agent: AgentRecord = {
  id: "ag_1",
  name: "fixer",
  description: "",
  provider: "some",
  profile: "dev",
  connector: "tmux",
  labels: ["test"],
  capabilities: ["fix"],
  maxConcurrency: 2,
  state: "enabled",
  createdAt: 1,
  updatedAt: 1,
};

test("its capabilities are its own, its profile's, its provider's and those that its CLI tells of", () => {
  const probed = probedIn("Usage: some\n  -p, --print  print and exit\n", provider);
  expect(capabilitiesOf(agent, { profile, provider, probed })).toEqual([
    { name: "fix", from: "agent" },
    { name: "code", from: "profile" },
    { name: "resume", from: "profile" },
    { name: "headless", from: "probe" },
  ]);
});

test("a help that nobody knows how to read tells of nothing", () => {
  const { probe: _probe, ...silent } = provider;
  expect(probedIn("--print --acp", silent)).toEqual([]);
});

test("its card is one that A2A's readers understand, with our fields in an extension", () => {
  const labels = labelsOf(agent, profile);
  const capabilities = [{ name: "code", from: "profile" }] as const;
  const served = { url: "http://127.0.0.1:4711/api/v1/agents/ag_1", version: "0.1.0" };
  const card = cardOf(agent, { labels, capabilities }, served);
  expect(agentCard.parse(card)).toEqual(card);
  expect(card).toMatchObject({
    name: "fixer",
    description: "dev by some",
    supportedInterfaces: [{ url: served.url, protocolVersion: "1.0" }],
    capabilities: { extensions: [{ params: { id: "ag_1", maxConcurrency: 2 } }] },
    skills: [{ id: "code", tags: ["test", "ts"] }],
  });
});
