/** Overrides of rules, written into policy files for their owner, each with an event of the journal. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConductorError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { didYouMean } from "../base/nearest.ts";
import type { NewEvent } from "../contract/events.ts";
import type { OverrideOutcome, OverrideRemoval, OverrideRequest } from "../contract/policy.ts";
import { type TrustFile, trustFile } from "../contract/trust.ts";
import type { Journal } from "../core/journal/index.ts";
import {
  addOverride,
  type Layer,
  type LayerRule,
  mayOverride,
  parsePolicy,
  pinOf,
  removeOverride,
} from "../core/policy/index.ts";
import type { PolicyChange, PolicyFiles, TrustChange } from "../drivers/files/index.ts";
import { bundledFolder } from "./bundled.ts";

export interface PolicyDeskPorts {
  readonly policies: PolicyFiles;
  readonly files: { readonly own: string; readonly shipped: string; readonly trust: string };
  /** Appends to the journal. */
  readonly tell: (event: NewEvent) => void;
}

export interface PolicyDesk {
  /** @throws {ConductorError} `not_found`, `usage.invalid` where it would not count, `policy.invalid` */
  override(asked: OverrideRequest, by: string): OverrideOutcome;
  /** @throws {ConductorError} `not_found` */
  restore(asked: OverrideRemoval, by: string): OverrideOutcome;
}

/** The global policy where the owner has none. */
export function shippedPolicy(): string {
  return join(bundledFolder("policies"), "default.yaml");
}

/** A policy that changed under a running daemon is in the journal, whoever wrote it. */
export function tellOfPolicy(
  { file, hash, broken }: PolicyChange,
  tell: (event: NewEvent) => void,
  log: Logger,
): void {
  if (broken !== undefined)
    log.error({ file }, `the policy is not read again, the version before stays: ${broken}`);
  const told =
    broken === undefined
      ? { type: "policy.changed", data: { hash } }
      : { type: "policy.broken", data: { hash, why: broken } };
  tell({ ...told, subject: file, actor: "daemon" });
}

const TRUSTED = "policy.trusted";
const UNTRUSTED = "policy.untrusted";

/** `conductor policy trust` writes a file, and may be run while no daemon is there: the next one tells of it. */
export function tellOfTrust(
  { file, hash, at, by }: TrustChange,
  tell: (event: NewEvent) => void,
): void {
  if (hash === null) tell({ type: UNTRUSTED, subject: file, actor: "daemon", data: {} });
  else
    tell({
      type: TRUSTED,
      subject: file,
      actor: "daemon",
      data: { hash, ...(at !== undefined && { at }), ...(by !== undefined && { by }) },
    });
}

/** What the journal knows to be trusted. */
export async function trustTold(
  journal: Pick<Journal, "of">,
): Promise<Readonly<Record<string, { readonly hash: string }>>> {
  const events = await journal.of([TRUSTED, UNTRUSTED]);
  const last = new Map(events.map((event) => [event.subject, event]));
  return Object.fromEntries(
    [...last.values()]
      .filter(({ type }) => type === TRUSTED)
      .map(({ subject, data }) => [subject, { hash: String(data["hash"]) }]),
  );
}

type Place = Pick<OverrideRemoval, "workspace" | "agent">;

export function createPolicyDesk(ports: PolicyDeskPorts): PolicyDesk {
  const done = (type: string, rule: string, by: string, data: Omit<OverrideOutcome, "rule">) => {
    ports.tell({ type, subject: rule, actor: by, data: { ...data } });
    return { rule, ...data };
  };
  return {
    override: ({ rule, effect, reason, ...place }, by) => {
      const found = rulesCalled(ports, rule, place);
      const [first] = found;
      if (first === undefined) throw unknown(ports, rule, place);
      const layer = { name: layerOf(place) };
      for (const one of found)
        if (!mayOverride({ effect }, one.rule, { layer: one.layer, by: layer }))
          throw notRelaxable(one.layer, rule);
      const was = first.rule.was ?? first.rule.effect;
      const change = edit(ports, place, (text) => addOverride(text, { rule, effect, reason }));
      return done("policy.overridden", rule, by, { was, effect, reason, ...change });
    },
    restore: ({ rule, ...place }, by) => {
      const before = rulesCalled(ports, rule, place)[0]?.rule;
      const change = edit(ports, place, (text) => removeOverride(text, rule));
      const after = rulesCalled(ports, rule, place)[0]?.rule;
      const said = (one: LayerRule | undefined): string =>
        one === undefined || one.off === true ? "off" : one.effect;
      return done("policy.restored", rule, by, {
        was: said(before),
        effect: said(after),
        ...change,
      });
    },
  };
}

function layerOf({ workspace, agent }: Place): Layer["name"] {
  if (workspace === undefined) return "global";
  return agent === undefined ? "project" : "agent";
}

interface Found {
  readonly layer: Layer;
  readonly rule: LayerRule;
}

function rulesCalled(ports: PolicyDeskPorts, id: string, place: Place): Found[] {
  return rulesIn(ports, place).filter(({ rule }) => rule.id === id);
}

function rulesIn(ports: PolicyDeskPorts, { workspace = "/", agent = "" }: Place): Found[] {
  const { layers } = ports.policies.inForce({ workspace, agent });
  return layers.flatMap((layer) => layer.rules.map((rule) => ({ layer, rule })));
}

function unknown(ports: PolicyDeskPorts, id: string, place: Place): ConductorError {
  const ids = rulesIn(ports, place).map(({ rule }) => rule.id);
  return new ConductorError("not_found", `no rule is called ${id}`, {
    hint: `${didYouMean(id, ids)}conductor policy show lists them`,
  });
}

function notRelaxable(layer: Layer, rule: string): ConductorError {
  return new ConductorError(
    "usage.invalid",
    `${layer.name}/${rule} may not be relaxed by a project or an agent`,
    { hint: `conductor policy override ${rule} without --project, or \`overridable: true\` in it` },
  );
}

/** Made whole beside the old one, and read as a policy, before it takes its place. */
function edit(
  ports: PolicyDeskPorts,
  place: Place,
  change: (text: string) => string,
): Pick<OverrideOutcome, "file" | "isNew" | "isTrusted"> {
  const file = fileOf(ports, place);
  const isNew = !existsSync(file);
  const isGlobal = place.workspace === undefined;
  const before = isNew ? firstText(ports, isGlobal) : readFileSync(file, "utf8");
  const pin = readTrust(ports.files.trust)[file];
  // A file that is gone and was trusted goes on counting: one in its place is to be trusted anew.
  const wasTrusted = isNew ? pin === undefined : pin?.hash === pinOf(before).hash;
  const text = change(before);
  parsePolicy(text, file);
  mkdirSync(dirname(file), { recursive: true });
  replace(file, text, isNew ? 0o600 : statSync(file).mode & 0o777);
  if (!isGlobal && wasTrusted) {
    const trust = { ...readTrust(ports.files.trust), [file]: pinOf(text) };
    replace(ports.files.trust, `${JSON.stringify(trust, null, 2)}\n`, 0o600);
  }
  return { file, isNew, isTrusted: isGlobal || wasTrusted };
}

function fileOf(ports: PolicyDeskPorts, { workspace, agent }: Place): string {
  if (workspace === undefined) return ports.files.own;
  return join(workspace, agent === undefined ? ".ai/policy.yaml" : `.ai/agents/${agent}.yaml`);
}

function firstText(ports: PolicyDeskPorts, isGlobal: boolean): string {
  return isGlobal ? readFileSync(ports.files.shipped, "utf8") : "version: 1\n";
}

function readTrust(file: string): TrustFile {
  return existsSync(file) ? trustFile.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
}

function replace(file: string, text: string, mode: number): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text, { mode });
  renameSync(next, file);
}
