/**
 * Bad input and faults of a field stream and of driving that no single part shows: paths that carry less than a packet
 * of media, clocks that are wrong or jump, machines that slept, and strangers at the ports.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { EpochMillis, Millis } from "../../../protocol/clock.ts";
import { DriveState, PadState } from "../../../protocol/control/control.ts";
import { mapCodec } from "../../../protocol/control/control_map.ts";
import { DrivingEnd } from "../../../protocol/driving/driving_end.ts";
import { mapProfile } from "../../../protocol/driving/profile.ts";
import { RistReceiver } from "../../../media/links/rist/receiver.ts";
import { Sealer } from "../../../media/links/rist/cipher.ts";
import { encodeMedia } from "../../../media/links/rist/packet.ts";
import { decodeStamp, encodeStamp, stampOf } from "../../../media/mpegts/capture_stamp.ts";
import { originOf } from "../../../worker/ingest/picture_origin.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { SealedPair } from "../../support/datagram/sealed_pair.ts";
import { BondedNet, EPOCH_ORIGIN } from "../../support/links/bonded_net.ts";
import { always } from "../../support/relay/conditions.ts";
import type { Regime } from "../../support/relay/regimes.ts";
import { readSticks } from "../../../web/play/drive/input/sticks.ts";
import { readGamepad } from "../../../web/play/input/gamepad.ts";
import { openBoxScene } from "../../support/statements/box_scene.ts";

const FIGURES = { uptime_s: 1, encoder_bitrate_kbps: 900, links: [] };

Deno.test("[BND9] a path that carries less than a packet of media is left, and nothing is lost", () => {
  const net = bonded();
  net.run(3_000, { bitrate: 4e6 });
  limit(net, 0, 1_200);
  const from = net.counts.sent;
  net.run(10_000, { bitrate: 4e6 });
  net.run(500);
  equal(net.lost(from), 0);
  ok(net.sender.figures[0]!.state !== "live");
  ok(net.sender.figures[0]!.share < 0.1, `${net.sender.figures[0]!.share}`);
});

Deno.test("[BND9] where every path carries less than that, the figures say that nothing arrives", () => {
  const net = bonded();
  limit(net, 0, 1_200);
  limit(net, 1, 1_200);
  const from = net.counts.sent;
  net.run(10_000, { bitrate: 2e6 });
  equal(net.lost(from), net.counts.sent - from);
  for (const { state, lossRate } of net.sender.figures) {
    ok(state === "degraded" || state === "cooling", state);
    ok(lossRate! > 0.9, `${lossRate}`);
  }
});

Deno.test("[RUD17] a device that slept for an hour goes on with its link, or ends it within its pings", () => {
  const pair = new SealedPair().open();
  pair.run(100);
  pair.now = pair.now + 3_600_000 as Millis;
  pair.device.link.send(new Uint8Array(3_000), pair.now);
  pair.run(1_000);
  deepEqual([pair.worker.batches.length, pair.device.ends, pair.worker.ends], [1, [], []]);
});

Deno.test("[DRV16] ten thousand Syns are answered one by one, and keep nothing", () => {
  let sent = 0;
  const driver = new DrivingEnd({
    profile: mapProfile,
    port: { send: () => ++sent > 0 },
    random: new SeededRandom(1),
    events: { changed: () => {}, telemetry: () => {}, error: () => {} },
  }, { epoch: 1_700_000_000_000 as EpochMillis, now: 0 as Millis });
  const syn = (n: number) => mapCodec.encode({ type: "Syn", timestamp: n, payload: {} });
  for (let n = 1; n <= 10_000; n++) driver.receive(syn(n), n / 10 as Millis);
  equal(sent, 10_000);
  deepEqual([driver.state, driver.figures.accepted], ["connected", 10_000]);
  for (let n = 1; n <= 10_000; n++) driver.receive(syn(n), 1_000 as Millis);
  deepEqual([sent, driver.figures.late], [10_001, 9_999], "of recorded ones, the newest alone");
});

Deno.test("[BND2] a stranger at an ingest port gets no answer, whatever is sent, and no picture", () => {
  let answers = 0;
  let packets = 0;
  const random = new SeededRandom(4);
  const receiver = new RistReceiver({
    ...{ paths: 2, secret: "secret", latency: 200, random, now: 0 as Millis },
    emit: () => void answers++,
    listener: { connected: () => {}, packet: () => void packets++, disconnected: () => {} },
  });
  const stranger = new Sealer("guess", random);
  for (let n = 0; n < 2_000; n++) {
    const payload = random.bytes(1_316);
    const media = { number: n & 0xffff, timestamp: n, flow: 4, isRepeat: false, payload };
    for (const datagram of [payload, stranger.seal(0x88b6, encodeMedia(media))]) {
      equal(receiver.receive(n % 2, datagram, n as Millis), false);
    }
    receiver.turn(n as Millis);
  }
  deepEqual([answers, packets, receiver.isConnected], [0, 0, false]);
});

Deno.test("[CAP3] a picture's age is right within its error on a box that does not know the time, over uneven paths", () => {
  const path = (there: number, back: number): Regime => ({
    up: always({ delayMs: there, loss: 0.02 }),
    down: always({ delayMs: back }),
  });
  // The net's time is the box's monotonic clock; the year is the receiver's alone.
  const net = new BondedNet({ regimes: [path(10, 40), path(35, 12)] });
  net.run(4_000, { bitrate: 2e6 });
  const clock = net.sender.receiverClock;
  const stamp = stampOf({ capturedAt: net.now, now: net.now + 8, clock });
  const arrivedAt = EPOCH_ORIGIN + net.now + 8 + 90;
  const { origin } = originOf(decodeStamp(encodeStamp(stamp)), arrivedAt);
  ok(origin.type === "known");
  equal(origin.device, 8);
  ok(Math.abs(origin.link - 90) <= origin.error + 0.01, `${origin.link} ± ${origin.error}`);
  ok(origin.error <= 25, `two paths allow less than either: ${origin.error}`);
});

for (
  const [name, epoch] of [["stands in 1970", 0], ["is ten years ahead", 2_015_000_000_000]] as const
) {
  Deno.test(`[AGT17] a box whose clock ${name} enrols, logs in again and streams`, async () => {
    using scene = await openBoxScene({ deviceEpoch: epoch });
    equal(scene.link.state.state, "online");
    const id = await scene.start();
    scene.pipelines.all[0]!.listener.stats(FIGURES);
    await scene.run(1_000);
    equal((await scene.stream(id)).state, "live");
    scene.drop();
    await scene.until(() => scene.dials.length === 2 && scene.link.state.state === "online");
    await scene.run(15_000);
    equal((await scene.stream(id)).state, "live");
    const { state } = scene.link;
    ok(state.state === "online");
    ok(Math.abs(state.skew! - (epoch - scene.bench.clock.epoch())) < 60_000, `${state.skew}`);
  });
}

Deno.test("[AGT17] a clock that jumps by a day, either way, ends neither login nor stream", async () => {
  using scene = await openBoxScene();
  const id = await scene.start();
  scene.pipelines.all[0]!.listener.stats(FIGURES);
  await scene.run(1_000);
  for (const jump of [86_400_000, -2 * 86_400_000]) {
    scene.jump(jump);
    const reports = scene.of("device.status").length;
    await scene.run(30_000);
    scene.pipelines.all[0]!.listener.stats(FIGURES);
    await scene.run(100);
    ok(scene.of("device.status").length >= reports + 3);
    deepEqual([scene.link.state.state, scene.dials.length], ["online", 1]);
    equal((await scene.stream(id)).state, "live");
  }
});

Deno.test("[CTL5] a gamepad whose axes are no numbers, or out of range, is sent as what a pad can be", () => {
  const level = fc.double();
  const axes = fc.array(level, { minLength: 4, maxLength: 4 });
  fc.assert(fc.property(axes, fc.array(level, { minLength: 16, maxLength: 16 }), (axes, values) => {
    const buttons = values.map((value) => ({ pressed: false, value }));
    const gamepad = { id: "Pad", mapping: "standard", connected: true, axes, buttons } as const;
    const pad = { seq: 1, ...readGamepad(gamepad) };
    ok(PadState.safeParse(pad).success, JSON.stringify(pad));
    const { wish } = readSticks([gamepad], {})!;
    ok(DriveState.safeParse(wish).success, JSON.stringify(wish));
  }));
});

/** Two paths, of which the first is the quicker one, with their stream under way. */
function bonded(): BondedNet {
  const regime = (delayMs: number): Regime => ({
    up: always({ delayMs }),
    down: always({ delayMs }),
  });
  const net = new BondedNet({ regimes: [regime(10), regime(25)] });
  net.run(300);
  net.run(1_000, { bitrate: 2e6 });
  return net;
}

/** Drops datagrams on a path that are longer than it carries. */
function limit(net: BondedNet, index: number, mtu: number): void {
  const path = net.up[index]!;
  const push = path.push.bind(path);
  path.push = (datagram, now) => {
    if (datagram.length <= mtu) push(datagram, now);
  };
}
