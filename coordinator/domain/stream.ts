/**
 * The states of a field stream. Only this file changes a stream's state.
 *
 * ```text
 *  starting ──seen──▶ live ──stop asked──▶ stopping ──device ended it───▶ ended(reason)
 *     │                │                      ├─ FORCE_END after the device agreed ─▶ ended(forced)
 *     │                │                      └─ STOPPING_GRACE ──────────────────▶ ended(forced)
 *     │                ├─ not among the device's running streams ─▶ ended(reconciled)
 *     │                └─ UNOBSERVED_GRACE ─▶ ended(unobserved)
 *     └─ STARTING_GRACE ─▶ ended(never_started)
 *  each of them ── device or worker reports the end ─▶ ended(the reported reason)
 *  starting, live ── worker gone for WORKER_GRACE ─▶ ended(worker_lost)
 * ```
 *
 * A command whose answer is awaited is part of `starting` and `stopping`; a start sends its commands to the two ends in
 * turn:
 *
 * ```text
 *  ingest.start awaited ──worker bound──▶ stream.start awaited ──acknowledged──▶ nothing awaited
 *     └─ COMMAND_LIMIT ─▶ ended(worker_failed)   └─ COMMAND_LIMIT ─▶ ended(no_answer)
 *  stopping, nothing awaited ──stop sent──▶ stream.stop awaited ──acknowledged, or COMMAND_LIMIT──▶ nothing awaited
 * ```
 *
 * An answer counts only while it is awaited: a late or second one changes nothing. A stop that is asked while a start
 * is awaited is sent once the start is acknowledged.
 *
 * A dropped socket is not a transition: the device may still send. Pictures that arrive at the worker show that the
 * stream runs, as a report of the device does. An ended stream stays ended: a device that still runs it receives a stop
 * command.
 *
 * @module
 */
import * as z from "zod/mini";
import type { EpochMillis } from "../../protocol/clock.ts";
import { COMMAND_LIMIT } from "../../protocol/legs/agent_leg.ts";
import { StreamEndReason } from "../../protocol/rest/streams.ts";

/** How long a start may take until the first report or picture of the stream, in milliseconds. */
export const STARTING_GRACE = 30_000;
/** How long a live stream may go on without a report or picture, in milliseconds. */
export const UNOBSERVED_GRACE = 90_000;
/** How long a stream may take to stop when its device does not answer, in milliseconds. */
export const STOPPING_GRACE = 60_000;
/** How long it may take once the device agreed to stop, in milliseconds. */
export const FORCE_END = 15_000;
/** How long the receiving worker may be away, in milliseconds: longer than its longest reconnect delay. */
export const WORKER_GRACE = 45_000;

const StopCause = z.enum(["hours", "unwatched"]);
/** What asks for a stop besides operators: the hours of keep live ended, or nobody watches a stream on demand. */
export type StopCause = z.infer<typeof StopCause>;

const Epoch = z.custom<EpochMillis>((value) => typeof value === "number");
/** `workerGoneAt`: when the worker's connection was lost; absent while it is connected. */
const running = { since: Epoch, workerGoneAt: z.exactOptional(Epoch) };
/**
 * The command whose answer is awaited, and since when: `ingest.start` of the worker, `stream.start` and `stream.stop`
 * of the device. Absent when none is.
 */
const commanded = {
  awaited: z.exactOptional(z.object({
    command: z.enum(["ingest.start", "stream.start", "stream.stop"]),
    since: Epoch,
  })),
};

/** The state of a stream. */
export const StreamLife = z.discriminatedUnion("state", [
  z.object({ ...running, ...commanded, state: z.literal("starting") }),
  z.object({ ...running, state: z.literal("live"), seenAt: Epoch }),
  z.object({
    ...commanded,
    state: z.literal("stopping"),
    since: Epoch,
    /** When the device acknowledged the stop. */
    agreedAt: z.exactOptional(Epoch),
    /** Absent: an operator asked for the stop. */
    by: z.exactOptional(StopCause),
  }),
  z.object({
    state: z.literal("ended"),
    since: Epoch,
    reason: StreamEndReason,
    message: z.string(),
    /** Whether the coordinator concluded the end, because neither the device nor the worker reported it. */
    inferred: z.boolean(),
  }),
]);
export type StreamLife = z.infer<typeof StreamLife>;

/** An event that may change the state of a stream. */
export type StreamEvent =
  /** Figures of it arrived from the device, or the device lists it as running. */
  | { readonly type: "seen" }
  /** Pictures of it arrived at the worker. */
  | { readonly type: "pictures" }
  /** The device lists its running streams, and this one is not among them. */
  | { readonly type: "missing" }
  /** The worker lists what it receives, and this is not among it. */
  | { readonly type: "not_received" }
  /** The worker acknowledged `ingest.start`; the device is sent `stream.start` at this moment. */
  | { readonly type: "worker_bound" }
  /** The device acknowledged `stream.start`. */
  | { readonly type: "start_acknowledged" }
  /** The awaited end refused the start, or gave no answer. */
  | { readonly type: "start_failed"; readonly reason: StreamEndReason; readonly message: string }
  /** `by`: absent when an operator asked. */
  | { readonly type: "stop_asked"; readonly by?: StopCause }
  /** The device is sent `stream.stop` at this moment. */
  | { readonly type: "stop_sent" }
  /** The device acknowledged the stop. */
  | { readonly type: "stop_agreed" }
  /** The device refused the stop, gave no answer, or is not connected. */
  | { readonly type: "stop_failed" }
  /** The device, the worker or the coordinator ended the stream. */
  | { readonly type: "over"; readonly reason: StreamEndReason; readonly message: string }
  | { readonly type: "worker_gone" }
  | { readonly type: "worker_back" }
  /** The coordinator started anew. An answer to the earlier process can no longer arrive. */
  | { readonly type: "restarted" }
  | { readonly type: "tick" };

type Active = Exclude<StreamLife, { state: "ended" }>;
type InUse = Extract<StreamLife, { state: "starting" | "live" }>;
type Stopping = Extract<StreamLife, { state: "stopping" }>;
type Commanded = Extract<StreamLife, { state: "starting" | "stopping" }>;

/** The life of a stream whose worker is sent `ingest.start` now. */
export function startStream(now: EpochMillis): StreamLife {
  return { state: "starting", since: now, awaited: { command: "ingest.start", since: now } };
}

/** Whether the stream has not ended. */
export function isActive(life: StreamLife): boolean {
  return life.state !== "ended";
}

/** The command whose answer `life` awaits. */
export function awaitedOf(life: StreamLife): Commanded["awaited"] {
  return life.state === "starting" || life.state === "stopping" ? life.awaited : undefined;
}

/** The state after an event; the same object when nothing changes. */
export function step(life: StreamLife, event: StreamEvent, now: EpochMillis): StreamLife {
  if (life.state === "ended") return life;
  switch (event.type) {
    case "over":
      return event.reason === "control_plane_stop" && life.state === "stopping"
        ? stopped(life, event.message, now)
        : ended(now, { ...event, inferred: false });
    case "restarted":
      return restarted(life, now);
    case "not_received":
      return notReceived(life, now);
    case "worker_bound":
    case "start_acknowledged":
    case "start_failed":
      return life.state === "live" ? life : stepStart(life, event, now);
  }
  return life.state === "stopping" ? stepStopping(life, event, now) : stepInUse(life, event, now);
}

type StartEvent = Extract<
  StreamEvent,
  { type: "worker_bound" | "start_acknowledged" | "start_failed" }
>;
type CommonEvent =
  | StartEvent
  | Extract<StreamEvent, { type: "over" | "restarted" | "not_received" }>;

/** An answer to a start counts while it is awaited, whether or not a stop was asked meanwhile. */
function stepStart(life: Commanded, event: StartEvent, now: EpochMillis): StreamLife {
  const command = life.awaited?.command;
  switch (event.type) {
    case "worker_bound":
      return command === "ingest.start" ? awaiting(life, "stream.start", now) : life;
    case "start_acknowledged":
      return command === "stream.start" ? answered(life) : life;
    case "start_failed":
      return command === undefined || command === "stream.stop"
        ? life
        : ended(now, { ...event, inferred: false });
  }
}

function stepInUse(
  life: InUse,
  event: Exclude<StreamEvent, CommonEvent>,
  now: EpochMillis,
): StreamLife {
  switch (event.type) {
    case "seen":
      // The device cannot run what it was not sent yet.
      return awaitedOf(life)?.command === "ingest.start" ? life : seen(life, now);
    case "pictures":
      // Until the device acknowledged the start, only a report of the device makes the stream live.
      return awaitedOf(life) ? life : seen(life, now);
    case "missing":
      // The device may have sent this list before it carried out the start.
      return life.state === "live" ? conclude("reconciled", now) : life;
    case "stop_asked": {
      const awaited = awaitedOf(life);
      const { by } = event;
      return { state: "stopping", since: now, ...(awaited && { awaited }), ...(by && { by }) };
    }
    case "stop_sent":
    case "stop_agreed":
    case "stop_failed":
      return life;
    case "worker_gone":
      return life.workerGoneAt === undefined ? { ...life, workerGoneAt: now } : life;
    case "worker_back":
      return withWorker(life);
    case "tick":
      return expire(life, now);
  }
}

function awaiting(
  life: Commanded,
  command: NonNullable<Commanded["awaited"]>["command"],
  since: EpochMillis,
): StreamLife {
  return { ...life, awaited: { command, since } };
}

function answered<L extends Commanded>(life: L): Omit<L, "awaited"> {
  const { awaited: _, ...rest } = life;
  return rest;
}

/** Each grace begins again: this process has received nothing from either end yet. */
function restarted(life: Active, now: EpochMillis): StreamLife {
  switch (life.state) {
    case "starting":
      return { state: "starting", since: now, workerGoneAt: now };
    case "live":
      return { ...life, seenAt: now, workerGoneAt: now };
    case "stopping":
      return { state: "stopping", since: now, ...(life.by && { by: life.by }) };
  }
}

function notReceived(life: Active, now: EpochMillis): StreamLife {
  // A start or stop is under way: its answer, or the time limit, decides.
  if (awaitedOf(life)) return life;
  const message = "The worker that received it restarted";
  return ended(now, { reason: "worker_lost", message, inferred: false });
}

/** The messages of ends that the coordinator concludes from missing reports. */
const CONCLUSIONS = {
  reconciled: "The device came back and does not run it any more",
  never_started: `Nothing was seen of it for ${STARTING_GRACE / 1000} s after the start`,
  unobserved: `Nothing was seen of it for ${UNOBSERVED_GRACE / 1000} s`,
  worker_lost: `The worker that receives it was away for ${WORKER_GRACE / 1000} s`,
  forced: "The device did not confirm the stop in time",
} as const satisfies Partial<Record<StreamEndReason, string>>;

function conclude(reason: keyof typeof CONCLUSIONS, now: EpochMillis): StreamLife {
  return ended(now, { reason, message: CONCLUSIONS[reason], inferred: true });
}

function ended(
  since: EpochMillis,
  { reason, message, inferred }: { reason: StreamEndReason; message: string; inferred: boolean },
): StreamLife {
  return { state: "ended", since, reason, message, inferred };
}

/** The ends of streams that the coordinator stopped by itself. */
const STOPS = {
  hours: { reason: "hours_ended", message: "Keep-live hours ended" },
  unwatched: { reason: "unwatched", message: "Nobody watched it any more" },
} as const satisfies Record<StopCause, { reason: StreamEndReason; message: string }>;

/** The end that was asked for. `message`: what it says when an operator asked. */
function stopped({ by }: Stopping, message: string, now: EpochMillis): StreamLife {
  const end = by ? STOPS[by] : { reason: "control_plane_stop" as const, message };
  return ended(now, { ...end, inferred: false });
}

function seen(life: InUse, now: EpochMillis): StreamLife {
  if (life.state === "live") return { ...life, seenAt: now };
  const { awaited: _, ...rest } = life;
  return { ...rest, state: "live", since: now, seenAt: now };
}

function withWorker(life: InUse): StreamLife {
  if (life.workerGoneAt === undefined) return life;
  const { workerGoneAt: _, ...rest } = life;
  return rest;
}

function expire(life: InUse, now: EpochMillis): StreamLife {
  if (life.workerGoneAt !== undefined && now - life.workerGoneAt >= WORKER_GRACE) {
    return conclude("worker_lost", now);
  }
  if (life.state === "starting") {
    return now - life.since >= STARTING_GRACE
      ? conclude("never_started", now)
      : expireAwaited(life, now);
  }
  return now - life.seenAt >= UNOBSERVED_GRACE ? conclude("unobserved", now) : life;
}

/** The state after the time limit of a command: a start ends; a stop may be sent again. */
function expireAwaited(life: Commanded, now: EpochMillis): StreamLife {
  const { awaited } = life;
  if (!awaited || now - awaited.since < COMMAND_LIMIT) return life;
  const within = `within ${COMMAND_LIMIT / 1000} s`;
  switch (awaited.command) {
    case "ingest.start": {
      const message = `The worker did not answer ingest.start ${within}`;
      return ended(now, { reason: "worker_failed", message, inferred: false });
    }
    case "stream.start": {
      const message = `The device did not answer stream.start ${within}`;
      return ended(now, { reason: "no_answer", message, inferred: false });
    }
    case "stream.stop":
      return answered(life);
  }
}

function stepStopping(
  life: Stopping,
  event: Exclude<StreamEvent, CommonEvent>,
  now: EpochMillis,
): StreamLife {
  const command = life.awaited?.command;
  switch (event.type) {
    case "missing":
      // As with a start: the device reported before it carried the start out.
      return command === "ingest.start" || command === "stream.start"
        ? life
        : stopped(life, "The device does not run it any more", now);
    case "stop_sent":
      return command === undefined ? awaiting(life, "stream.stop", now) : life;
    case "stop_agreed":
      return command === "stream.stop"
        ? { ...answered(life), agreedAt: life.agreedAt ?? now }
        : life;
    case "stop_failed":
      return command === "stream.stop" ? answered(life) : life;
    case "tick": {
      const agreed = life.agreedAt !== undefined && now - life.agreedAt >= FORCE_END;
      return agreed || now - life.since >= STOPPING_GRACE
        ? conclude("forced", now)
        : expireAwaited(life, now);
    }
    case "seen":
    case "pictures":
    case "stop_asked":
    case "worker_gone":
    case "worker_back":
      return life;
  }
}
