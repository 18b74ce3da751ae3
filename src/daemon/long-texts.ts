/** Messages too long to paste: each in a file that its agent is told to read, for as long as there is the message. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MessageView } from "../contract/messages.ts";

export interface LongTexts {
  /** The same message has the same file. */
  write(message: Pick<MessageView, "id" | "body">): Promise<string>;
  remove(messageIds: readonly string[]): void;
}

export function createLongTexts(folder: string): LongTexts {
  const fileOf = (id: string): string => join(folder, `${id}.txt`);
  return {
    write: async ({ id, body }) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(fileOf(id), body, { mode: 0o600 });
      return fileOf(id);
    },
    remove: (messageIds) => {
      for (const id of messageIds) rmSync(fileOf(id), { force: true });
    },
  };
}
