/**
 * A whole field box in memory, connected to a whole coordinator: the agent's own control link, agent and broadcaster
 * over a network in virtual time. Pipelines and the receiving worker are the test's.
 *
 * @module
 */
import { Agent } from "../../../agent/agent.ts";
import { Broadcaster } from "../../../agent/broadcaster.ts";
import { type ControlLink, createControlLink } from "../../../agent/control_link.ts";
import { RecentLines } from "../../../agent/device_log/recent_lines.ts";
import type { Credentials } from "../../../agent/login.ts";
import { agentLegServer } from "../../../coordinator/sockets/agent.ts";
import type { Clock, EpochMillis } from "../../../protocol/clock.ts";
import type { Dial } from "../../../protocol/connection/leg_client.ts";
import { readPing } from "../../../protocol/connection/ping.ts";
import type { DeviceStatus } from "../../../protocol/field/device.ts";
import type { AgentUpdate } from "../../../protocol/legs/agent_leg.ts";
import { fakePipelines } from "../../fakes/pipeline.ts";
import { Cable } from "../control/cable.ts";
import { type Bench, HOST, openBench } from "../control/bench.ts";
import { ABOUT, createDeviceKey, IDLE } from "../control/device.ts";
import { FakeReceiver } from "../control/receiver.ts";
import { START } from "../control/scene.ts";
import { factsOf } from "../coordinator/request_facts.ts";
import { watchCryptography } from "./cryptography.ts";

/** A message as it travelled. */
export interface Frame {
  readonly from: "device" | "coordinator";
  /** Milliseconds of the scene. */
  readonly at: number;
  readonly id: string;
  readonly type: string;
  readonly ts?: string;
  readonly token?: string;
  // deno-lint-ignore no-explicit-any -- tests look into payloads of every shape
  readonly payload: any;
}

export type BoxScene = Awaited<ReturnType<typeof openBoxScene>>;

/**
 * An enrolled box that is online, its receiver, and an administrator. `deviceEpoch`: what the box's clock of the day says
 * at the beginning; default: the coordinator's.
 */
export async function openBoxScene(
  { last, deviceEpoch }: { readonly last?: number; readonly deviceEpoch?: number } = {},
) {
  const cryptography = watchCryptography();
  const bench = await openBench();
  const { clock, ports, control } = bench;
  /** The box's clock of the day minus the coordinator's, in milliseconds. */
  let skew = deviceEpoch === undefined ? 0 : deviceEpoch - clock.epoch();
  const deviceClock: Clock = {
    now: () => clock.now(),
    epoch: () => clock.epoch() + skew as EpochMillis,
    after: (delay, task) => clock.after(delay, task),
  };
  const admin = await bench.admin();
  const receiver = new FakeReceiver(bench, last === undefined ? {} : { last }).join();
  const made = await bench.http("POST", "/api/senders", { as: admin, body: { name: "Box 7" } });
  const sender: string = made.body.sender.sender_id;
  const token: string = made.body.enrollment_token;
  const key = await createDeviceKey();
  let credentials: Credentials = { publicKey: key.publicKey, senderId: undefined, token };
  const facts = factsOf({ headers: { host: HOST }, peer: "192.0.2.1" });
  const cable = new Cable(ports, () => agentLegServer(control, { ports, facts }));
  const frames: Frame[] = [];
  const dials: { readonly url: string; readonly at: number }[] = [];
  let hangUp = () => {};
  let isReachable = true;
  const dial: Dial = (url, far) => {
    dials.push({ url, at: clock.now() });
    hangUp = () => far.closed(1006, "");
    if (!isReachable) {
      clock.after(10, () => hangUp());
      return { send: () => {}, close: () => {}, terminate: () => {}, bufferedAmount: 0 };
    }
    const wire = cable.dial(url, { ...far, text: (text) => far.text(seen("coordinator", text)) });
    return { ...wire, send: (text) => wire.send(seen("device", text)) };
  };
  function seen(from: Frame["from"], text: string): string {
    if (!readPing(text)) frames.push({ ...JSON.parse(text), from, at: clock.now() });
    return text;
  }

  const pipelines = fakePipelines();
  const status: DeviceStatus = { ...IDLE };
  const updates: AgentUpdate[] = [];
  const broadcaster = new Broadcaster({
    ...{ clock: deviceClock, log: ports.log, startPipeline: pipelines.start },
    listener: {
      stats: (stats) => agent.figures(stats),
      ended: (end) => link.send("stream.ended", end),
      changed: () => void agent.report(),
    },
  });
  const link: ControlLink = createControlLink({
    ...{ clock: deviceClock, random: ports.random, log: ports.log, dial, sign: key.sign },
    target: () => ({ url: `wss://${HOST}/agent/ws`, credentials }),
    facts: () => ({ ...ABOUT, running_streams: broadcaster.running }),
    listener: {
      online(senderId) {
        credentials = { publicKey: key.publicKey, senderId, token: undefined };
        broadcaster.reportEnds();
        void agent.report();
      },
      received: (command) => agent.receive(command),
      changed: () => {},
    },
  });
  const agent: Agent = new Agent({
    ...{ clock: deviceClock, log: ports.log, link, broadcaster },
    updater: {
      begin(update) {
        updates.push(update);
        return { from: "0.5.0" };
      },
    },
    lines: new RecentLines(),
    requests: { answered: () => {} },
    settings: { receive: ({ version }) => Promise.resolve({ version }) },
    recording: { update: () => [], answered: () => {}, missed: () => {} },
    readStatus: () =>
      Promise.resolve({
        ...status,
        stream_state: broadcaster.state,
        running_streams: broadcaster.running,
      }),
  });

  /** Lets time pass, and work that does not depend on it finish. */
  async function run(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 500) {
      await clock.run(Math.min(500, left));
      await cryptography.idle();
    }
  }

  /** Lets time pass until it holds, a minute at most. */
  async function until(holds: () => boolean): Promise<void> {
    for (let tries = 0; !holds() && tries < 1_200; tries++) await run(50);
  }

  await until(() => link.state.state === "online");
  await run(2_500);

  return {
    ...{ bench, admin, receiver, sender, token, key, cable, frames, dials, pipelines, status },
    ...{ updates, broadcaster, link, agent, run, until },

    /** Messages of a type, oldest first. */
    of: (type: string) => frames.filter((frame) => frame.type === type),

    /** Makes a call of REST; time passes until it is answered. */
    async call(method: string, path: string, body?: unknown): ReturnType<Bench["http"]> {
      let answer: Awaited<ReturnType<Bench["http"]>> | undefined;
      const call = bench.http(method, path, { as: admin, body }).then((given) => answer = given);
      await until(() => answer !== undefined);
      return await call;
    },

    /** Starts a stream by REST and returns its id. */
    async start(body: unknown = START): Promise<string> {
      const answer = await this.call("POST", `/api/senders/${sender}/stream/start`, body);
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return answer.body.stream.stream_id;
    },

    /** A stream as REST reports it. */
    async stream(id: string) {
      return (await this.call("GET", `/api/streams/${id}`)).body;
    },

    /** Breaks the connection, on both ends. `reachable`: whether the next dials get through. */
    drop({ reachable = true } = {}): void {
      isReachable = reachable;
      cable.served.at(-1)!.gone();
      hangUp();
    },

    /** The box's clock of the day jumps by so many milliseconds. */
    jump(ms: number): void {
      skew += ms;
    },

    /** Lets dials through again. */
    restore(): void {
      isReachable = true;
    },

    [Symbol.dispose](): void {
      agent[Symbol.dispose]();
      link[Symbol.dispose]();
      bench[Symbol.dispose]();
      cryptography[Symbol.dispose]();
    },
  };
}
