/**
 * `/api/ws`: dashboard ↔ coordinator. The first message authenticates; then topics are subscribed. Each topic
 * begins with a snapshot, which replaces the client's data of the topic, and goes on with events. A client that
 * reads too slowly gets a new snapshot in place of the missed events.
 *
 * @module
 */
import * as z from "zod/mini";
import { DeviceStatus, StreamStats } from "../field/device.ts";
import { RefusalPayload, reply } from "../envelope.ts";
import { RoomId, SenderId, StreamId, WorkerId } from "../ids.ts";
import { IngestStats } from "../field/ingest.ts";
import { leg, type LegMessage } from "../leg.ts";
import { User } from "../rest/accounts.ts";
import { FleetRoom, FleetWorker } from "../rest/fleet.ts";
import { Sender } from "../rest/senders.ts";
import { Alert } from "../rest/settings.ts";
import { Stream } from "../rest/streams.ts";

/** A list (`senders`), or one item in every detail (`sender:snd_…`). */
export const Topic = z.string().check(
  z.regex(/^(senders|streams|workers|rooms|alerts|(sender|stream|worker|room):[A-Za-z0-9._-]+)$/),
  z.maxLength(80),
);
export type Topic = z.infer<typeof Topic>;

/** Topics that one connection may follow at once. */
export const MAX_TOPICS = 64;

const Topics = z.array(Topic).check(z.maxLength(MAX_TOPICS));

/** A device's newest status; `at` is when it arrived, milliseconds since 1970. */
const StatusEvent = z.object({ sender_id: SenderId, at: z.number(), status: DeviceStatus });
/** A stream's newest figures: from the device (`sent`) or from the worker (`received`). */
const StatsEvent = z.object({
  stream_id: StreamId,
  at: z.number(),
  sent: z.optional(StreamStats),
  received: z.optional(IngestStats),
});

/** `/api/ws`: messages of a dashboard. */
export const fromOperator = leg({
  "auth.login": z.object({ token: z.string().check(z.maxLength(4096)) }),
  /** Adds topics. The bare form `{ "subscribe": [...] }` of the control protocol means the same. */
  "subscribe": z.object({ topics: Topics }),
  "unsubscribe": z.object({ topics: Topics }),
});
/** A message of a dashboard. */
export type FromOperator = LegMessage<typeof fromOperator>;

/** `/api/ws`: messages to a dashboard. */
export const toOperator = leg({
  "auth.login.response": reply(
    z.object({
      user: User,
      /** When the socket closes, unless another `auth.login` brings a newer token. */
      expires_at: z.number(),
      /** The coordinator's clock, milliseconds since 1970: ages are counted from it. */
      server_time: z.number(),
    }),
  ),
  "subscribe.response": reply(
    z.object({
      /** All topics now subscribed. */
      topics: z.array(Topic),
      /** The topics that do not exist, or that this user may not read. */
      unknown: z.array(z.string()),
    }),
  ),
  "unsubscribe.response": reply(z.object({ topics: z.array(Topic) })),
  /**
   * The whole state of a topic, in parts of at most 50 items each: `part` counts from 0, and `final` marks the
   * last. A `part` of 0 replaces all earlier data of the topic.
   */
  "snapshot": z.object({
    topic: Topic,
    part: z.int().check(z.gte(0)),
    final: z.boolean(),
    senders: z.optional(z.array(Sender)),
    streams: z.optional(z.array(Stream)),
    workers: z.optional(z.array(FleetWorker)),
    rooms: z.optional(z.array(FleetRoom)),
    alerts: z.optional(z.array(Alert)),
    status: z.optional(StatusEvent),
    stats: z.optional(StatsEvent),
  }),
  "sender.changed": z.object({ sender: Sender }),
  "sender.gone": z.object({ sender_id: SenderId }),
  "sender.status": StatusEvent,
  "stream.changed": z.object({ stream: Stream }),
  "stream.stats": StatsEvent,
  "worker.changed": z.object({ worker: FleetWorker }),
  "worker.gone": z.object({ worker_id: WorkerId }),
  "room.changed": z.object({ room: FleetRoom }),
  "room.gone": z.object({ room_id: RoomId }),
  "alert.changed": z.object({ alert: Alert }),
  /** The refusal of a text that is no message of this leg. */
  "message.response": RefusalPayload,
  "restart": z.object({ after_ms: z.number() }),
});
/** A message to a dashboard. */
export type ToOperator = LegMessage<typeof toOperator>;
