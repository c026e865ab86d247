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
 * A dropped socket is not a transition: the device may still send. Pictures that arrive at the worker show that the
 * stream runs, as a report of the device does. An ended stream stays ended: a device that still runs it receives a stop
 * command.
 *
 * @module
 */
import * as z from "zod/mini";
import type { EpochMillis } from "../../protocol/clock.ts";
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

const Epoch = z.custom<EpochMillis>((value) => typeof value === "number");
/** `workerGoneAt`: when the worker's connection was lost; absent while it is connected. */
const running = { since: Epoch, workerGoneAt: z.exactOptional(Epoch) };

/** The state of a stream. */
export const StreamLife = z.discriminatedUnion("state", [
  z.object({ ...running, state: z.literal("starting") }),
  z.object({ ...running, state: z.literal("live"), seenAt: Epoch }),
  z.object({
    state: z.literal("stopping"),
    since: Epoch,
    /** When the device acknowledged the stop. */
    agreedAt: z.exactOptional(Epoch),
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
  /** Figures or pictures of it arrived, or the device lists it as running. */
  | { readonly type: "seen" }
  /** The device lists its running streams, and this one is not among them. */
  | { readonly type: "missing" }
  | { readonly type: "stop_asked" }
  /** The device acknowledged the stop. */
  | { readonly type: "stop_agreed" }
  /** The device, the worker or the coordinator ended the stream. */
  | { readonly type: "over"; readonly reason: StreamEndReason; readonly message: string }
  | { readonly type: "worker_gone" }
  | { readonly type: "worker_back" }
  | { readonly type: "tick" };

/** The state of a new stream. */
export function startStream(now: EpochMillis): StreamLife {
  return { state: "starting", since: now };
}

/** Whether the stream has not ended. */
export function isActive(life: StreamLife): boolean {
  return life.state !== "ended";
}

/** The state after an event; the same object when nothing changes. */
export function step(life: StreamLife, event: StreamEvent, now: EpochMillis): StreamLife {
  if (life.state === "ended") return life;
  if (event.type === "over") return ended(now, { ...event, inferred: false });
  if (life.state === "stopping") return stepStopping(life, event, now);
  switch (event.type) {
    case "seen":
      return seen(life, now);
    case "missing":
      // The device may have sent this list before it carried out the start.
      return life.state === "live" ? conclude("reconciled", now) : life;
    case "stop_asked":
      return { state: "stopping", since: now };
    case "stop_agreed":
      return life;
    case "worker_gone":
      return life.workerGoneAt === undefined ? { ...life, workerGoneAt: now } : life;
    case "worker_back":
      return withWorker(life);
    case "tick":
      return expire(life, now);
  }
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

type InUse = Extract<StreamLife, { state: "starting" | "live" }>;

function seen(life: InUse, now: EpochMillis): StreamLife {
  if (life.state === "live") return { ...life, seenAt: now };
  return { ...life, state: "live", since: now, seenAt: now };
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
    return now - life.since >= STARTING_GRACE ? conclude("never_started", now) : life;
  }
  return now - life.seenAt >= UNOBSERVED_GRACE ? conclude("unobserved", now) : life;
}

function stepStopping(
  life: Extract<StreamLife, { state: "stopping" }>,
  event: Exclude<StreamEvent, { type: "over" }>,
  now: EpochMillis,
): StreamLife {
  switch (event.type) {
    case "missing":
      return ended(now, {
        reason: "control_plane_stop",
        message: "The device does not run it any more",
        inferred: false,
      });
    case "stop_agreed":
      return life.agreedAt === undefined ? { ...life, agreedAt: now } : life;
    case "tick": {
      const agreed = life.agreedAt !== undefined && now - life.agreedAt >= FORCE_END;
      return agreed || now - life.since >= STOPPING_GRACE ? conclude("forced", now) : life;
    }
    case "seen":
    case "stop_asked":
    case "worker_gone":
    case "worker_back":
      return life;
  }
}
