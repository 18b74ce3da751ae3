import { expect, test } from "vitest";
import { type AgentRecord, agentCard } from "../../../src/contract/agents.ts";
import { capabilitiesOf, cardOf, labelsOf } from "../../../src/core/agents/index.ts";
import { parseProfile } from "../../../src/core/profiles/index.ts";

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

const found = {
  version: "1.0.0",
  resumes: true,
  streams: false,
  asks: true,
  usage: false,
  tools: true,
};

test("its capabilities are its own, its profile's, and what is found of its CLI", () => {
  const probes = {
    tmux: { ...found, unavailable: null },
    headless: { ...found, unavailable: null, streams: true },
    acp: { ...found, unavailable: "it does not speak it" },
  };
  expect(capabilitiesOf(agent, profile, probes)).toEqual([
    { name: "fix", from: "agent" },
    { name: "code", from: "profile" },
    { name: "resume", from: "profile" },
    { name: "tmux", from: "probe" },
    { name: "headless", from: "probe" },
    { name: "ask", from: "probe" },
    { name: "mcp", from: "probe" },
  ]);
});

test("of a CLI that was not looked at nothing is claimed", () => {
  expect(capabilitiesOf(agent, undefined, {})).toEqual([{ name: "fix", from: "agent" }]);
});

test("a way to drive it that was not looked at says nothing of it", () => {
  const probes = { headless: { ...found, unavailable: null } };
  expect(capabilitiesOf({ ...agent, capabilities: [] }, undefined, probes)).toEqual([
    { name: "headless", from: "probe" },
  ]);
});

test("its card has its own description, or its role's and its CLI's names", () => {
  const described = (change: Partial<AgentRecord>) =>
    cardOf({ ...agent, ...change }, { labels: [], capabilities: [] }, { url: "", version: "" })
      .description;
  expect(described({ description: "mends" })).toBe("mends");
  expect(described({ profile: null })).toBe("some by some");
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
