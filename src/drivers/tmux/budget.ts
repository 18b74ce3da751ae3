/** A line of commands that waits for its turn; `start` is called once, when it may be sent. */
export interface Ticket {
  readonly slots: number;
  readonly start: () => void;
}

/** One connection's place in the budget: its tickets start in the order they came. */
export interface Lane {
  readonly waiting: Ticket[];
  isOpen: boolean;
}

/** Shares the commands outstanding on one server fairly: lanes take turns, one line each. */
export class CommandBudget {
  readonly #limit: number;
  readonly #lanes: Lane[] = [];
  #used = 0;
  #turn = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  addLane(): Lane {
    const lane: Lane = { waiting: [], isOpen: false };
    this.#lanes.push(lane);
    return lane;
  }

  removeLane(lane: Lane): void {
    const at = this.#lanes.indexOf(lane);
    if (at >= 0) this.#lanes.splice(at, 1);
    this.#pump();
  }

  setOpen(lane: Lane, isOpen: boolean): void {
    Object.assign(lane, { isOpen });
    this.#pump();
  }

  request(lane: Lane, ticket: Ticket): void {
    lane.waiting.push(ticket);
    this.#pump();
  }

  release(slots: number): void {
    this.#used -= slots;
    this.#pump();
  }

  #pump(): void {
    for (let skipped = 0; skipped < this.#lanes.length; ) {
      const lane = this.#lanes[this.#turn % this.#lanes.length];
      const ticket = lane?.isOpen === true ? lane.waiting[0] : undefined;
      // A line longer than the whole budget goes when nothing else is out.
      const fits = this.#used + (ticket?.slots ?? 0) <= this.#limit || this.#used === 0;
      if (ticket !== undefined && !fits) return;
      this.#turn = (this.#turn + 1) % this.#lanes.length;
      if (ticket === undefined) skipped += 1;
      else {
        skipped = 0;
        lane?.waiting.shift();
        this.#used += ticket.slots;
        ticket.start();
      }
    }
  }
}
