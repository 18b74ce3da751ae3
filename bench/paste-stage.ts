/** The product's tmux driver on a server of its own, with an app in its pane that tells of every paste. */
import { createHash } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { systemClock } from "../src/base/clock.ts";
import { silentLog } from "../src/base/log.ts";
import { createTmuxDriver, type TmuxDriver } from "../src/drivers/tmux/index.ts";
import type { Channel } from "./result.ts";
import { node, World } from "./world.ts";

interface Paste {
  readonly at: number;
  readonly bytes: number;
  readonly sha256: string;
}

interface Parts {
  readonly world: World;
  readonly server: Server;
  readonly driver: TmuxDriver;
  readonly paneId: string;
  readonly peer: Socket;
}

const SIZE = { columns: 160, rows: 50 };
const LATE_MS = 10_000;

export class PasteStage implements AsyncDisposable {
  readonly channel: Channel;
  readonly #world: World;
  readonly #server: Server;
  readonly #driver: TmuxDriver;
  readonly #paneId: string;
  #arrived = Promise.withResolvers<Paste>();

  static async open(of: World): Promise<PasteStage> {
    const world = new World(of.signal);
    const socket = join(world.folder, "pastes.sock");
    const server = createServer();
    const connected = Promise.withResolvers<Socket>();
    server.on("connection", connected.resolve);
    server.listen(socket);
    const driver = await createTmuxDriver({
      socket: world.socket,
      configPath: join(world.folder, "tmux.conf"),
      runtimeDir: join(world.folder, "run"),
      size: SIZE,
      clock: systemClock,
      log: silentLog,
      env: world.env,
    });
    await driver.openSession("paste", SIZE);
    const { paneId } = await driver.spawn({
      session: "paste",
      terminalId: "t_receiver",
      name: "receiver",
      cwd: world.folder,
      env: world.env,
      argv: [node, fileURLToPath(import.meta.resolve("./receiver.ts")), socket],
      logPath: join(world.folder, "receiver.log"),
    });
    while (!driver.isBracketed(paneId)) await sleep(5, undefined, { signal: of.signal });
    return new PasteStage({ world, server, driver, paneId, peer: await connected.promise });
  }

  private constructor({ world, server, driver, paneId, peer }: Parts) {
    this.channel = driver.channel;
    this.#world = world;
    this.#server = server;
    this.#driver = driver;
    this.#paneId = paneId;
    void this.#hear(peer);
  }

  async #hear(peer: Socket): Promise<void> {
    for await (const line of createInterface({ input: peer })) {
      const paste: Paste = JSON.parse(line);
      this.#arrived.resolve(paste);
    }
  }

  /** From here until the last byte is in the app; throws when they are not the bytes of the text. */
  async timed(text: string, paste: () => Promise<void>): Promise<number> {
    this.#arrived = Promise.withResolvers();
    const late = sleep(LATE_MS, undefined, { signal: this.#world.signal, ref: false });
    const from = performance.timeOrigin + performance.now();
    await paste();
    const got = await Promise.race([this.#arrived.promise, late]);
    const sha256 = createHash("sha256").update(text).digest("hex");
    if (got?.sha256 !== sha256) throw new Error(`a paste came changed: ${JSON.stringify(got)}`);
    return got.at - from;
  }

  paste(text: string): Promise<void> {
    return this.#driver.paste(this.#paneId, text, { keepLineFeeds: true });
  }

  spawnedPaste(text: string): Promise<void> {
    return this.#world.pasteSpawned(this.#paneId, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver.close();
    this.#server.close();
    await this.#world[Symbol.asyncDispose]();
  }
}
