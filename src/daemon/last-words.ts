/** What an agent says piece by piece, up to a bound: of more the end, at a cost that grows with what it says. */
export class LastWords {
  readonly #most: number;
  #said = "";

  constructor(most: number) {
    this.#most = most;
  }

  /** All that counts of what was said so far. */
  get text(): string {
    return this.#said.length > this.#most ? this.#said.slice(-this.#most) : this.#said;
  }

  add(text: string): void {
    this.#said += text;
    // To cut at every piece would copy all of it each time.
    if (this.#said.length >= 2 * this.#most) this.#said = this.#said.slice(-this.#most);
  }

  clear(): void {
    this.#said = "";
  }
}
