/**
 * Farpad with a real agent whose wheel is a UDP port of the test, and a player who may drive it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { every, systemClock } from "../../../protocol/clock.ts";
import type { ControlMessage } from "../../../protocol/control/control.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { readVehicleView, type VehicleView } from "../../../protocol/control/vehicle.ts";
import { liveAppId } from "../../../protocol/ids.ts";
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import { access } from "../../../protocol/rest/settings.ts";
import { agentCommand } from "../field/agent_command.ts";
import { until } from "../media/werift_browser.ts";
import { type Process, runProcess, type Stack, startStack } from "../stack/stack.ts";
import { type Player, UserClient } from "../stack/user_client.ts";

/** The width of the wheel at rest, in microseconds. */
export const NEUTRAL = 1500;
/** How long control may be missing, in milliseconds. */
export const SILENCE = 300;
/** A page sends a held stick so often, in milliseconds. */
const HELD_PERIOD = 16;

/** A pulse of the wheel, and when it came, in milliseconds of this process. */
export interface Written {
  readonly at: number;
  readonly width: number;
}

/** A stack with a vehicle that streams. */
export class DrivenStack implements AsyncDisposable {
  readonly stack: Stack;
  readonly agent: Process;
  readonly written: Written[] = [];
  /** Called with each pulse. */
  pulse: (written: Written) => void = () => {};
  readonly #running: AsyncDisposableStack;
  readonly #token: string;
  readonly #sender: string;

  private constructor(parts: {
    readonly stack: Stack;
    readonly agent: Process;
    readonly running: AsyncDisposableStack;
    readonly token: string;
    readonly sender: string;
  }) {
    this.stack = parts.stack;
    this.agent = parts.agent;
    this.#running = parts.running;
    this.#token = parts.token;
    this.#sender = parts.sender;
  }

  /** Starts everything, until the agent is online. */
  static async start(): Promise<DrivenStack> {
    const running = new AsyncDisposableStack();
    const stack = running.use(await startStack({ FARPAD_DEMO: "false" }));
    const folder = await Deno.makeTempDir({ prefix: "farpad-agent-" });
    running.defer(() => Deno.remove(folder, { recursive: true }));
    const socket = createSocket("udp4");
    running.defer(() => void socket.close());
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const setup = /setup#token=(\S+)/.exec(stack.coordinator.output())?.[1] ?? "";
    const admin = { email: "ana@example.org", name: "Ana", password: "correct horse battery" };
    const base = stack.url;
    const { token } = value(
      await call(api.auth.setup, { body: { ...admin, token: setup } }, { base }),
    );
    const made = value(await call(api.senders.create, { body: { name: "Car" } }, { base, token }));
    const env = {
      ...Deno.env.toObject(),
      FARPAD_AGENT_COORDINATOR: `${base.replace(/^http/, "ws")}/agent/ws`,
      FARPAD_AGENT_ENROLLMENT: made.enrollment_token,
      FARPAD_AGENT_DATA: folder,
      FARPAD_AGENT_MEDIA: join(folder, "media"),
      FARPAD_AGENT_STATUS_PORT: "0",
      FARPAD_AGENT_ACTUATOR: `udp:${socket.address().port}`,
      FARPAD_AGENT_ACTUATOR_OUTPUTS: "steering 0",
      FARPAD_AGENT_FAILSAFE_SILENCE: `${SILENCE}`,
    };
    const agent = runProcess({ name: "agent", args: agentCommand(env), env });
    running.defer(() => agent.end());
    const sender = made.sender.sender_id;
    const driven = new DrivenStack({ stack, agent, running, token, sender });
    socket.on("message", (bytes) => {
      const written = { at: performance.now(), width: JSON.parse(bytes.toString()).pulses[0] };
      driven.written.push(written);
      driven.pulse(written);
    });
    await driven.#until("the agent is a vehicle that is online", async () => {
      const { status, online } = await driven.#read();
      return online && status?.status.vehicle !== undefined;
    });
    return driven;
  }

  /** Starts a stream and lets a player enter its room, who takes the control seat. */
  async drive(): Promise<Drive> {
    const [base, token, params] = [this.stack.url, this.#token, { id: this.#sender as never }];
    const body = {
      source: { mode: "test" as const, resolution: "320x180", framerate: 10 },
      encoder: { bitrate_kbps: 300 },
    };
    await this.#until("a stream starts", async () => {
      if ((await this.#read()).stream?.state === "live") return true;
      const started = await call(api.senders.start, { params, body }, { base, token });
      return started.ok;
    });
    await this.#until("it is live", async () => (await this.#read()).stream?.state === "live");
    const { stream_id } = (await this.#read()).stream!;
    const { room_id } = value(
      await call(api.streams.get, { params: { id: stream_id } }, { base, token }),
    );
    const link = { name: "driver", room_id: room_id!, role: "player" as const };
    const { path } = value(await call(access.createLink, { body: link }, { base, token }));
    const share = new URL(path, base).searchParams.get("share")!;
    const player = await UserClient.join(base, `room_id=${room_id}&share=${share}`);
    const app_id = liveAppId(stream_id);
    const offer = await player.init({ app_id, room_id: room_id! });
    await Promise.all([player.start(app_id), player.answer(offer)]);
    player.socket.send("seat.change", { seat: 0 });
    const seated = await player.next("seat.change.response");
    if ("error" in seated) throw new Error(seated.error.message);
    return new Drive(player, room_id!);
  }

  /** The entries of the audit log about failsafes, newest first. */
  async failsafes(): Promise<(string | undefined)[]> {
    const { items } = value(
      await call(api.audit.list, { query: {} }, { base: this.stack.url, token: this.#token }),
    );
    return items.filter(({ action }) => action === "vehicle.failsafe").map(({ detail }) => detail);
  }

  /** Waits until the audit log has so many failsafes. */
  async failsafesReach(count: number): Promise<void> {
    await this.#until("a failsafe is noted", async () => (await this.failsafes()).length >= count);
  }

  /** Waits until the wheel is at rest, or turned. */
  async wheel(where: "at rest" | "turned"): Promise<void> {
    await until(() => (this.written.at(-1)?.width === NEUTRAL) === (where === "at rest"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.disposeAsync();
  }

  async #read() {
    const options = { base: this.stack.url, token: this.#token };
    return value(
      await call(api.senders.get, { params: { id: this.#sender as never } }, options),
    );
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 30_000;
    while (!await holds()) {
      if (performance.now() > deadline) {
        throw new Error(`Waited 30 s until ${what}. The agent printed ${this.agent.output()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
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

  constructor(player: Player, room: string) {
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
    for (let attempt = 0; attempt < 20; attempt++) {
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

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}
