/**
 * The destinations of active streams: adds and removes them while a stream runs, and keeps the workers' lists equal to
 * those of the streams. The changes of one stream are made one after the other.
 *
 * @module
 */
import type { DestinationId, StreamId, WorkerId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import { isOfDevice, MAX_DESTINATIONS_OF_STREAM } from "../../protocol/field/ingest.ts";
import type { Audit } from "../accounts/audit.ts";
import { type Caller, sees } from "../accounts/caller.ts";
import { awaitedOf } from "../domain/stream.ts";
import type { Destinations } from "../fleet/destinations.ts";
import type { StreamRecord } from "../records/fleet.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import type { Receivers } from "./receivers.ts";
import type { StreamRegistry } from "./stream_registry.ts";
import type { Streams } from "./streams.ts";

/** Changes of one stream that wait for the one under way; a further one is refused. */
const MAX_WAITING = 16;

interface Ports {
  readonly registry: StreamRegistry;
  readonly streams: Pick<Streams, "announce">;
  readonly destinations: Destinations;
  readonly receivers: Receivers;
  readonly audit: Audit;
  readonly log: Log;
}

/** Changes the destinations of active streams. */
export type Egress = ReturnType<typeof createEgress>;

/** Creates the service that changes the destinations of active streams. */
export function createEgress(ports: Ports) {
  const { registry, destinations, receivers, log } = ports;
  /** The newest change of each stream, and how many are not finished. */
  const turns = new Map<StreamId, { last: Promise<unknown>; unfinished: number }>();

  async function inTurn<T>(id: StreamId, work: () => Promise<T>): Promise<T> {
    const turn = turns.get(id) ?? { last: Promise.resolve(), unfinished: 0 };
    turns.set(id, turn);
    turn.unfinished += 1;
    const mine = turn.last.then(work);
    turn.last = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      turn.unfinished -= 1;
      if (turn.unfinished === 0) turns.delete(id);
    }
  }

  /** Sends the stored list again, in turn; a fault is logged. */
  async function repeat(id: StreamId): Promise<void> {
    const fault = await inTurn(id, async () => {
      const row = registry.get(id);
      if (!row?.worker_id || !canChange(row)) return undefined;
      const onward = await destinations.forWorker(row.owner_id, row.destinations);
      return isRefused(onward) ? onward : await receivers.update(row.worker_id, id, onward);
    });
    if (!fault) return;
    const { message } = fault.refusal;
    log.warn("destinations not changed at the worker", { stream: id, message });
  }

  /** Takes a new list over once the worker acknowledged it. */
  async function change(
    caller: Caller,
    stream: StreamRecord,
    next: (list: readonly DestinationId[]) => readonly DestinationId[],
  ): Promise<StreamRecord | Refused> {
    const { stream_id: id } = stream;
    if ((turns.get(id)?.unfinished ?? 0) > MAX_WAITING) {
      const text = `Cannot change the destinations of ${stream.sender_name}: ` +
        `${MAX_WAITING} changes wait already. Try again in a minute`;
      return refused("busy", text);
    }
    return await inTurn(id, async () => {
      const row = registry.get(id);
      if (!row?.worker_id || !canChange(row)) return cannotChange(row ?? stream);
      const list = [...next(row.destinations)];
      if (list.length > MAX_DESTINATIONS_OF_STREAM) {
        const text = `Cannot send the stream of ${row.sender_name} on: ` +
          `it has ${MAX_DESTINATIONS_OF_STREAM} destinations, the most it may have`;
        return refused("bad_request", text);
      }
      const { destinations: before } = row;
      const onward = await destinations.forWorker(row.owner_id, list, { known: before });
      if (isRefused(onward)) return onward;
      const added = list.find((each) => !before.includes(each));
      // From here on the destination is in use, and cannot be removed from the fleet.
      if (added) registry.amend(id, { destinations: list });
      const fault = await receivers.update(row.worker_id, id, onward);
      const amended = registry.amend(id, { destinations: fault ? before : list });
      if (fault) return fault;
      if (!amended) return cannotChange(stream);
      ports.streams.announce(amended.after);
      const target = added ?? before.find((each) => !list.includes(each));
      if (target) {
        const found = await destinations.get(caller, target);
        const name = isRefused(found) ? target : found.name;
        ports.audit.record({
          action: "stream.destinations",
          by: caller,
          target: id,
          detail: `${added ? "sent on to" : "sent no longer to"} ${name}`,
          ownerId: row.owner_id,
        });
      }
      return amended.after;
    });
  }

  function streamOf(caller: Caller, id: StreamId): StreamRecord | Refused {
    const row = registry.get(id);
    return row && sees(caller, row.owner_id) ? row : notFound("active stream", id);
  }

  return {
    /** Sends a running stream on to one more destination; the others are not interrupted. */
    async add(
      caller: Caller,
      id: StreamId,
      destination: DestinationId,
    ): Promise<StreamRecord | Refused> {
      const row = streamOf(caller, id);
      if (isRefused(row)) return row;
      const add = (list: readonly DestinationId[]) =>
        list.includes(destination) ? list : [...list, destination];
      return await change(caller, row, add);
    },

    /** Sends a running stream no longer to a destination; the others are not interrupted. */
    async remove(
      caller: Caller,
      id: StreamId,
      destination: DestinationId,
    ): Promise<StreamRecord | Refused> {
      const row = streamOf(caller, id);
      if (isRefused(row)) return row;
      return await change(caller, row, (list) => list.filter((each) => each !== destination));
    },

    /** Sends the destination's new address to every worker that sends a stream there. */
    async changed(id: DestinationId): Promise<void> {
      const sent = registry.all().filter(({ destinations }) => destinations.includes(id));
      await Promise.all(sent.map(({ stream_id }) => repeat(stream_id)));
    },

    /** Sends a worker that connected the lists of its streams: a change may not have reached it. */
    async workerArrived(worker: WorkerId): Promise<void> {
      await Promise.all(registry.ofWorker(worker).map(({ stream_id }) => repeat(stream_id)));
    },
  };
}

/** Whether the worker of a stream takes another list now: it runs, it was bound, and its worker is connected. */
function canChange({ life, transport }: StreamRecord): boolean {
  if (!isOfDevice(transport) || awaitedOf(life)) return false;
  return (life.state === "live" || life.state === "starting") && life.workerGoneAt === undefined;
}

function cannotChange({ life, transport, sender_name }: StreamRecord): Refused {
  const begin = `Cannot change the destinations of ${sender_name}:`;
  if (!isOfDevice(transport)) {
    const text = "its pictures come as RTP, which is not sent on";
    return refused("conflict", `${begin} ${text}`);
  }
  if (life.state === "live" && life.workerGoneAt !== undefined) {
    return refused("worker_no_answer", `${begin} its worker is not connected`);
  }
  const text = life.state === "starting"
    ? "its start is not acknowledged yet"
    : `its stream is ${life.state === "live" ? "ended" : life.state}`;
  return refused("conflict", `${begin} ${text}`);
}
