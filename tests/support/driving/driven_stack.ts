/**
 * Farpad with a real agent whose wheel is a UDP port of the test, and a player who may drive it.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { liveAppId } from "../../../protocol/ids.ts";
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import { access } from "../../../protocol/rest/settings.ts";
import { NEUTRAL, type Written } from "../actuators/kills.ts";
import { agentCommand } from "../field/agent_command.ts";
import { until } from "../media/werift_browser.ts";
import { type Process, runProcess, type Stack, startStack } from "../stack/stack.ts";
import { Drive, type VehicleRoom } from "./drive.ts";
import { PATIENCE } from "../waiting/waiting.ts";

/** How long control may be missing, in milliseconds. */
export const SILENCE = 300;
/** A pulse of the wheel, and when it came, in milliseconds of this process. */
export interface Pulse extends Written {
  readonly arrivedAt: number;
}

/** A stack with a vehicle that streams. */
export class DrivenStack implements AsyncDisposable {
  readonly stack: Stack;
  readonly written: Pulse[] = [];
  /** Called with each pulse. */
  pulse: (pulse: Pulse) => void = () => {};
  #agent: Process;
  readonly #startAgent: () => Process;
  readonly #running: AsyncDisposableStack;
  readonly #token: string;
  readonly #sender: string;

  private constructor(parts: {
    readonly stack: Stack;
    readonly startAgent: () => Process;
    readonly running: AsyncDisposableStack;
    readonly token: string;
    readonly sender: string;
  }) {
    this.stack = parts.stack;
    this.#startAgent = parts.startAgent;
    this.#agent = parts.startAgent();
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
    const startAgent = () => runProcess({ name: "agent", args: agentCommand(env), env });
    const sender = made.sender.sender_id;
    const driven = new DrivenStack({ stack, startAgent, running, token, sender });
    running.defer(() => driven.agent.end());
    socket.on("message", (bytes) => {
      const { sequence, at, pulses } = JSON.parse(bytes.toString());
      const pulse = { sequence, at, width: pulses[0], arrivedAt: performance.now() };
      driven.written.push(pulse);
      driven.pulse(pulse);
    });
    await driven.#agentIsOnline();
    return driven;
  }

  get agent(): Process {
    return this.#agent;
  }

  /** Starts the agent again, until it is online. */
  async restartAgent(): Promise<void> {
    await this.#agent.end();
    this.#agent = this.#startAgent();
    await this.#agentIsOnline();
  }

  /** Starts a stream, unless one is live, and returns its room. */
  async room(): Promise<VehicleRoom> {
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
    return { base, app_id: liveAppId(stream_id), room_id: room_id!, share };
  }

  /** Lets a player of this process enter the room and take the control seat. */
  async drive(): Promise<Drive> {
    return await Drive.enter(await this.room());
  }

  /** Ends the stream that runs, if one does. */
  async endStream(): Promise<void> {
    const options = { base: this.stack.url, token: this.#token };
    const isOver = async () => ["ended", undefined].includes((await this.#read()).stream?.state);
    await this.#until("the stream is over", async () => {
      if (await isOver()) return true;
      await call(api.senders.stop, { params: { id: this.#sender as never } }, options);
      return false;
    });
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

  async #agentIsOnline(): Promise<void> {
    await this.#until("the agent is a vehicle that is online", async () => {
      const { status, online } = await this.#read();
      return online && status?.status.vehicle !== undefined;
    });
  }

  async #read() {
    const options = { base: this.stack.url, token: this.#token };
    return value(
      await call(api.senders.get, { params: { id: this.#sender as never } }, options),
    );
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!await holds()) {
      if (performance.now() > deadline) {
        throw new Error(`Waited until ${what}. The agent printed ${this.agent.output()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}
