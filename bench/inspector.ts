/** Asks a daemon for what only it can do: to collect its garbage. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

export interface Inspector {
  readonly collectGarbage: () => Promise<void>;
  readonly close: () => void;
}

const targets = z.array(z.object({ webSocketDebuggerUrl: z.string() })).min(1);
const OPEN_MS = 10_000;

/** A port of this machine that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** @param port  what the process was told by `--inspect-port`; it listens there from now on */
export async function inspect(pid: number, port: number): Promise<Inspector> {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await urlAt(port));
  await once(socket, "open");
  let count = 0;
  const call = async (method: string): Promise<void> => {
    count += 1;
    const id = count;
    const { promise, resolve } = Promise.withResolvers<void>();
    const hear = ({ data }: MessageEvent): void => {
      if (z.object({ id: z.literal(id) }).safeParse(JSON.parse(String(data))).success) resolve();
    };
    socket.addEventListener("message", hear);
    socket.send(JSON.stringify({ id, method }));
    await promise;
    socket.removeEventListener("message", hear);
  };
  await call("HeapProfiler.enable");
  return {
    // What the first one frees may hold more.
    collectGarbage: async () => {
      await call("HeapProfiler.collectGarbage");
      await call("HeapProfiler.collectGarbage");
    },
    close: () => socket.close(),
  };
}

async function urlAt(port: number): Promise<string> {
  const until = Date.now() + OPEN_MS;
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/json`);
      const [first] = targets.parse(await answer.json());
      if (first !== undefined) return first.webSocketDebuggerUrl;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await sleep(20);
  }
}
