/** Which adapter carries a control connection; told by the daemon's status. */
export type ChannelKind = "pty" | "pipes";

/** A control connection as bytes. Both adapters pass one contract suite. */
export interface Channel {
  readonly kind: ChannelKind;
  readonly pid: number;
  /** tmux's lines end in LF here: greeting and carriage returns are gone. Ends with the connection; one reader. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** One command line without its newline. Lines written before tmux is ready wait; after the end they vanish. */
  write(line: string): void;
  /** Detaches and resolves when the client process is gone; once `signal` aborts it is killed. */
  close(signal: AbortSignal): Promise<void>;
}

export interface ChannelPlan {
  /** tmux's arguments without `-C` or `-CC`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type OpenChannel = (plan: ChannelPlan) => Channel;

/** An empty line would detach the client and a line break would make two commands. */
export function assertOneLine(line: string): void {
  if (line === "" || /[\r\n]/.test(line)) {
    throw new Error("a command is one line that is not empty");
  }
}
