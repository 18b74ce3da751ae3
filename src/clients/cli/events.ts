import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { JournalEvent } from "../../contract/events.ts";
import { isReset } from "../link/events.ts";
import { follow } from "../link/follow.ts";
import { command, count, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { whileRead } from "./while-read.ts";

interface EventsOptions extends JsonOption {
  readonly follow?: boolean;
  readonly after?: number;
}

export function build(context: Context): Command {
  return command("events", "Print the journal: one line per event, oldest first", [
    "events",
    "events -f",
    "events -f --after 120 --json",
  ])
    .option("-f, --follow", "go on as it grows; from now on, unless --after says from where")
    .option("--after <number>", "only events after this number", count)
    .action(async (options: EventsOptions) => {
      const client = await openClient(context);
      const after = options.after ?? (options.follow === true ? undefined : 0);
      const stop = new AbortController();
      const signal =
        options.follow === true
          ? whileRead(context)
          : AbortSignal.any([context.signal, stop.signal]);
      const quiet = options.follow === true ? undefined : new Quiet(stop);
      for await (const event of follow(client, { after, signal })) {
        quiet?.heard();
        if (isReset(event))
          context.stderr.write(
            `no event has that number; the journal goes on behind ${event.after}\n`,
          );
        else present(context, options.json, event, () => eventLine(event));
      }
    });
}

const QUIET_MS = 300;
/** The first one may have to wait for a busy daemon. */
const FIRST_MS = 3_000;

/** The stream does not say where the recorded part ends; it is over when nothing comes at once. */
class Quiet {
  readonly #stop: AbortController;
  #timer: NodeJS.Timeout;

  constructor(stop: AbortController) {
    this.#stop = stop;
    this.#timer = setTimeout(() => stop.abort(), FIRST_MS);
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop.abort(), QUIET_MS);
  }
}

function eventLine(event: JournalEvent): string {
  const time = new Date(event.time).toISOString();
  const data = Object.keys(event.data).length === 0 ? "" : `  ${JSON.stringify(event.data)}`;
  return printableLine(
    `${event.seq}  ${time}  ${event.type}  ${event.subject}  ${event.actor}${data}`,
  );
}
