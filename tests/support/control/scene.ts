/**
 * A control plane that can start a stream: an administrator, a worker that receives, a device that is online.
 *
 * @module
 */
import { SenderId, type StreamId } from "../../../protocol/ids.ts";
import { type Answer, openBench, type Person } from "./bench.ts";
import { createDeviceKey, FakeDevice } from "./device.ts";
import { FakeReceiver } from "./receiver.ts";

export const SOURCE = {
  mode: "v4l2",
  device: "/dev/video0",
  resolution: "1920x1080",
  framerate: 30,
};
export const ENCODER = { bitrate_kbps: 5000, tune: "zerolatency", keyint_max: 60 };
export const START = { source: SOURCE, encoder: ENCODER };

export type Scene = Awaited<ReturnType<typeof openScene>>;

export async function openScene(options: Parameters<typeof openBench>[0] & { last?: number } = {}) {
  const bench = await openBench(options);
  const admin = await bench.admin();
  const receiver = new FakeReceiver(bench, options.last ? { last: options.last } : {}).join();
  const { device, id } = await addDevice(bench, admin, "Box 7");
  const path = `/api/senders/${id}/stream`;

  /** Requests a start; the test answers for the device. */
  function ask(body: unknown = START, headers: Record<string, string> = {}): Promise<Answer> {
    return bench.http("POST", `${path}/start`, { as: admin, body, headers });
  }

  return {
    ...{ bench, admin, receiver, device, id, ask },

    /** Starts a stream, which the device accepts, and returns its id. */
    async start(body: unknown = START): Promise<StreamId> {
      const answer = ask(body);
      const { payload } = await device.answer("stream.start", { stream_id: "x" });
      const { status } = await answer;
      if (status !== 201) throw new Error(`Cannot start: ${JSON.stringify((await answer).body)}`);
      return payload.stream_id;
    },

    /** A stream that is live. */
    async live(body: unknown = START): Promise<StreamId> {
      const stream = await this.start(body);
      device.stats(stream);
      return stream;
    },

    stop: () => bench.http("POST", `${path}/stop`, { as: admin }),

    /** A stream as REST reports it. */
    async stream(stream: string) {
      return (await bench.http("GET", `/api/streams/${stream}`, { as: admin })).body;
    },

    /** Pairs of ports that are free at the worker. */
    async freePairs(): Promise<number> {
      const { body } = await bench.http("GET", "/api/fleet/ingest", { as: admin });
      return body.items[0].pairs_free;
    },

    /** The same device on a new connection. */
    async back(facts: Record<string, unknown> = {}): Promise<FakeDevice> {
      const again = new FakeDevice(bench, { key: device.key });
      await again.login(id, facts);
      return again;
    },

    [Symbol.dispose]: () => bench[Symbol.dispose](),
  };
}

/** Another enrolled device that is online. */
export async function addDevice(
  bench: Awaited<ReturnType<typeof openBench>>,
  as: Person,
  name: string,
): Promise<{ device: FakeDevice; id: SenderId }> {
  const { body } = await bench.http("POST", "/api/senders", { as, body: { name } });
  const device = new FakeDevice(bench, { key: await createDeviceKey() });
  await device.enroll(body.enrollment_token);
  return { device, id: SenderId.parse(body.sender.sender_id) };
}
