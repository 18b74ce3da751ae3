/** All wiring: what exists, who gets what, and in which order it ends. */
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../base/environment.ts";
import { describeError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { Logger } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import { VERSION } from "../base/version.ts";
import type { Config } from "../contract/config.ts";
import type { DaemonView } from "../contract/events.ts";
import { hookContracts } from "../core/hooks/index.ts";
import { gateOf } from "../core/policy/index.ts";
import { detect } from "../core/providers/index.ts";
import { type PaneDriver, Terminals } from "../core/terminals/index.ts";
import { openAuditFiles, openBlobs, type PolicyFiles } from "../drivers/files/index.ts";
import { ensureWorktree } from "../drivers/process/git.ts";
import { openFilesOf } from "../drivers/process/open-files.ts";
import type { Stores } from "../drivers/sqlite/index.ts";
import { permits } from "./acp-permissions.ts";
import { createAgentVoice, createWords, heardSession } from "./agent-events.ts";
import { createAgentProbes } from "./agent-probes.ts";
import { createAgentTokens } from "./agent-tokens.ts";
import { createAgents } from "./agents.ts";
import { createApprovalDesk } from "./approval-desk.ts";
import { keepAudit } from "./audit-keeper.ts";
import { bundledFolder } from "./bundled.ts";
import type { Catalog } from "./catalog.ts";
import { createConnectors } from "./connectors.ts";
import { type Contained, createContainment } from "./containment.ts";
import { createDeliverer } from "./deliverer.ts";
import { createExits } from "./exits.ts";
import { createGatekeeper } from "./gatekeeper.ts";
import { checkHealth } from "./health.ts";
import { agentKeyFile, auditKeyFile, readPort, readSecret, rememberPort } from "./home.ts";
import { createPasses } from "./hooks/passes.ts";
import { hookSettingsFiles } from "./hooks/settings.ts";
import { createApp } from "./http/app.ts";
import { withOwnBin } from "./launch-plan.ts";
import { createLauncher } from "./launcher.ts";
import { createLimits } from "./limits.ts";
import { openDoors } from "./listen.ts";
import { createLongTexts } from "./long-texts.ts";
import { mcpSettings } from "./mcp/settings.ts";
import { openNotifications } from "./notifications.ts";
import { openExecutor } from "./open-executor.ts";
import { openHandoffs } from "./open-handoffs.ts";
import { openPaneless } from "./open-paneless.ts";
import { createPolicyDesk, shippedPolicy } from "./policy-desk.ts";
import { createPostman } from "./postman.ts";
import { ScreenApprovals } from "./screen-approvals.ts";
import type { Services } from "./services.ts";
import { shimFolders } from "./shims.ts";
import { createStopWork } from "./stop-work.ts";
import { signsOf, TaskWatch } from "./task-watch.ts";
import { createTaskDesk } from "./tasks.ts";
import { createTerminalLogs } from "./terminal-logs.ts";
import { terminalPorts } from "./terminal-ports.ts";
import { createTicker } from "./ticker.ts";
import { createTranscripts } from "./transcripts.ts";
import { ungated } from "./worker-environment.ts";

export interface Parts {
  readonly paths: Paths;
  readonly env: Environment;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stores: Stores;
  readonly driver: PaneDriver;
  /** Where the tmux server has its socket. */
  readonly tmuxFolder: string;
  readonly catalog: Catalog;
  readonly policies: PolicyFiles;
  readonly stop: () => void;
  /** Told the name of each place where a test may end the daemon. */
  readonly failpoint: ((name: string) => void) | undefined;
  readonly attach: Services["attach"];
}

/** Adopts what runs, opens the doors, and resolves when both are done. */
export async function compose(parts: Parts, lifetime: Lifetime): Promise<Services> {
  const { paths, config, clock, log, stores, driver, catalog } = parts;
  const human = readSecret(paths.token);
  const agents = createAgentTokens(readSecret(agentKeyFile(paths)));
  const startedAt = clock.now();
  let port = config.http.port;

  const longTexts = createLongTexts(join(paths.home, "messages"));
  lifetime.own(
    await keepAudit({
      journal: stores.journal,
      audit: stores.audit,
      files: openAuditFiles(paths.approvals),
      clock,
      log,
      failpoint: parts.failpoint,
    }),
  );
  const containment = createContainment({
    paths,
    clock,
    tmuxFolder: parts.tmuxFolder,
    own: [bundledFolder(".")],
    offline: join(bundledFolder("gates"), "offline"),
    port: () => port,
    writable: config.gate.writable,
    providers: () => catalog.providers(),
  });
  lifetime.own(() => containment.close());
  const limits = createLimits({
    clock,
    log,
    live: () => terminals.live(),
    onLimit: (name) => catalog.profiles().find((each) => each.name === name)?.onLimit ?? "wait",
    kick: (terminal) => postman.kick(terminal),
    prompt: async (to, body, dedupeKey) =>
      void (await postman.send({ to, body, dedupeKey }, "human")),
  });
  const deliverer = createDeliverer({
    driver,
    catalog,
    messages: stores.messages,
    clock,
    log,
    signal: lifetime.signal,
    longTexts,
    failpoint: parts.failpoint,
    pausedUntil: (terminal) => limits.pausedUntil(terminal),
    speaks: (terminal) =>
      spoke.has(terminal.record.id) ||
      catalog.running(terminal.record.provider).hooks?.receipts === true ||
      transcripts.follows(terminal),
  });
  const spoke = new Set<string>();
  const postman = createPostman({
    catalog,
    messages: stores.messages,
    journal: stores.journal,
    clock,
    log,
    terminals: () => terminals,
    ttlMs: config.messages.ttlHours * 3_600_000,
    pausedUntil: (terminal) => limits.pausedUntil(terminal),
    deliverNext: (terminal) =>
      terminal.isPaneless && terminal.isLive
        ? paneless.deliverNext(terminal)
        : deliverer.deliverNext(terminal),
  });
  lifetime.own(postman);
  const words = createWords();
  const voice = createAgentVoice({
    deliverer,
    log,
    words,
    kick: (terminal) => postman.kick(terminal),
    stopped: (terminal, at) => handoffs.senderStopped(terminal, at),
  });
  const transcripts = createTranscripts({
    store: stores.transcripts,
    catalog,
    clock,
    log,
    voice,
    openFiles: openFilesOf,
  });
  lifetime.own(transcripts);
  const ttlMs = config.approvals.ttlMinutes * 60_000;
  const screens = new ScreenApprovals({
    approvals: stores.approvals,
    journal: stores.journal,
    driver,
    clock,
    log,
    ttlMs,
    terminals: () => terminals,
    tell: async (to, body, dedupeKey) =>
      void (await postman.send({ to, body, dedupeKey }, "human")),
    failpoint: parts.failpoint,
  });
  lifetime.own(screens);
  const paneless = openPaneless({
    ...parts,
    ...stores,
    voice,
    permits: (terminal, asked, signal) =>
      permits({ gatekeeper, desk, waitMs: config.gate.waitSeconds * 1_000 }, terminal, {
        asked,
        signal,
      }),
    launcher: () => launcher,
    pausedUntil: (terminal) => limits.pausedUntil(terminal),
    kick: (terminal) => postman.kick(terminal),
  });
  lifetime.own(paneless);
  const terminals: Terminals = new Terminals({
    ...terminalPorts({ driver, catalog, clock, log, paths, config }),
    store: stores.terminals,
    failpoint: parts.failpoint,
    paneless,
    reader: (provider) => {
      const definition = catalog.running(provider);
      return {
        detect: (input) => detect(definition, input),
        stableMs: definition.stableMs,
        settleMs: definition.settleMs,
        answers: definition.answer !== undefined,
      };
    },
    adopted: (terminal) => transcripts.catchUp(terminal),
    observed: (terminal, look) => {
      transcripts.observe(terminal);
      deliverer.observe(terminal, look);
      screens.observe(terminal);
      postman.kick(terminal);
    },
    ended: (terminal) => {
      containment.release(terminal.record.id);
      transcripts.ended(terminal);
      deliverer.ended(terminal);
      postman.kick(terminal);
      exits
        .ended(terminal.record.id)
        .catch((error: unknown) =>
          log.warn({ error: describeError(error) }, "how commands ended is not recorded"),
        );
      desk.ended(terminal.record.id).catch((error: unknown) => {
        log.error({ error: describeError(error) }, "what an ended agent asked for still stands");
      });
    },
  });
  lifetime.own(() => terminals.close());

  const describe = (): DaemonView => ({
    version: VERSION,
    pid: process.pid,
    startedAt,
    home: paths.home,
    socket: paths.socket,
    http: { host: config.http.host, port },
    tmux: { socket: config.tmux.socket, version: driver.tmuxVersion, channel: driver.channel },
    terminals: terminals.live().length,
  });
  const url = (): string => `http://${config.http.host}:${port}`;
  const hookSettings = hookSettingsFiles({
    folder: paths.terminalSettings,
    script: join(bundledFolder("gates"), "hook"),
    url,
    waitSeconds: config.gate.waitSeconds,
    markOf: (id) => agents.markOf(id),
  });
  const ownBin = bundledFolder("bin");
  const gate = {
    level: config.gate.level,
    network: config.gate.network,
    policy: (where: { workspace: string; agent: string }) =>
      gateOf(parts.policies.inForce(where).layers),
    folder: bundledFolder("gates"),
    shims: shimFolders(bundledFolder("gates"), paths.shims),
    contain: (agent: Contained) => containment.prepare(agent),
  };
  const agentVariables = (id: string) => ({
    CONDUCTOR_TERMINAL_ID: id,
    // Else `conductor` in a pane would speak to another home's daemon, or start one.
    CONDUCTOR_HOME: paths.home,
    CONDUCTOR_URL: url(),
    CONDUCTOR_TOKEN: agents.tokenOf(id),
  });
  const sessionFile = async (id: string) => (await stores.transcripts.position(id))?.path;
  const launcher = createLauncher({
    terminals: () => terminals,
    catalog,
    sessionName: config.session.prefix,
    ownBin,
    gate,
    settings: (provider, terminal) => {
      const where = { folder: join(paths.terminalSettings, terminal.id), url: url() };
      const tools = mcpSettings(provider, where);
      const hooks = hookSettings.write(provider, terminal);
      return { args: [...tools.args, ...hooks.args], env: { ...tools.env, ...hooks.env } };
    },
    agentVariables,
    endSession: (session) => driver.endSession(session),
    autoOff: async () => {
      const { on, queues } = await taskWork.setting();
      if (on) await taskWork.turn({ on: false, queues }, { by: "human", release: true });
      return on;
    },
    worktree: ensureWorktree,
    agent: (ref) => stores.agents.get(ref),
    sessionFile,
    prompt: async (to, body) => {
      // One that was lost before it took its first prompt still has it in its inbox.
      const waiting = await stores.messages.list({ to, states: ["queued", "delivering"] });
      const isThere = waiting.some((each) => each.from === "human" && each.body === body);
      if (!isThere) await postman.send({ to, body }, "human");
    },
  });
  const connectors = createConnectors({
    terminals: () => terminals,
    messages: stores.messages,
    journal: stores.journal,
    postman,
    catalog,
    usage: (filter) => stores.transcripts.usage(filter),
    stopWork: createStopWork({ messages: stores.messages, terminals: () => terminals, clock }),
    words: (id, listener) => words.follow(id, listener),
    launcher,
    paneless,
  });
  const registry = createAgents({
    store: stores.agents,
    catalog,
    terminals: () => terminals,
    probes: createAgentProbes({
      connectors,
      env: () => ({
        ...ungated(parts.env),
        PATH: withOwnBin(parts.env["PATH"], ownBin),
      }),
      clock,
      log,
    }),
    journal: stores.journal,
    clock,
    log,
    url,
  });
  lifetime.own(registry);
  const handoffs = openHandoffs(
    { ...parts, ...stores, terminals: () => terminals, launcher, postman, config: config.handoffs },
    lifetime,
  );
  const taskWork = openExecutor(
    {
      ...parts,
      ...stores,
      terminals: () => terminals,
      registry,
      connectors,
      blobs: openBlobs(paths.blobs),
      sessionFile,
      gate,
      agentVariables,
      release: (id) => containment.release(id),
      ownBin,
    },
    lifetime,
  );
  const notifications = openNotifications(
    {
      config: config.notify,
      store: stores.notifications,
      journal: stores.journal,
      terminals: () => terminals,
      approvals: stores.approvals,
      tellJournal: stores.tell,
      driver,
      postman,
      env: parts.env,
      folder: paths.webhooks,
      clock,
      log,
      failpoint: parts.failpoint,
    },
    lifetime,
  );
  const desk = createApprovalDesk({
    approvals: stores.approvals,
    journal: stores.journal,
    clock,
    terminals: () => terminals,
    screens,
    ttlMs,
  });
  const passes = createPasses(clock);
  const exits = createExits(stores.decisions);
  const gatekeeper = createGatekeeper({
    policies: parts.policies,
    decisions: stores.decisions,
    approvals: stores.approvals,
    grants: stores.grants,
    desk,
    passes,
    unwrap: (provider, line) =>
      hookContracts[catalog.running(provider).hooks?.contract ?? ""]?.unwrap(line),
    clock,
    home: homedir(),
    user: userInfo().username,
    hashKey: readSecret(auditKeyFile(paths)),
    ttlMs,
    waitMs: config.gate.waitSeconds * 1_000,
    failpoint: parts.failpoint,
  });
  const tokens = {
    human,
    bearerOf: (hash: string) => stores.tokens.bearerOf(hash),
    terminalOf: (hash: string) =>
      agents.terminalOf(
        hash,
        terminals.live().map(({ record }) => record.id),
      ),
  };
  const services: Services = {
    clock,
    log,
    config,
    tokens,
    terminals,
    agents: registry,
    launcher,
    postman,
    handoffs,
    connectors,
    notifications,
    desk,
    gatekeeper,
    passes,
    hookMark: (id) => agents.markOf(id),
    hooked: (terminal, { word, transcriptPath, sessionId }) => {
      // What it prints says the same, and in one order with its end.
      if (terminal.isPaneless) return;
      if (transcriptPath !== null) transcripts.told(terminal, transcriptPath);
      // Where a session file is followed, that says so.
      if (sessionId !== null && word?.kind === "prompt" && !transcripts.follows(terminal))
        heardSession(terminal, sessionId, log);
      spoke.add(terminal.record.id);
      if (word === null) return;
      const at = clock.now();
      const tell = () => voice(terminal, { source: "hook", at, event: word });
      // Where a hook tells of an end without the answer, that stands in the file already.
      if (word.kind === "turnEnded" && word.answer === null)
        void transcripts.catchUp(terminal).then(tell, tell);
      else tell();
    },
    decisions: stores.decisions,
    exits,
    policyDesk: createPolicyDesk({
      policies: parts.policies,
      files: { own: paths.policy, shipped: shippedPolicy(), trust: paths.trust },
      tell: stores.tell,
    }),
    grants: stores.grants,
    usage: (filter) => stores.transcripts.usage(filter),
    tokenStore: stores.tokens,
    catalog,
    describe,
    health: () => checkHealth({ ...stores, terminals: () => terminals, driver, clock }),
    messages: stores.messages,
    approvals: stores.approvals,
    tasks: taskWork.tasks,
    taskWork,
    taskDesk: createTaskDesk({ tasks: stores.tasks, clock, terminals: () => terminals }),
    journal: stores.journal,
    stop: parts.stop,
    attach: parts.attach,
  };

  await desk.start();
  await screens.load();
  await terminals.adopt();
  containment.sweep((id) => terminals.byId(id)?.isLive ?? false);
  screens.settleEnded();
  for (const id of (await stores.approvals.pending()).keys())
    if (terminals.byId(id)?.isLive !== true) await desk.ended(id);
  const logs = createTerminalLogs({
    driver,
    log,
    folder: paths.terminalLogs,
    limits: config.log,
    live: () => terminals.live().map(({ record }) => record),
  });
  const taskWatch = new TaskWatch({
    tasks: stores.tasks,
    clock,
    log,
    signs: (id) => signsOf(terminals, id),
    stallMs: config.tasks.stallMinutes * 60_000,
    graceMs: config.tasks.graceSeconds * 1_000,
  });
  lifetime.own(
    createTicker({ services, driver, stores, logs, limits, longTexts, hookSettings, taskWatch }),
  );
  const doors = await openDoors(createApp(services), {
    ...config.http,
    socket: paths.socket,
    agentSocket: paths.agentSocket,
    before: terminals.live().length > 0 ? readPort(paths) : undefined,
  });
  port = doors.port;
  rememberPort(paths, port);
  lifetime.own(() => doors.close());
  await handoffs.start();
  await taskWork.start();
  await notifications.start();
  // Of ended terminals too, whose end the daemon of before may not have told its messages.
  const waiting = await stores.messages.unread();
  for (const terminal of terminals.all())
    if (waiting.has(terminal.record.id)) postman.kick(terminal);
  return services;
}
