/** Texts that are too long for a row, each a file named by its SHA-256; written whole, and never changed. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConductorError } from "../../base/errors.ts";

export interface Blobs {
  /** Resolves with the digest once it is on disk. The same text again is the same file. */
  put(text: string): Promise<string>;
  /** @throws {ConductorError} `not_found` */
  read(sha256: string): Promise<Buffer>;
}

export function openBlobs(folder: string): Blobs {
  const place = (sha256: string) => {
    const own = join(folder, sha256.slice(0, 2));
    return { own, file: join(own, sha256) };
  };
  return {
    put: async (text) => {
      const bytes = Buffer.from(text);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const { own, file } = place(sha256);
      if (await isThere(file, bytes.length)) return sha256;
      await mkdir(own, { recursive: true, mode: 0o700 });
      const fresh = `${file}.${randomUUID()}`;
      try {
        const handle = await open(fresh, "wx", 0o600);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(fresh, file);
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
      return sha256;
    },
    read: async (sha256) => {
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw missing(sha256);
      const bytes = await readFile(place(sha256).file).catch(() => undefined);
      if (bytes === undefined) throw missing(sha256);
      return bytes;
    },
  };
}

async function isThere(file: string, size: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.size === size;
}

function missing(sha256: string): ConductorError {
  return new ConductorError("not_found", `there is no blob ${sha256.slice(0, 100)}`, {
    hint: "`conductor task show ID` names those of a task",
  });
}
