/** Anything a lifetime can own: it is released once, newest first. */
export type Resource = Disposable | AsyncDisposable | (() => void | Promise<void>);

/** Owns what was started and ends it, newest first; its signal tells everything that waits. */
export class Lifetime implements AsyncDisposable {
  readonly #abort = new AbortController();
  readonly #resources: Resource[] = [];
  #closing: Promise<void> | undefined;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  own<R extends Resource>(resource: R): R {
    if (this.#closing !== undefined) throw new Error("this lifetime is over");
    this.#resources.push(resource);
    return resource;
  }

  /** Runs `work` and releases everything it owned, also when it throws. */
  static async run<T>(work: (lifetime: Lifetime) => Promise<T>): Promise<T> {
    const lifetime = new Lifetime();
    try {
      return await work(lifetime);
    } finally {
      await lifetime[Symbol.asyncDispose]();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #release(): Promise<void> {
    this.#abort.abort();
    const failures: unknown[] = [];
    for (const resource of this.#resources.toReversed()) {
      try {
        await release(resource);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "some resources did not close");
  }
}

async function release(resource: Resource): Promise<void> {
  if (typeof resource === "function") await resource();
  else if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
  else resource[Symbol.dispose]();
}
