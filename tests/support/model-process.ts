/** The scripted model as a process of its own, in the namespace of the agent that asks it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const NODE = join(import.meta.dirname, "../../node_modules/.bin/node");
const SERVER = join(import.meta.dirname, "model-server.ts");

export interface Model {
  readonly port: number;
  /** Ends its held answers. */
  release(): void;
  stop(): Promise<void>;
}

export async function startModel(enter: readonly string[], log: string): Promise<Model> {
  const [file, ...words] = [...enter, NODE, SERVER, "--log", log];
  const server = spawn(file, words, { stdio: ["ignore", "pipe", "inherit"], env: {} });
  const stop = async (): Promise<void> => {
    const ended = once(server, "exit");
    if (server.kill()) await ended;
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const { port }: { port: number } = JSON.parse(line);
    return { port, release: () => void server.kill("SIGUSR2"), stop };
  }
  throw new Error("the model server did not start");
}
