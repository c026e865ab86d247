/**
 * Turns an event into the messages that dashboards receive: which topics show the changed thing, and the message
 * with its present state. A message is built when it is sent, so several changes of one thing become one message.
 *
 * @module
 */
import type { UserId } from "../../protocol/ids.ts";
import type { ToOperator, Topic } from "../../protocol/legs/operator_leg.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Views } from "../fleet/views.ts";
import type { Store } from "../ports.ts";
import type { StreamRegistry } from "../streams/stream_registry.ts";
import type { Rights } from "../play/rights.ts";
import type { Workers } from "../workers.ts";

type FleetMessages = Exclude<ToOperator["type"], `${string}.response` | "snapshot" | "restart">;
/** A message without its envelope's id and time. */
export type FleetMessage = {
  [T in FleetMessages]: {
    readonly type: T;
    readonly payload: Extract<ToOperator, { type: T }>["payload"];
  };
}[FleetMessages];

/** A changed thing, and the message that shows it. */
export interface Concern {
  /** Two concerns with the same key are sent as one message. */
  readonly key: string;
  readonly topics: readonly Topic[];
  /** Sent every two seconds and not at once, since it changes every second. */
  readonly slow?: boolean;
  /** Builds the message, and names the owner of the thing; `everyone` when every user may see it. */
  readonly build: () => Promise<
    { message: FleetMessage; owner: UserId | "everyone" | undefined } | undefined
  >;
}

/** Turns an event into concerns. */
export type Concerns = ReturnType<typeof createConcerns>;

/** Creates the function that turns events into concerns. */
export function createConcerns(
  { store, registry, views, workers, rights }: {
    store: Store;
    registry: StreamRegistry;
    views: Views;
    rights: Rights;
    workers: Workers;
  },
) {
  function sender(senderId: Parameters<typeof registry.ofSender>[0], slow = false): Concern {
    return {
      key: `sender:${senderId}`,
      topics: ["senders", `sender:${senderId}`],
      slow,
      async build() {
        const row = await store.senders.get(senderId);
        if (!row) return undefined;
        const message: FleetMessage = row.life.state === "revoked"
          ? { type: "sender.gone", payload: { sender_id: senderId } }
          : { type: "sender.changed", payload: { sender: await views.sender(row) } };
        return { message, owner: row.owner_id };
      },
    };
  }

  function stream(streamId: Parameters<typeof registry.get>[0], slow = false): Concern {
    return {
      key: `stream:${streamId}`,
      topics: ["streams", `stream:${streamId}`],
      slow,
      async build() {
        const row = registry.get(streamId) ?? await store.streams.get(streamId);
        if (!row) return undefined;
        const payload = { stream: views.stream(row) };
        return { message: { type: "stream.changed", payload }, owner: row.owner_id };
      },
    };
  }

  function worker(workerId: Parameters<typeof registry.taken>[0]): Concern {
    return {
      key: `worker:${workerId}`,
      topics: ["workers", `worker:${workerId}`],
      slow: true,
      build() {
        const view = workers.views().find(({ hello }) => hello.worker_id === workerId);
        const message: FleetMessage = view
          ? { type: "worker.changed", payload: { worker: views.worker(view) } }
          : { type: "worker.gone", payload: { worker_id: workerId } };
        return Promise.resolve({ message, owner: "everyone" });
      },
    };
  }

  function room(roomId: Parameters<Workers["room"]>[0]): Concern {
    return {
      key: `room:${roomId}`,
      topics: ["rooms", `room:${roomId}`],
      build() {
        const found = workers.room(roomId);
        const shown = found && views.room(found);
        const message: FleetMessage = shown
          ? { type: "room.changed", payload: { room: shown } }
          : { type: "room.gone", payload: { room_id: roomId } };
        return Promise.resolve({ message, owner: found ? rights.fleetOf(found) : "everyone" });
      },
    };
  }

  /** A concern whose message is built already. */
  function ready(
    { key, topics, message, owner }: {
      key: string;
      topics: Topic[];
      message: FleetMessage;
      owner: UserId | undefined;
    },
  ): Concern {
    return { key, topics, build: () => Promise.resolve({ message, owner }) };
  }

  /** The concerns that follow from an event. */
  return function concernsOf(event: FleetEvent): readonly Concern[] {
    switch (event.type) {
      case "sender":
        return [sender(event.senderId)];
      case "stream":
        return [stream(event.streamId)];
      case "worker":
        return [worker(event.workerId)];
      case "room":
        return [room(event.roomId)];
      case "alert": {
        const { alert, ownerId: owner } = event;
        const message: FleetMessage = { type: "alert.changed", payload: { alert } };
        return [ready({ key: `alert:${alert.alert_id}`, topics: ["alerts"], message, owner })];
      }
      case "status": {
        const { senderId, ownerId: owner, at, status } = event;
        const message: FleetMessage = {
          type: "sender.status",
          payload: { sender_id: senderId, at, status },
        };
        const key = `status:${senderId}`;
        return [
          ready({ key, topics: [`sender:${senderId}`], message, owner }),
          sender(senderId, true),
        ];
      }
      case "stats": {
        const { type: _, streamId, ownerId: owner, ...received } = event;
        const message: FleetMessage = {
          type: "stream.stats",
          payload: { stream_id: streamId, ...received },
        };
        const end = received.sent ? "sent" : "received";
        const senderId = registry.get(streamId)?.sender_id;
        const topics: Topic[] = [`stream:${streamId}`];
        if (senderId) topics.push(`sender:${senderId}`);
        const shown = ready({ key: `stats:${streamId}:${end}`, topics, message, owner });
        return [shown, stream(streamId, true), ...(senderId ? [sender(senderId, true)] : [])];
      }
      case "logins_ended":
      case "rights_changed":
      case "offers_changed":
        return [];
    }
  };
}
