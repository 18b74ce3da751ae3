// The whole architecture as two maps: what a ring may use, and what a feature of core may use.
const rings = {
  base: [],
  contract: ["base"],
  core: ["base", "contract"],
  drivers: ["base", "contract", "core"],
  daemon: ["base", "contract", "core", "drivers"],
  clients: ["base", "contract", "core"],
  "fake-agent": ["base"],
};
const features = {
  journal: [],
  audit: ["journal"],
  guard: [],
  hooks: ["guard", "terminals"],
  sandbox: [],
  conditions: [],
  policy: ["guard", "approvals", "conditions"],
  notify: ["conditions", "journal"],
  providers: [],
  profiles: ["providers"],
  limits: [],
  terminals: ["limits", "providers", "journal"],
  transcripts: ["terminals"],
  messages: ["terminals", "journal"],
  handoffs: ["messages", "journal"],
  agents: ["profiles", "providers", "terminals", "messages", "journal"],
  tasks: ["journal", "approvals"],
  approvals: ["terminals", "profiles", "journal"],
};
module.exports = { rings, features };
