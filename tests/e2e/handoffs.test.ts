/** Work handed from one agent to another by the built product, with scripted agents that really run. */
import { expect, test } from "vitest";
import { ConductorError } from "../../src/base/errors.ts";
import type { HandoffView } from "../../src/contract/handoffs.ts";
import { pending } from "../support/gated-agent.ts";
import { office, outcome, speakAs, untilReleased } from "../support/office.ts";
import { type Product, until } from "../support/product.ts";
import { clientOf, inboxOf, launchScripted, terminalOf, untilStatus } from "../support/scripted.ts";

const PATIENCE_MS = 120_000;

const untilState = (world: Product, id: string, state: HandoffView["state"]): Promise<void> =>
  until(async () => (await clientOf(world).handoff(id)).state === state, `it is ${state}`);

test(
  "a fresh worker answers, its result is stored, and only then is the worker ended",
  async () => {
    const world = office();
    const ran = await world.run("handoff", "worker", "do:say forty-two", "--json");
    expect(ran.stderr).toBe("");
    const { data }: { data: HandoffView } = JSON.parse(ran.stdout);
    expect(data).toMatchObject({
      state: "done",
      origin: "fresh",
      profile: "worker",
      terminalName: "worker",
      result: { text: "forty-two" },
    });
    await untilReleased(world, data.id);
    expect((await terminalOf(world, "worker")).status).toBe("exited");
    const shown = await world.run("handoffs", "result", data.id);
    expect(shown).toMatchObject({ code: 0, stdout: "forty-two\n" });
    const events = (await world.run("events")).stdout;
    const at = (type: string): number => events.indexOf(` ${type} `);
    expect(at("handoff.done")).toBeGreaterThan(at("turn.ended"));
    expect(at("terminal.stopped")).toBeGreaterThan(at("handoff.done"));
  },
  PATIENCE_MS,
);

test(
  "an agent's worker stands where the agent does, and its answer comes back once, by the call",
  async () => {
    const world = office("handoffs: { returnSeconds: 0.2 }\n");
    await launchScripted(world, "lead");
    const lead = await speakAs(world, "lead");
    const asked = await lead.handOff({ profile: "worker", message: "do:say done" });
    const done = await lead.handoff(asked.id, 60_000);
    expect(done).toMatchObject({ state: "done", fromName: "lead", result: { text: "done" } });
    const worker = await terminalOf(world, "worker");
    const { session, cwd } = await terminalOf(world, "lead");
    expect(worker).toMatchObject({ session, cwd, profile: "worker" });
    await untilReleased(world, asked.id);
    expect((await lead.handoff(asked.id)).returned).toBe("call");
    expect(await inboxOf(world, "lead")).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "ten assigned workers: every result comes to their supervisor as a message, in the order of arrival",
  async () => {
    const world = office();
    const lead = await launchScripted(world, "lead");
    const speaker = await speakAs(world, "lead");
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    const asked = await Promise.all(
      numbers.map((number) => {
        const message = `do:say result ${number}`;
        return speaker.handOff({ kind: "assignment", profile: "worker", message });
      }),
    );
    await until(() => lead.prompts().length === 10, "ten results were read", 90_000);
    const all = await clientOf(world).handoffs();
    const settled = all.toSorted((one, other) => (one.settledAt ?? 0) - (other.settledAt ?? 0));
    const heard = lead.prompts().map((text) => /h_[0-9a-f]+/.exec(text)?.[0] ?? "");
    expect(heard.toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
    const times = heard.map((id) => settled.find((each) => each.id === id)?.settledAt ?? 0);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    for (const [number, { id }] of asked.entries())
      expect(lead.prompts().find((text) => text.includes(id))).toContain(`result ${number}`);
  },
  PATIENCE_MS,
);

test(
  "a role that keeps one warm: the idle worker is taken again, and no more than one is kept",
  async () => {
    const world = office("", [{ name: "worker", warm: 1 }]);
    await world.json("daemon", "start");
    const human = clientOf(world);
    const ask = (message: string, more = {}) =>
      human.handOff({
        profile: "worker",
        message,
        cwd: world.folder,
        env: { ...world.env },
        ...more,
      });
    const first = await outcome(human, ask("do:say one"));
    await untilReleased(world, first.id);
    const second = await outcome(human, ask("do:say two"));
    expect(second).toMatchObject({ origin: "warm", terminalId: first.terminalId });
    await untilReleased(world, second.id);
    const third = await outcome(human, ask("do:say three", { fresh: true }));
    expect(third).toMatchObject({ origin: "fresh", terminalName: "worker-2" });
    await untilReleased(world, third.id);
    const live = (await human.terminals()).map(({ name }) => name);
    expect(live).toEqual(["worker"]);
  },
  PATIENCE_MS,
);

test(
  "cancelled and out of time, the worker is stopped: a named one lives on, a launched one is ended",
  async () => {
    const world = office();
    await launchScripted(world, "dev");
    const human = clientOf(world);
    const { id } = await human.handOff({ to: "dev", message: "do:slow 300" });
    await untilState(world, id, "running");
    await human.cancelHandoff(id);
    await untilReleased(world, id);
    expect(await human.handoff(id)).toMatchObject({ state: "cancelled" });
    expect(await terminalOf(world, "dev")).toMatchObject({ status: "idle" });
    expect((await terminalOf(world, "dev")).turn?.state).toBe("interrupted");
    const late = await world.run("handoff", "worker", "do:slow 300", "--timeout", "5s");
    expect(late).toMatchObject({ code: 1, stdout: "" });
    expect(late.stderr).toContain("not done within 5 s");
    const [newest] = await human.handoffs();
    await untilReleased(world, newest?.id ?? "");
    expect(newest?.state).toBe("timed-out");
    expect((await terminalOf(world, "worker")).status).toBe("exited");
  },
  PATIENCE_MS,
);

test(
  "a worker that dies leaves an error with its last screen",
  async () => {
    const world = office();
    await launchScripted(world, "dev");
    const human = clientOf(world);
    const asked = human.handOff({ to: "dev", message: "do:say a last word\ndo:crash 3" });
    const failed = await outcome(human, asked);
    expect(failed).toMatchObject({ state: "failed", error: { code: "pane.gone" } });
    expect(failed.error?.screen).toContain("a last word");
  },
  PATIENCE_MS,
);

test(
  "a worker's question waits for a human, its supervisor is told, and after the answer it goes on",
  async () => {
    const world = office();
    const lead = await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const speaker = await speakAs(world, "lead");
    const message = "do:run echo it ran";
    const { id } = await speaker.handOff({ kind: "assignment", to: "dev", message });
    await untilState(world, id, "question");
    expect((await speaker.handoff(id)).question).toContain("echo it ran");
    await until(() => lead.prompts().length === 1, "the supervisor was told");
    expect(lead.prompts()[0]).toContain("echo it ran");
    const { number } = await pending(world);
    await world.json("approve", String(number));
    await untilState(world, id, "done");
    expect((await speaker.handoff(id)).result?.text).toContain("it ran");
    await until(() => lead.prompts().length === 2, "and got the result");
  },
  PATIENCE_MS,
);

test(
  "nobody waits in a circle, work is not handed on without end, and an agent speaks for itself only",
  async () => {
    const world = office("handoffs: { maxDepth: 2 }\n");
    for (const name of ["lead", "dev", "third", "fourth"]) await launchScripted(world, name);
    const [lead, dev, third] = await Promise.all(
      ["lead", "dev", "third"].map((name) => speakAs(world, name)),
    );
    if (lead === undefined || dev === undefined || third === undefined) throw new Error("nobody");
    const refuses = async (asked: Promise<HandoffView>, code: string, words: string) => {
      const error: unknown = await asked.catch((reason: unknown) => reason);
      if (!(error instanceof ConductorError)) throw new Error("it was not refused");
      expect([error.code, error.message.includes(words)]).toEqual([code, true]);
    };
    await refuses(lead.handOff({ to: "lead", message: "x" }), "state.conflict", "itself");
    const one = await lead.handOff({ to: "dev", message: "do:slow 300" });
    await untilState(world, one.id, "running");
    await refuses(dev.handOff({ to: "lead", message: "x" }), "state.conflict", "lead waits");
    const two = await dev.handOff({ to: "third", message: "do:slow 300" });
    expect(two).toMatchObject({ parent: one.id, depth: 2 });
    await untilState(world, two.id, "running");
    await refuses(
      third.handOff({ to: "fourth", message: "x" }),
      "state.conflict",
      "handed on 2 times",
    );
    await expect(third.handoff(one.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(third.cancelHandoff(two.id)).rejects.toMatchObject({ code: "auth.refused" });
    await refuses(
      third.handOff({ profile: "worker", message: "x", cwd: "/" }),
      "auth.refused",
      "outside",
    );
    await refuses(
      third.handOff({ profile: "worker", provider: "shell", message: "x" }),
      "auth.refused",
      "shell",
    );
    // What was asked for below goes with what it was for.
    await lead.cancelHandoff(one.id);
    await untilState(world, two.id, "cancelled");
    await untilStatus(world, "third", "idle");
  },
  PATIENCE_MS,
);
