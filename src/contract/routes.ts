/** Every path of the REST interface, for the doors and the typed client; no zod in here. */
const v1 = "/api/v1";
const part = encodeURIComponent;

export const routes = {
  openapi: `${v1}/openapi.json`,
  health: `${v1}/health`,
  status: `${v1}/status`,
  stopDaemon: `${v1}/daemon/stop`,
  config: `${v1}/config`,
  sessions: `${v1}/sessions`,
  session: (name: string) => `${v1}/sessions/${part(name)}`,
  terminals: `${v1}/terminals`,
  teams: `${v1}/teams`,
  shutdown: `${v1}/shutdown`,
  terminal: (ref: string) => `${v1}/terminals/${part(ref)}`,
  /** why, screen, attach (GET or POST as the door says); stop, restart, interrupt, rename (POST). */
  terminalAction: (ref: string, action: string) => `${v1}/terminals/${part(ref)}/${action}`,
  messages: `${v1}/messages`,
  message: (id: string) => `${v1}/messages/${part(id)}`,
  cancelMessage: (id: string) => `${v1}/messages/${part(id)}/cancel`,
  /** Waits up to `?waitMs=` for the message's turn to end. */
  messageResult: (id: string) => `${v1}/messages/${part(id)}/result`,
  handoffs: `${v1}/handoffs`,
  /** Waits up to `?waitMs=` for its outcome. */
  handoff: (ref: string) => `${v1}/handoffs/${part(ref)}`,
  cancelHandoff: (ref: string) => `${v1}/handoffs/${part(ref)}/cancel`,
  tasks: `${v1}/tasks`,
  /** Before those of one task: no id is one of these words. */
  taskCounts: `${v1}/tasks/counts`,
  taskExport: `${v1}/tasks/export`,
  taskClaim: `${v1}/tasks/claim`,
  task: (ref: string) => `${v1}/tasks/${part(ref)}`,
  /** dependencies (GET and POST); start, heartbeat, evidence, complete, fail, release, wait, locks, resume, cancel, retry (POST). */
  taskAction: (ref: string, action: string) => `${v1}/tasks/${part(ref)}/${action}`,
  locks: `${v1}/locks`,
  /** A text of a task's evidence, by its SHA-256. */
  blob: (sha256: string) => `${v1}/blobs/${part(sha256)}`,
  /** Whether the daemon takes tasks by itself. */
  auto: `${v1}/auto`,
  /** What a gate in front of a command asks: may this run? */
  gate: `${v1}/gate`,
  gateExit: `${v1}/gate/exit`,
  /** What an agent's own hook tells, in its provider's format. */
  hooks: `${v1}/hooks`,
  hook: (contract: string, event: string) => `${v1}/hooks/${part(contract)}/${part(event)}`,
  agents: `${v1}/agents`,
  agent: (ref: string) => `${v1}/agents/${part(ref)}`,
  /** card (GET); label, enable, disable, remove (POST). */
  agentAction: (ref: string, action: string) => `${v1}/agents/${part(ref)}/${action}`,
  notifyRules: `${v1}/notifications/rules`,
  notifications: `${v1}/notifications`,
  testNotifications: `${v1}/notifications/test`,
  decisions: `${v1}/decisions`,
  decision: (ref: string) => `${v1}/decisions/${part(ref)}`,
  overrides: `${v1}/policy/overrides`,
  restoreRule: `${v1}/policy/overrides/remove`,
  approvals: `${v1}/approvals`,
  approval: (ref: string) => `${v1}/approvals/${part(ref)}`,
  decideApproval: (ref: string) => `${v1}/approvals/${part(ref)}/verdict`,
  /** Of `?terminal=` (an id or a name), `?session=`, `?since=` (epoch ms). */
  usage: `${v1}/usage`,
  tokens: `${v1}/tokens`,
  revokeToken: (name: string) => `${v1}/tokens/${part(name)}/revoke`,
  grants: `${v1}/grants`,
  revokeGrant: (ref: string) => `${v1}/grants/${part(ref)}/revoke`,
  providers: `${v1}/providers`,
  provider: (name: string) => `${v1}/providers/${part(name)}`,
  profiles: `${v1}/profiles`,
  profile: (name: string) => `${v1}/profiles/${part(name)}`,
  events: `${v1}/events`,
} as const;
