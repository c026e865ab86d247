/**
 * A field device of the fleet: connects with its key, reports as the real agent does, and answers every command
 * as the test sets.
 *
 * @module
 */
import { refuse } from "../../../protocol/envelope.ts";
import type { StreamStats } from "../../../protocol/field/device.ts";
import { SenderId, StreamId } from "../../../protocol/ids.ts";
import type { Bench } from "../control/bench.ts";
import { type DeviceKey, FakeDevice } from "../control/device.ts";
import type { ReceivedMessage } from "../control/wire.ts";
import { logAt, type Reported, sentAt, statusOf } from "./reports.ts";

/** Milliseconds between two reports of its status. */
const STATUS_PERIOD = 10_000;

export class ScriptedDevice {
  readonly id: SenderId;
  /** How it answers commands. */
  answers: "takes" | "is silent" | { readonly refuses: string } = "takes";
  /** Whether it sends reports; without them it stays connected. */
  sends = true;
  /** The commands that it received, oldest first. */
  readonly commands: ReceivedMessage[] = [];
  readonly #bench: Bench;
  readonly #index: number;
  readonly #key: DeviceKey;
  #stream: Reported | undefined;
  #device: FakeDevice | undefined;
  #statusAt = -Infinity;

  constructor(
    bench: Bench,
    { id, index, key, stream }: {
      readonly id: string;
      readonly index: number;
      readonly key: DeviceKey;
      readonly stream?: Reported | undefined;
    },
  ) {
    this.#bench = bench;
    this.id = SenderId.parse(id);
    this.#index = index;
    this.#key = key;
    this.#stream = stream;
  }

  /** Logs in with its key, or with the token of its invitation. */
  async connect(token?: string): Promise<void> {
    const device = new FakeDevice(this.#bench, { key: this.#key });
    this.#device = device;
    device.wire.onMessage = (message) => this.#obey(message);
    const facts = {
      ...{ hostname: `box-${this.#index + 1}`, agent_version: "0.1.0", proto: 1 },
      running_streams: this.#stream ? [this.#stream.stream_id] : [],
    };
    if (token === undefined) await device.login(this.id, facts);
    else await device.enroll(token, facts);
  }

  /** Ends the connection without a close frame, as after a power cut. */
  drop(): void {
    this.#device?.drop();
    this.#device = undefined;
  }

  /** Sends the reports that are due at this moment. */
  report(now: number): void {
    const device = this.#device;
    if (!device || !this.sends) return;
    const streamId = this.#stream?.stream_id;
    if (now - this.#statusAt >= STATUS_PERIOD) {
      this.#statusAt = now;
      device.status(statusOf({ index: this.#index, streamId, now }));
    }
    if (this.#stream) device.send("stream.stats", sentAt(this.#stream, now));
  }

  /** Refuses the newest command, which it left without an answer. */
  refuse(message: string): void {
    const { id, type } = this.commands.at(-1)!;
    this.#device?.send(
      `${type as "stream.start"}.response`,
      refuse("stream.busy", message),
      { id },
    );
  }

  /** Sends one given report. */
  send(type: "stream.stats" | "device.status", payload: unknown): void {
    this.#device?.send(type, payload);
  }

  /** The figures of its stream at this moment. */
  stats(): StreamStats | undefined {
    return this.#stream && sentAt(this.#stream, this.#bench.clock.epoch());
  }

  #obey({ id, type, payload }: ReceivedMessage): void {
    const device = this.#device;
    if (!device || !isCommand(type)) return;
    this.commands.push({ id, type, payload });
    if (this.answers === "is silent") return;
    if (typeof this.answers === "object") {
      return void device.send(
        `${type}.response`,
        refuse("stream.busy", this.answers.refuses),
        { id },
      );
    }
    device.send(`${type}.response`, this.#carryOut({ id, type, payload }), { id });
  }

  #carryOut({ type, payload }: ReceivedMessage): unknown {
    switch (type) {
      case "stream.start": {
        const stream_id = StreamId.parse(payload.stream_id);
        this.#stream = { stream_id, ports: [], destinations: [] };
        return { stream_id };
      }
      case "stream.stop":
        this.#stream = undefined;
        this.#statusAt = -Infinity;
        return { stream_id: payload.stream_id };
      case "config.update":
        return {
          applied: Object.entries(payload).flatMap(([area, fields]) =>
            Object.keys(fields as object).map((field) => `${area}.${field}`)
          ),
        };
      case "settings.push":
        return { version: payload.version };
      case "logs.read":
        return { lines: logAt(this.#bench.clock.epoch()), left_out: 0 };
      default:
        return { from: "0.1.0", to: payload.version };
    }
  }
}

function isCommand(
  type: string,
): type is Parameters<FakeDevice["answer"]>[0] {
  return [
    ...["stream.start", "stream.stop", "config.update", "agent.update", "logs.read"],
    "settings.push",
  ].includes(type);
}
