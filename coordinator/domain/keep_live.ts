/**
 * The states of keep live, by which a sender's stream is started again after every end. Only this file decides when a
 * start is made; no other part of the coordinator starts a stream again.
 *
 * ```text
 *  off ──turned on──▶ waiting ──its time──▶ starting ──a stream began──▶ running
 *   ▲                    ▲ ▲                   │                           │
 *   │                    │ └──start refused────┘                           │
 *   │                    └─────────────the stream ended────────────────────┘
 *   ├── turned off by an operator; stopped at the device; decommissioned ◀── each of them
 *  outside ◀── the hours ended ── waiting, running (whose stream is stopped)
 *  outside ──the hours began──▶ waiting, or running when the sender has a stream
 * ```
 *
 * The delay before a start grows from 2 s to 60 s with each start in a row that did not last, so that a fault that
 * stays costs one start a minute.
 *
 * @module
 */
import * as z from "zod/mini";
import type { EpochMillis } from "../../protocol/clock.ts";
import type { StreamEndReason } from "../../protocol/rest/streams.ts";

/** The delay before the first start after an end, in milliseconds. */
export const FIRST_DELAY = 2_000;
/** The longest delay between two starts, in milliseconds, without its jitter. */
export const LONGEST_DELAY = 60_000;
/** The part of a delay by which it is lengthened at random, so that a fleet does not start at one moment. */
const JITTER = 0.2;
/** The delay after what was missing for a start arrived, in milliseconds; up to three times as long at random. */
export const ARRIVAL_DELAY = 1_000;
/** A stream that was live for so long was a success: the delays begin anew. In milliseconds. */
export const HEALTHY = 60_000;

const Lack = z.enum(["device", "worker"]);
/** What a refused start lacked: its device, or a worker that receives. Its arrival brings the next start forward. */
export type Lack = z.infer<typeof Lack>;

const Epoch = z.custom<EpochMillis>((value) => typeof value === "number");
/** `failures`: starts in a row that did not last. `reason`: why the next start is necessary. */
const retrying = { since: Epoch, failures: z.int(), reason: z.string() };

/** The state of keep live of one sender. */
export const KeepLiveLife = z.discriminatedUnion("state", [
  /** `reason`: who or what turned it off. */
  z.object({ state: z.literal("off"), since: Epoch, reason: z.string() }),
  z.object({ state: z.literal("outside"), since: Epoch, streaming: z.boolean() }),
  z.object({
    ...retrying,
    state: z.literal("waiting"),
    until: Epoch,
    lack: z.exactOptional(Lack),
  }),
  z.object({ ...retrying, state: z.literal("starting") }),
  z.object({
    state: z.literal("running"),
    since: Epoch,
    failures: z.int(),
    /** When its pictures or figures first arrived. */
    liveAt: z.exactOptional(Epoch),
  }),
]);
export type KeepLiveLife = z.infer<typeof KeepLiveLife>;

/** An event that may change the state. */
export type KeepLiveEvent =
  /** `streaming`: whether the sender has a stream now. */
  | { readonly type: "turned_on"; readonly streaming: boolean }
  | { readonly type: "turned_off"; readonly reason: string }
  /** A stream of the sender began, through keep live or through an operator. */
  | { readonly type: "stream_began" }
  | { readonly type: "stream_live" }
  | { readonly type: "stream_ended"; readonly reason: StreamEndReason; readonly message: string }
  /** The start was refused, or failed. */
  | { readonly type: "start_failed"; readonly message: string; readonly lack?: Lack | undefined }
  /** The device, or a worker, connected. */
  | { readonly type: "arrived"; readonly what: Lack }
  /** The coordinator started anew. A start that the earlier process made has no answer any more. */
  | { readonly type: "restarted"; readonly streaming: boolean }
  | { readonly type: "tick" };

/** What a step depends on beside the event. */
export interface Moment {
  readonly now: EpochMillis;
  /** Whether `now` is within the hours. */
  readonly within: boolean;
  /** At random, 0 … 1. */
  readonly jitter: number;
}

type On = Exclude<KeepLiveLife, { state: "off" }>;

/** Keep live that was never turned on. */
export function neverOn(now: EpochMillis): KeepLiveLife {
  return { state: "off", since: now, reason: "It was not turned on" };
}

/** The state after an event; the same object when nothing changes. */
export function step(life: KeepLiveLife, event: KeepLiveEvent, at: Moment): KeepLiveLife {
  if (life.state === "off") {
    return event.type === "turned_on" ? turnOn(event.streaming, at) : life;
  }
  switch (event.type) {
    case "turned_on":
      return life;
    case "turned_off":
      return { state: "off", since: at.now, reason: event.reason };
    case "stream_began":
      return began(life, at);
    case "stream_live":
      return life.state === "running" && life.liveAt === undefined
        ? { ...life, liveAt: at.now }
        : life;
    case "stream_ended":
      return ended(life, event, at);
    case "start_failed":
      return life.state === "starting"
        ? retry({ ...event, failures: life.failures + 1 }, at)
        : life;
    case "arrived":
      return arrived(life, event.what, at);
    case "restarted":
      return restarted(life, event.streaming, at);
    case "tick":
      return tick(life, at);
  }
}

/** How long to wait before the start after `failures` starts that did not last, in milliseconds. */
export function delayAfter(failures: number, jitter: number): number {
  const base = Math.min(FIRST_DELAY * 2 ** Math.min(Math.max(0, failures - 1), 10), LONGEST_DELAY);
  return Math.round(base * (1 + JITTER * jitter));
}

function turnOn(streaming: boolean, { now, within }: Moment): KeepLiveLife {
  if (!within) return { state: "outside", since: now, streaming };
  if (streaming) return { state: "running", since: now, failures: 0 };
  return startNow("Keep live was turned on", now);
}

function startNow(reason: string, now: EpochMillis): KeepLiveLife {
  return { state: "waiting", since: now, until: now, failures: 0, reason };
}

function began(life: On, { now }: Moment): KeepLiveLife {
  switch (life.state) {
    case "outside":
      return life.streaming ? life : { ...life, streaming: true };
    case "running":
      return life;
    case "waiting":
    case "starting":
      return { state: "running", since: now, failures: life.failures };
  }
}

function ended(
  life: On,
  { reason, message }: Extract<KeepLiveEvent, { type: "stream_ended" }>,
  at: Moment,
): KeepLiveLife {
  if (reason === "user_stop" || reason === "sender_revoked") {
    return { state: "off", since: at.now, reason: message };
  }
  if (life.state === "outside") return { ...life, streaming: false };
  if (life.state !== "running") return life;
  const lasted = life.liveAt !== undefined && at.now - life.liveAt >= HEALTHY;
  return retry({ message, failures: lasted ? 1 : life.failures + 1 }, at);
}

function retry(
  { message, failures, lack }: { message: string; failures: number; lack?: Lack | undefined },
  { now, jitter }: Moment,
): KeepLiveLife {
  const until = (now + delayAfter(failures, jitter)) as EpochMillis;
  const planned = { state: "waiting", since: now, until, failures, reason: message } as const;
  return lack === undefined ? planned : { ...planned, lack };
}

function arrived(life: On, what: Lack, { now, jitter }: Moment): KeepLiveLife {
  if (life.state !== "waiting" || life.lack !== what) return life;
  const until = (now + ARRIVAL_DELAY * (1 + 2 * jitter)) as EpochMillis;
  return until < life.until ? { ...life, until } : life;
}

function restarted(life: On, streaming: boolean, at: Moment): KeepLiveLife {
  switch (life.state) {
    case "outside":
      return { ...life, streaming };
    case "running":
      return streaming ? life : startNow("The stream ended while the coordinator was away", at.now);
    case "waiting":
    case "starting":
      return streaming
        ? { state: "running", since: at.now, failures: life.failures }
        : startNow(life.reason, at.now);
  }
}

function tick(life: On, { now, within }: Moment): KeepLiveLife {
  switch (life.state) {
    case "outside":
      if (!within) return life;
      return life.streaming
        ? { state: "running", since: now, failures: 0 }
        : startNow("Its hours began", now);
    case "waiting":
      if (!within) return { state: "outside", since: now, streaming: false };
      if (now < life.until) return life;
      return { state: "starting", since: now, failures: life.failures, reason: life.reason };
    case "running":
      return within ? life : { state: "outside", since: now, streaming: true };
    case "starting":
      return life;
  }
}
