/**
 * The workers as receivers of field streams: chooses the worker of a new stream, and sends commands to workers. Every
 * command is answered within {@linkcode COMMAND_LIMIT} or reported as failed.
 *
 * @module
 */
import { COMMAND_LIMIT } from "../../protocol/legs/agent_leg.ts";
import type { Clock } from "../../protocol/clock.ts";
import { isRefusal, type RefusalPayload, stamp } from "../../protocol/envelope.ts";
import type {
  EgressDestination,
  IngestOffer,
  IngestStart,
  IngestStarted,
  IngestTransport,
} from "../../protocol/field/ingest.ts";
import type { StreamId, WorkerId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { FromWorker, ToWorker } from "../../protocol/legs/worker_leg.ts";
import { freePairs, leasePairs, pairsOf } from "../domain/ports.ts";
import { Pending } from "../fleet/pending.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";

/** A worker that may receive streams. */
export interface ReceiverView {
  readonly workerId: WorkerId;
  readonly name: string;
  readonly state: "online" | "draining" | "lost";
  readonly offer: IngestOffer | undefined;
  /** Whole-machine CPU in percent. */
  readonly cpu: number;
  /** The ports that other programs hold there. */
  readonly foreign: readonly number[];
}

/** The workers that may receive streams, and the way to send messages to them. */
export interface ReceiverWorkers {
  receivers(): readonly ReceiverView[];
  send(worker: WorkerId, message: ToWorker): boolean;
}

/** A worker's answer to a command. */
export type IngestMessage = Extract<
  FromWorker,
  { type: "ingest.started" | "ingest.start.response" | "ingest.update.response" }
>;

/** A worker and the ports that are free for one stream. */
export interface Place {
  readonly worker: ReceiverView & { readonly offer: IngestOffer };
  readonly ports: readonly number[];
}

/** The workers as receivers of field streams. */
export class Receivers {
  readonly #workers: ReceiverWorkers;
  readonly #ports: { clock: Clock; random: Random };
  readonly #starting: Pending<IngestStarted | RefusalPayload>;
  readonly #updating: Pending<object | RefusalPayload>;
  /** The newest port leased at each worker: the search for the next lease starts after it. */
  readonly #newest = new Map<WorkerId, number>();

  constructor(workers: ReceiverWorkers, ports: { clock: Clock; random: Random }) {
    this.#workers = workers;
    this.#ports = ports;
    this.#starting = new Pending(ports.clock, COMMAND_LIMIT);
    this.#updating = new Pending(ports.clock, COMMAND_LIMIT);
  }

  /** The least busy worker with enough free ports, or the one that is asked for, and its ports for `links` paths. */
  choose(
    { transport, links, worker: wanted, near, taken }: {
      readonly transport: IngestTransport;
      readonly links: number;
      /** The worker that is asked for; absent: any. */
      readonly worker?: WorkerId | undefined;
      /** The port that is wanted if it is free. */
      readonly near?: number | undefined;
      /** Ports held at a worker. */
      readonly taken: (worker: WorkerId) => ReadonlySet<number>;
    },
  ): Place | Refused {
    const held = ({ workerId, foreign }: Pick<ReceiverView, "workerId" | "foreign">) =>
      taken(workerId).union(new Set(foreign));
    const fault = wanted && this.#unfit(wanted, transport);
    if (fault) return fault;
    const asked = this.#workers.receivers().filter(({ workerId }) =>
      wanted === undefined || workerId === wanted
    );
    const able = asked.flatMap(({ offer, ...worker }) =>
      offer?.transports.includes(transport) && worker.state === "online"
        ? [{ ...worker, offer, free: freePairs(rangeOf(offer), held(worker)) }]
        : []
    );
    if (able.length === 0) {
      const message = `Cannot start: no worker that is online receives ${transport.toUpperCase()}`;
      return refused("no_receiver", message);
    }
    const fitting = able.filter(({ free }) => free >= links);
    if (fitting.length === 0) {
      const list = able.map(({ name, offer, free }) =>
        `${name} has ${free} of ${pairsOf(rangeOf(offer))} port pairs free`
      );
      return refused("no_ports", `Cannot start: ${links} needed, and ${list.join(", ")}`);
    }
    const [{ free: _, ...worker }] = fitting.toSorted((a, b) =>
      a.cpu - b.cpu || b.free - a.free
    ) as [
      typeof fitting[number],
    ];
    const after = near === undefined ? this.#newest.get(worker.workerId) : near - 1;
    const range = rangeOf(worker.offer);
    const ports = leasePairs(range, held(worker), { count: links, after }) ?? [];
    this.#newest.set(worker.workerId, ports.at(-1) ?? 0);
    return { worker, ports };
  }

  /** What a worker that is online offers. */
  offerOf(worker: WorkerId): IngestOffer | undefined {
    const found = this.#workers.receivers().find(({ workerId }) => workerId === worker);
    return found?.state === "online" ? found.offer : undefined;
  }

  /** Starts receiving at a worker; returns the ports that the worker bound, which may differ from the leased ones. */
  async start(worker: WorkerId, payload: IngestStart): Promise<IngestStarted | Refused> {
    const message = { ...stamp(this.#ports), type: "ingest.start" as const, payload };
    return await this.#ask(worker, { message, pending: this.#starting });
  }

  /** Changes the destinations of a running stream. */
  async update(
    worker: WorkerId,
    streamId: StreamId,
    destinations: readonly EgressDestination[],
  ): Promise<Refused | undefined> {
    const payload = { stream_id: streamId, destinations: [...destinations] };
    const message = { ...stamp(this.#ports), type: "ingest.update" as const, payload };
    const answer = await this.#ask(worker, { message, pending: this.#updating });
    return isRefused(answer) ? answer : undefined;
  }

  /** Passes later candidates of a stream's publisher on. */
  candidates(worker: WorkerId, stream_id: StreamId, candidates: readonly string[]): void {
    const payload = { stream_id, candidates: [...candidates] };
    const message = { ...stamp(this.#ports), type: "ingest.candidates" as const, payload };
    this.#workers.send(worker, message);
  }

  stop(worker: WorkerId, streamId: StreamId, reason: string): boolean {
    const payload = { stream_id: streamId, reason };
    return this.#workers.send(worker, { ...stamp(this.#ports), type: "ingest.stop", payload });
  }

  /** Takes a worker's answer. */
  answer(worker: WorkerId, message: IngestMessage): void {
    const { id, type, payload } = message;
    if (type === "ingest.update.response") this.#updating.resolve(id, worker, payload);
    else this.#starting.resolve(id, worker, payload);
  }

  /** Ends the commands that wait for a worker whose socket closed. */
  left(worker: WorkerId): void {
    this.#starting.abandon(worker);
    this.#updating.abandon(worker);
  }

  /** Why the worker that is asked for cannot receive by this transport. */
  #unfit(wanted: WorkerId, transport: IngestTransport): Refused | undefined {
    const found = this.#workers.receivers().find(({ workerId }) => workerId === wanted);
    const because = (text: string) => refused("no_receiver", `Cannot start: ${text}`);
    if (!found || found.state === "lost") {
      return because(`worker ${found?.name ?? wanted} is not connected. Choose another one`);
    }
    const { name, state, offer } = found;
    if (state === "draining") return because(`worker ${name} is being taken out of service`);
    if (!offer) return because(`worker ${name} receives no streams. Choose another one`);
    if (offer.transports.includes(transport)) return undefined;
    return because(`worker ${name} does not receive ${transport.toUpperCase()}`);
  }

  async #ask<T>(
    worker: WorkerId,
    { message, pending }: {
      message: Extract<ToWorker, { type: "ingest.start" | "ingest.update" }>;
      pending: Pending<T | RefusalPayload>;
    },
  ): Promise<T | Refused> {
    const answered = pending.wait(message.id, worker);
    if (!this.#workers.send(worker, message)) pending.abandon(worker);
    const answer = await answered;
    if (!answer) {
      const text = `Worker ${worker} did not answer ${message.type} within ${
        COMMAND_LIMIT / 1000
      } s`;
      return refused("worker_no_answer", text);
    }
    if (!isRefusal(answer)) return answer;
    return refused(
      "worker_refused",
      `Worker ${worker} refused ${message.type}: ${answer.error.message}`,
    );
  }
}

/** The port range of a worker's offer. */
export function rangeOf(offer: IngestOffer): { first: number; last: number } {
  return { first: offer.first_port, last: offer.last_port };
}
