/**
 * A scripted driver: a player who holds the control seat of a vehicle's room.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { every, systemClock } from "../../../protocol/clock.ts";
import { isRefusal } from "../../../protocol/envelope.ts";
import type { ControlMessage } from "../../../protocol/control/control.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { readVehicleView, type VehicleView } from "../../../protocol/control/vehicle.ts";
import { until } from "../media/werift_browser.ts";
import { type Player, UserClient } from "../stack/user_client.ts";

/** A page sends a held stick so often, in milliseconds. */
const HELD_PERIOD = 16;

/** The room of a vehicle, and the link by which a player may drive it. */
export interface VehicleRoom {
  readonly base: string;
  readonly app_id: string;
  readonly room_id: string;
  readonly share: string;
}

/** A player who holds the control seat. */
export class Drive implements AsyncDisposable {
  readonly player: Player;
  readonly room: string;
  readonly #sending: Disposable;
  readonly #views: VehicleView[] = [];
  readonly #answers: string[] = [];
  #steering = 0;
  #isSilent = false;
  /** When the newest wish was sent, in milliseconds of this process. */
  sentAt = 0;

  private constructor(player: Player, room: string) {
    this.player = player;
    this.room = room;
    const { channels } = player.browser!;
    const read = (bytes: string | Buffer) => compactCodec.decode(new Uint8Array(bytes as Buffer));
    channels.get("state")!.onMessage.subscribe((bytes) => {
      const message = read(bytes);
      const view = message?.type === "Telemetry" && readVehicleView(message.payload);
      if (view) this.#views.push(view);
    });
    channels.get("commands")!.onMessage.subscribe((bytes) => {
      const message = read(bytes);
      if (message?.type === "CommandAck") this.#answers.push(message.payload.id);
      if (message?.type === "Error") this.#answers.push(message.payload.code);
    });
    this.#sending = every(systemClock, HELD_PERIOD, () => this.#send());
  }

  /** Enters the room of a vehicle and takes the control seat. */
  static async enter({ base, app_id, room_id, share }: VehicleRoom): Promise<Drive> {
    const player = await UserClient.join(base, `room_id=${room_id}&share=${share}`);
    const offer = await player.init({ app_id, room_id });
    await Promise.all([player.start(app_id), player.answer(offer)]);
    const seated = await player.ask("seat.take", { seat: 0 });
    if (isRefusal(seated)) throw new Error(seated.error.message);
    return new Drive(player, room_id);
  }

  /** The newest view of the vehicle. */
  get view(): VehicleView | undefined {
    return this.#views.at(-1);
  }

  /** Holds the stick there from now on. */
  steer(steering: number): void {
    this.#steering = steering;
    this.#isSilent = false;
    this.#send();
  }

  /** Sends nothing from now on, until {@linkcode Drive.steer}. */
  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Sends a command and returns its answer. */
  async command(command: "arm" | "disarm" | "give"): Promise<string> {
    const count = this.#answers.length;
    const payload = { id: command, command, parameters: {} };
    this.player.browser!.channels.get("commands")!.send(encode({ type: "Command", payload }));
    await until(() => this.#answers.length > count);
    return this.#answers.at(-1)!;
  }

  /** Arms the vehicle once it takes control. */
  async arm(): Promise<void> {
    await until(() => this.view?.link === "connected");
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await this.command("arm") === "arm") return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`The vehicle does not arm: ${this.#answers.at(-1)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sending[Symbol.dispose]();
    await this.player[Symbol.asyncDispose]();
  }

  #send(): void {
    const payload = { steering: this.#steering, throttle: 0 };
    const state = this.player.browser?.channels.get("state");
    if (state?.readyState !== "open" || this.#isSilent) return;
    this.sentAt = performance.now();
    state.send(encode({ type: "Control", payload }));
  }
}

function encode(message: Pick<ControlMessage, "type" | "payload">): Buffer {
  const timestamp = (performance.timeOrigin + performance.now()) / 1000;
  return Buffer.from(compactCodec.encode({ ...message, timestamp } as ControlMessage));
}
