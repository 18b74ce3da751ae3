import { expect, test } from "vitest";
import { ConductorError } from "../../../src/base/errors.ts";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { connect, isAbsent } from "../../../src/clients/link/connect.ts";
import { isReset } from "../../../src/clients/link/events.ts";
import { follow } from "../../../src/clients/link/follow.ts";
import { serve, serveRaw, TOKEN, testHome } from "../../support/stub-daemon.ts";

async function caught(work: Promise<unknown>): Promise<ConductorError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConductorError) return error;
  throw new Error(`expected a ConductorError, got ${String(error)}`);
}

test("a call bears the human's token and brings the daemon's version with its answer", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const calls = await serve(lifetime, home.paths.socket, () => ({
      json: [],
      headers: { "conductor-version": "9.9.9" },
    }));
    const client = connect(home);
    expect(await client.terminals({ all: true })).toEqual([]);
    expect(client.daemonVersion).toBe("9.9.9");
    expect(calls[0]).toMatchObject({ method: "GET", path: "/api/v1/terminals", token: TOKEN });
    expect(calls[0]?.query.get("all")).toBe("1");
  }));

test("an agent's call bears the agent's token, even where the human's can be read", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime, { CONDUCTOR_TOKEN: "agent-token" });
    const calls = await serve(lifetime, home.paths.socket, () => ({ json: {} }));
    await connect(home).decide("7", { verdict: "approve" });
    expect(calls[0]).toMatchObject({ token: "agent-token", body: { verdict: "approve" } });
    expect(calls[0]?.path).toBe("/api/v1/approvals/7/verdict");
  }));

test("the daemon's error arrives as it was thrown, with its hint and data", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const error = {
      code: "name.taken",
      message: "dev is taken",
      hint: "take another",
      data: { n: 1 },
    };
    await serve(lifetime, home.paths.socket, () => ({
      status: 409,
      json: { ...error, detail: error.message },
    }));
    const got = await caught(connect(home).rename("x", "dev"));
    expect({ code: got.code, message: got.message, hint: got.hint, data: got.data }).toEqual(error);
  }));

test("an answer in nobody's form is still an error with its status", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    await serve(lifetime, home.paths.socket, () => ({ status: 502, json: "oops" }));
    const got = await caught(connect(home).status());
    expect(got.code).toBe("internal");
    expect(got.message).toContain("502");
  }));

test("no socket, and a socket nobody listens on, both mean that no daemon is there", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const missing = await caught(connect(home).status());
    expect(missing.code).toBe("daemon.unreachable");
    expect(isAbsent(missing)).toBe(true);
  }));

test("a daemon that dies in the middle of its answer is not taken for an absent one", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    await serveRaw(lifetime, home.paths.socket, (peer) => {
      peer.once("data", () => peer.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"));
    });
    const error = await caught(connect(home).status());
    expect(error.code).toBe("daemon.unreachable");
    expect(isAbsent(error)).toBe(false);
  }));

test("a daemon that never answers meets the deadline", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    await serveRaw(lifetime, home.paths.socket, () => undefined);
    expect((await caught(connect(home).status({ deadlineMs: 30 }))).code).toBe("timeout");
  }));

test("an aborted call rejects with the signal's reason", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const stop = new AbortController();
    await serveRaw(lifetime, home.paths.socket, () => stop.abort(new Error("enough")));
    await expect(connect(home).status({ signal: stop.signal })).rejects.toThrow("enough");
  }));

test("five megabytes travel both ways unchanged", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    await serve(lifetime, home.paths.socket, (call) => ({ json: [call.body] }));
    const body = "äöü€\u{1f600}\n".repeat(300_000);
    const [echoed] = await connect(home).send({ to: "dev", body });
    expect(echoed?.body === body).toBe(true);
  }));

test("following resumes after the last event when the daemon went away, and repeats none", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const asked: (string | null)[] = [];
    await serve(lifetime, home.paths.socket, (call) => {
      const after = call.query.get("after");
      asked.push(after);
      const from = Number(after ?? "0");
      return {
        take: (response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.write(": heartbeat\n\n");
          // The second connection repeats the last event, as a careless server might.
          for (const seq of [from, from + 1, from + 2].filter((each) => each > 0)) {
            response.write(`id: ${seq}\nevent: x\ndata: ${JSON.stringify({ seq, type: "é" })}\n\n`);
          }
          response.end();
        },
      };
    });
    const seen: number[] = [];
    for await (const event of follow(connect(home), { after: 0, signal: lifetime.signal })) {
      if (isReset(event)) throw new Error("it has them all");
      seen.push(event.seq);
      if (seen.length === 6) break;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(asked).toEqual(["0", "2", "4"]);
  }));

test("following a journal that has no such row tells where that stands, and goes on from there", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    await serve(lifetime, home.paths.socket, () => ({
      take: (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write('id: 7\nevent: reset\ndata: {"after":7}\n\n');
        response.write('id: 8\nevent: x\ndata: {"seq":8}\n\n');
      },
    }));
    const events = follow(connect(home), { after: 9_999, signal: lifetime.signal });
    expect((await events.next()).value).toEqual({ after: 7 });
    expect((await events.next()).value).toEqual({ seq: 8 });
  }));

test("following gives up on an error that another try would not mend", () =>
  Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime);
    const json = { code: "auth.missing", detail: "no", hint: null, data: {} };
    await serve(lifetime, home.paths.socket, () => ({ status: 401, json }));
    const events = follow(connect(home), { signal: lifetime.signal });
    await expect(events.next()).rejects.toThrow("no");
  }));
