/**
 * What both ends of a control channel do: write and read messages, discard those that are out of order, keep the
 * connection (`machine.ts`), send heartbeats and answer latency requests.
 *
 * Timers and timestamps follow the monotonic clock, so that a jump of the clock of the machine does nothing. The epoch
 * at the beginning gives timestamps their origin.
 *
 * @module
 */
import type { EpochMillis, Millis } from "../clock.ts";
import type { ControlMessage } from "../control/control.ts";
import { type ControlState, step } from "./machine.ts";
import type { ControlPort } from "./ports.ts";
import type { ControlProfile } from "./profile.ts";

/** A connected end that sent no sign of life for this long sends a heartbeat, in milliseconds. */
export const HEARTBEAT = 1_000;
/** How long `disconnected` is kept, in milliseconds. */
export const PAUSE = 1_000;
/** A message that comes this much later than the quickest of the last seconds is dropped, in milliseconds. */
export const LATE = 500;
/** The quickest message counts for one to two of these, in milliseconds. */
const MEMORY = 10_000;

/** A message without its time. */
export type Outgoing = ControlMessage extends infer M
  ? M extends ControlMessage ? Omit<M, "timestamp"> : never
  : never;

/** What an end needs. */
export interface SessionPorts {
  readonly profile: ControlProfile;
  readonly port: ControlPort;
  /** From the last message to the end of the connection, in milliseconds. */
  readonly silence: number;
  /** Messages that connect this end. */
  readonly handshake: readonly ControlMessage["type"][];
  /** The state has changed. */
  changed(state: ControlState["state"]): void;
}

/** Messages that were dropped, by reason, and those that counted. */
export interface ControlFigures {
  readonly accepted: number;
  /** No message: malformed, out of range, too long. */
  readonly malformed: number;
  /** Older than one that came before, or later than the others by {@linkcode LATE}. */
  readonly late: number;
  /** Before the handshake. */
  readonly early: number;
  /** For which the port had no room. */
  readonly unsent: number;
}

/** What both ends do. */
export class ControlSession {
  readonly #ports: SessionPorts;
  readonly #began: { readonly epoch: EpochMillis; readonly now: Millis };
  readonly #count = { accepted: 0, malformed: 0, late: 0, early: 0, unsent: 0 };
  #state: ControlState = { state: "waiting" };
  #newest: number | undefined;
  #newestControl: number | undefined;
  #sentAt: Millis;
  #quickest = Infinity;
  #quickestBefore = Infinity;
  #forgetAt: number = -Infinity;

  constructor(ports: SessionPorts, began: { readonly epoch: EpochMillis; readonly now: Millis }) {
    this.#ports = ports;
    this.#began = began;
    this.#sentAt = began.now;
  }

  /** Where the connection stands. */
  get state(): ControlState["state"] {
    return this.#state.state;
  }

  /** Counts. */
  get figures(): ControlFigures {
    return { ...this.#count };
  }

  /** This end's time, in seconds. */
  stamp(now: Millis): number {
    return (this.#began.epoch + (now - this.#began.now)) / 1000;
  }

  /** Sends a message with this time, or another one; false when the port has no room. */
  send(message: Outgoing, now: Millis, timestamp = this.stamp(now)): boolean {
    const stamped = { ...message, timestamp } as ControlMessage;
    const isSent = this.#ports.port.send(this.#ports.profile.codec.encode(stamped));
    if (!isSent) this.#count.unsent++;
    else if (isOrdered(message)) this.#sentAt = now;
    return isSent;
  }

  /** Reads a message; `undefined` when it has no effect. */
  receive(bytes: Uint8Array, now: Millis): ControlMessage | undefined {
    const message = this.#ports.profile.codec.decode(bytes);
    if (!message || !Number.isFinite(message.timestamp)) return this.#drop("malformed");
    const isHandshake = this.#ports.handshake.includes(message.type);
    if (!isHandshake && this.#state.state !== "connected") return this.#drop("early");
    if (isHandshake && this.#state.state !== "connected") {
      // The other end may have been started again, with another clock.
      this.#newest = this.#newestControl = undefined;
      this.forgetQuickest();
    } else if (isOrdered(message) && !this.#isInOrder(message, now)) return this.#drop("late");
    this.#count.accepted++;
    if (isOrdered(message)) this.#step(isHandshake ? "handshake" : "message", now);
    return message;
  }

  /** Forgets how quick messages were: the path that carried the quickest is gone. */
  forgetQuickest(): void {
    this.#quickest = this.#quickestBefore = Infinity;
  }

  /** Handles what is due by the time `now`. */
  advance(now: Millis): void {
    this.#step("tick", now);
    if (this.#state.state === "connected" && now - this.#sentAt >= HEARTBEAT) {
      this.send({ type: "Heartbeat", payload: {} }, now);
      this.#sentAt = now;
    }
  }

  /** When `advance` is due; `undefined` while it waits. */
  get deadline(): Millis | undefined {
    if (this.#state.state === "waiting") return undefined;
    if (this.#state.state === "disconnected") return (this.#state.since + PAUSE) as Millis;
    const silentAt = this.#state.receivedAt + this.#ports.silence;
    return Math.min(silentAt, this.#sentAt + HEARTBEAT) as Millis;
  }

  /** Answers a latency request with this end's time; the request's own time goes back unchanged. */
  echo(request: Extract<ControlMessage, { type: "Latency" }>, now: Millis): void {
    this.send({ type: "Latency", payload: { at: this.stamp(now) } }, now, request.timestamp);
  }

  /** A message counts when it is newer than all before it, and not much later than the quickest of the last seconds. */
  #isInOrder({ timestamp, type }: ControlMessage, now: Millis): boolean {
    const { isOlder, difference } = this.#ports.profile;
    if (this.#newest !== undefined && isOlder(timestamp, this.#newest)) return false;
    if (type === "Control") {
      // A Control that repeats a timestamp comes from a sender that is stuck.
      const last = this.#newestControl;
      if (last !== undefined && !isOlder(last, timestamp)) return false;
      this.#newestControl = timestamp;
    }
    this.#newest = timestamp;
    const delay = difference(this.stamp(now), timestamp);
    if (now >= this.#forgetAt) {
      this.#quickestBefore = this.#quickest;
      this.#quickest = Infinity;
      this.#forgetAt = now + MEMORY;
    }
    this.#quickest = Math.min(this.#quickest, delay);
    return delay - Math.min(this.#quickest, this.#quickestBefore) < LATE;
  }

  #step(event: "handshake" | "message" | "tick", now: Millis): void {
    const limits = { silence: this.#ports.silence, pause: PAUSE };
    const before = this.#state.state;
    this.#state = step(this.#state, event, { now, limits });
    if (this.#state.state !== before) this.#ports.changed(this.#state.state);
  }

  #drop(reason: "malformed" | "late" | "early"): undefined {
    this.#count[reason]++;
    return undefined;
  }
}

/**
 * Commands are told apart by their ids, and latency answers carry the other end's time. They are no sign of life either:
 * a connection in which they alone count would never begin a new order.
 */
function isOrdered({ type }: Pick<ControlMessage, "type">): boolean {
  return type !== "Command" && type !== "CommandAck" && type !== "Latency";
}
