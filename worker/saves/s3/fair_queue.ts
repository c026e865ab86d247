/**
 * Who is served next where several use one service: each in its turn, so that one with many requests holds up its own
 * alone. Pure: it has no clock, and what it lets begin ends by itself.
 *
 * Drop policy: while as many wait as may, the one that has the most waiting gives up its newest; a new request of that
 * one is refused itself.
 *
 * @module
 */

/** The bounds of a {@linkcode FairQueue}. */
export interface QueueBounds {
  /** Requests that run at once. */
  readonly atOnce: number;
  /** Requests of one client that run at once. */
  readonly each: number;
  /** Requests that wait. */
  readonly waiting: number;
}

interface Request {
  readonly begin: () => void;
  readonly refuse: () => void;
}

interface Line {
  running: number;
  readonly waiting: Request[];
}

/** The requests of all clients. A client is whatever object stands for it. */
export class FairQueue {
  readonly #bounds: QueueBounds;
  /** By client, the one that was served last at the end. */
  readonly #lines = new Map<object, Line>();
  #running = 0;
  #waiting = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  /** Clients of which something runs or waits. */
  get clients(): number {
    return this.#lines.size;
  }

  /** Adds a request. Either `begin` or `refuse` is called, once, now or later; after `begin` call {@linkcode end}. */
  add(client: object, request: Request): void {
    const line = this.#lines.get(client) ?? { running: 0, waiting: [] };
    this.#lines.set(client, line);
    line.waiting.push(request);
    this.#waiting += 1;
    this.#next();
    if (this.#waiting <= this.#bounds.waiting) return;
    let longest = line;
    for (const each of this.#lines.values()) {
      if (each.waiting.length > longest.waiting.length) longest = each;
    }
    this.#waiting -= 1;
    longest.waiting.pop()!.refuse();
    // A longer line than the client's own keeps a request.
    this.#forgetUnused(client, line);
  }

  /** A request of the client has ended. */
  end(client: object): void {
    const line = this.#lines.get(client)!;
    line.running -= 1;
    this.#running -= 1;
    this.#forgetUnused(client, line);
    this.#next();
  }

  #forgetUnused(client: object, { running, waiting }: Line): void {
    if (running === 0 && waiting.length === 0) this.#lines.delete(client);
  }

  /** Lets begin what may: first of the client with the fewest that run, then of the one that was served longest ago. */
  #next(): void {
    while (this.#running < this.#bounds.atOnce) {
      const due = this.#due();
      if (!due) return;
      const [client, line] = due;
      this.#lines.delete(client);
      this.#lines.set(client, line);
      line.running += 1;
      this.#running += 1;
      this.#waiting -= 1;
      line.waiting.shift()!.begin();
    }
  }

  #due(): [object, Line] | undefined {
    let due: [object, Line] | undefined;
    for (const each of this.#lines) {
      const [, { running, waiting }] = each;
      const fewest = due?.[1].running ?? this.#bounds.each;
      if (waiting.length > 0 && running < fewest) due = each;
    }
    return due;
  }
}
