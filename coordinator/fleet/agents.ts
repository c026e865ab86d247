/**
 * The devices that are connected, and the commands that are sent to them. Every command is acknowledged within
 * {@linkcode COMMAND_LIMIT} or reported as failed.
 *
 * @module
 */
import { COMMAND_LIMIT, type FromAgent, type ToAgent } from "../../protocol/legs/agent_leg.ts";
import type { Clock } from "../../protocol/clock.ts";
import { CLOSE, type CloseCode } from "../../protocol/close.ts";
import { isRefusal, stamp } from "../../protocol/envelope.ts";
import type { SenderId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import { type Refused, refused } from "../refusals.ts";
import { Pending } from "./pending.ts";

/** The socket of a device that logged in. */
export interface AgentConnection {
  send(message: ToAgent): boolean;
  close(code: CloseCode, reason: string): void;
}

type CommandType =
  | "stream.start"
  | "stream.stop"
  | "config.update"
  | "agent.update"
  | "logs.read"
  | "settings.push";
type Command<T extends ToAgent["type"]> = Extract<ToAgent, { type: T }>["payload"];
/** A device's answer to a command. */
export type CommandAnswer = Extract<FromAgent, { type: `${CommandType}.response` }>;
type AnswerPayload<T extends CommandType> = Exclude<
  Extract<CommandAnswer, { type: `${T}.response` }>["payload"],
  { error: unknown }
>;

/** Commands that may wait for one device; more are refused. */
const MAX_WAITING = 64;

/** The devices that are connected to this process. */
export class Agents {
  readonly #links = new Map<SenderId, AgentConnection>();
  readonly #pending: Pending<CommandAnswer>;
  readonly #ports: { clock: Clock; random: Random };

  constructor(ports: { clock: Clock; random: Random }) {
    this.#ports = ports;
    this.#pending = new Pending(ports.clock, COMMAND_LIMIT);
  }

  /** Adds a device. Of two connections of one device the newer one stays: the older one may be dead and still open. */
  join(sender: SenderId, connection: AgentConnection): void {
    const before = this.#links.get(sender);
    this.#links.set(sender, connection);
    if (!before || before === connection) return;
    this.#pending.abandon(sender);
    before.close(CLOSE.replaced, "Closed: a newer connection of this device took over");
  }

  /** Removes a device whose socket closed. False when the device has a newer connection. */
  leave(sender: SenderId, connection: AgentConnection): boolean {
    if (this.#links.get(sender) !== connection) return false;
    this.#links.delete(sender);
    this.#pending.abandon(sender);
    return true;
  }

  isOnline(sender: SenderId): boolean {
    return this.#links.has(sender);
  }

  get size(): number {
    return this.#links.size;
  }

  /** Closes a device's socket with the code that keeps the device from reconnecting. */
  expel(sender: SenderId, reason: string): void {
    this.#links.get(sender)?.close(CLOSE.forbidden, reason);
  }

  /** Sends a message that has no answer. False when the device is not connected. */
  tell<T extends "device.rights" | "stream.missed">(
    sender: SenderId,
    type: T,
    payload: Command<T>,
  ): boolean {
    const message = { ...stamp(this.#ports), type, payload } as ToAgent;
    return this.#links.get(sender)?.send(message) ?? false;
  }

  /** Sends a command and waits for its acknowledgement. */
  async command<T extends CommandType>(
    sender: SenderId,
    type: T,
    payload: Command<T>,
  ): Promise<AnswerPayload<T> | Refused> {
    const connection = this.#links.get(sender);
    if (!connection) {
      return refused("sender_offline", `Cannot send ${type} to ${sender}: it is offline`);
    }
    if (this.#pending.count(sender) >= MAX_WAITING) {
      return refused("busy", `Cannot send ${type} to ${sender}: ${MAX_WAITING} commands wait`);
    }
    const message = { ...stamp(this.#ports), type, payload } as ToAgent;
    const answered = this.#pending.wait(message.id, sender);
    if (!connection.send(message)) this.#pending.abandon(sender);
    const answer = await answered;
    if (!answer || answer.type !== `${type}.response`) {
      const seconds = COMMAND_LIMIT / 1000;
      return refused("agent_no_answer", `${sender} did not answer ${type} within ${seconds} s`);
    }
    if (isRefusal(answer.payload)) {
      const { code, message } = answer.payload.error;
      const known = code === "other" ? "agent_refused" : code;
      return { ...refused("agent_refused", message), refusal: { code: known, message } };
    }
    return answer.payload as AnswerPayload<T>;
  }

  /** Takes a device's answer; false when no command of that id waits for an answer. */
  answer(sender: SenderId, message: CommandAnswer): boolean {
    return this.#pending.resolve(message.id, sender, message);
  }
}
