import { deepEqual, equal, ok } from "node:assert/strict";
import { Sealer } from "../../../../../media/links/rist/cipher.ts";
import { encodeMedia } from "../../../../../media/links/rist/packet.ts";
import { DEFAULT_RULES } from "../../../../../media/links/rist/scheduler.ts";
import { SeededRandom } from "../../../../fakes/random.ts";
import { BondedNet } from "../../../../support/links/bonded_net.ts";
import { always, type Conditions } from "../../../../support/relay/conditions.ts";
import type { Regime } from "../../../../support/relay/regimes.ts";

const BARE = { ...DEFAULT_RULES, redundancy: false, criticalBroadcast: false, storm: false };
const DEAD: Regime = { up: always({ blackout: true }), down: always({ blackout: true }) };

function path(delayMs: number, more: Conditions = {}): Regime {
  return { up: always({ delayMs, ...more }), down: always({ delayMs }) };
}

function narrow(delayMs: number, rate: number): Regime {
  return path(delayMs, { bottleneck: { rate, queueMs: 300 } });
}

/** Opened, and with its stream under way. */
function open(options: ConstructorParameters<typeof BondedNet>[0], bitrate = 3e6): BondedNet {
  const net = new BondedNet(options);
  net.run(300);
  ok(net.sender.isOpen);
  net.run(1_000, { bitrate });
  return net;
}

function inOrder(net: BondedNet): boolean {
  return net.counts.delivered.every((number, index, all) =>
    index === 0 || number > all[index - 1]!
  );
}

Deno.test("[BND3] whatever the network does, packets come once, in order and with the latency; what comes late is left out", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new SeededRandom(seed);
    const regimes = Array.from(
      { length: 1 + Math.floor(random.unit() * 3) },
      () =>
        path(random.unit() * 40, {
          loss: random.unit() * 0.1,
          jitterMs: random.unit() * 15,
          jitterReorders: random.unit() < 0.5,
          duplicate: random.unit() * 0.2,
          reorder: { share: random.unit() * 0.1, byMs: random.unit() * 30 },
        }),
    );
    const net = open({ regimes, seed, latency: 250 });
    net.run(4_000, { bitrate: 3e6 });
    net.run(600);
    ok(inOrder(net), `seed ${seed}`);
    ok(net.lost() <= net.counts.sent * 0.002, `seed ${seed}: ${net.lost()} lost`);
    ok(Math.max(...net.counts.waits) < 250 + 40 + 15 + 30 + 10, `seed ${seed}`);
    const { delivered, lost } = net.receiver.counts;
    equal(delivered + lost, net.counts.sent, `seed ${seed}`);
  }
});

Deno.test("[BND3] a single path with 5 % loss and 30 ms loses nothing", () => {
  const net = open({ regimes: [path(15, { loss: 0.05 })] });
  net.run(10_000, { bitrate: 3e6 });
  net.run(500);
  equal(net.lost(), 0);
  ok(net.receiver.counts.recovered > 100);
  const { rtt, lossRate } = net.sender.figures[0]!;
  ok(rtt! > 28 && rtt! < 36 && lossRate! > 0.02 && lossRate! < 0.09, `${rtt} ${lossRate}`);
});

Deno.test("[BND3] a packet is passed on when it is due, to about a millisecond while others come", () => {
  const net = open({ regimes: [path(25)], latency: 60 });
  net.run(5_000, { bitrate: 3e6 });
  const waits = net.counts.waits.slice(100);
  const mean = waits.reduce((sum, each) => sum + each, 0) / waits.length;
  ok(mean >= 85 && mean < 87 && Math.max(...waits) <= 90, `${mean} ms in the mean`);
});

Deno.test("[BND3] the last packet before a pause is missed and sent again, too", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const net = new BondedNet({ regimes: [path(15)], seed });
    net.run(500);
    net.send();
    net.run(400);
    net.change(0, path(15, { loss: 0.2 }));
    for (let picture = 0; picture < 10; picture++) {
      net.send();
      net.run(400);
    }
    equal(net.lost(), 0, `seed ${seed}`);
  }
});

Deno.test("[BND9] one of two paths dies: nothing is lost, the other one goes on, and the path is used again when it returns", () => {
  for (const rules of [DEFAULT_RULES, BARE]) {
    const net = open({ regimes: [path(10), path(25)], rules });
    net.run(10_000, { bitrate: 4e6 });
    net.change(0, DEAD);
    net.run(1_000, { bitrate: 4e6 });
    deepEqual(net.sender.figures.map(({ state }) => state === "cooling"), [true, false]);
    net.run(4_000, { bitrate: 4e6 });
    net.change(0, path(10));
    net.run(20_000, { bitrate: 4e6 });
    net.run(500);
    equal(net.lost(), 0);
    ok(net.sender.figures[0]!.share > 0.25, `${net.sender.figures[0]!.share}`);
  }
});

Deno.test("[SND20] a path that fell silent has no round trip and no loss, and has them again when it answers", () => {
  const net = open({ regimes: [path(10), path(25)] });
  net.run(5_000, { bitrate: 4e6 });
  const known = () =>
    net.sender.figures.map(({ rtt, lossRate }) => rtt !== undefined && lossRate !== undefined);
  deepEqual(known(), [true, true]);
  net.change(0, DEAD);
  net.run(1_000, { bitrate: 4e6 });
  deepEqual(known(), [false, true]);
  net.change(0, path(10));
  net.run(5_000, { bitrate: 4e6 });
  deepEqual(known(), [true, true]);
});

Deno.test("[BND9] a path that is up and passes no media is left; so is one that loses its way back", () => {
  const half = (up: Conditions, down: Conditions): Regime => ({
    up: always(up),
    down: always(down),
  });
  for (
    const regime of [
      half({ blackout: true }, { delayMs: 10 }),
      half({ delayMs: 10 }, { blackout: true }),
    ]
  ) {
    const net = open({ regimes: [path(10), path(25)], rules: BARE });
    net.run(3_000, { bitrate: 4e6 });
    net.change(0, regime);
    net.run(5_000, { bitrate: 4e6 });
    net.run(500);
    equal(net.lost(), 0);
    equal(net.sender.figures[0]!.state, "cooling");
  }
});

Deno.test("[BND5] 4 Mbit/s over paths of 1.5 and 4 Mbit/s: each gets what it carries", () => {
  for (const rules of [DEFAULT_RULES, BARE]) {
    const net = open({ regimes: [narrow(15, 1.5e6), narrow(25, 4e6)], rules }, 4e6);
    net.run(30_000, { bitrate: 4e6 });
    net.run(500);
    ok(net.lost() <= net.counts.sent * 0.001, `${net.lost()} lost`);
    const [first, second] = net.sender.figures;
    ok(first!.share < 0.4 && second!.share > 0.6);
  }
});

Deno.test("[BND9] a busy machine at either end is no dead path", () => {
  const net = open({ regimes: [path(10), path(25)], rules: BARE });
  net.run(15_000, { bitrate: 3e6 });
  for (const stall of ["sender", "receiver"] as const) {
    net.stall(stall, 900);
    net.run(2_000, { bitrate: 3e6 });
    deepEqual(net.sender.figures.map(({ state }) => state), ["live", "live"], stall);
  }
});

Deno.test("[BND3] a receiver that was busy reads what came before it counts anything as lost", () => {
  const net = open({ regimes: [path(10), path(25)], rules: BARE });
  for (let stall = 0; stall < 10; stall++) {
    net.stall("receiver", 260, { bitrate: 3e6 });
    net.run(500, { bitrate: 3e6 });
  }
  net.run(500);
  deepEqual([net.lost(), net.receiver.counts.lost], [0, 0]);
});

Deno.test("[BND10] a keyframe that the receiver asks for is asked for at the sender, on any path that lives", () => {
  const net = open({ regimes: [path(10), path(25)] });
  net.change(0, DEAD);
  net.receiver.requestKeyframe();
  net.run(30, { bitrate: 3e6 });
  ok(net.counts.keyframes > 0);
});

Deno.test("[BND2] another secret opens nothing, and strangers' datagrams change nothing", () => {
  const net = new BondedNet({ regimes: [path(10)], secrets: ["secret one", "secret two"] });
  net.run(3_000, { bitrate: 1e6 });
  equal(net.sender.isOpen, false);
  deepEqual([net.receiver.isConnected, net.counts.delivered.length], [false, 0]);

  const live = open({ regimes: [path(10)] });
  const random = new SeededRandom(9);
  const stranger = new Sealer("guess", random);
  const recorded: Uint8Array[] = [];
  for (let round = 0; round < 2_000; round++) {
    const bytes = random.bytes(Math.floor(random.unit() * 1_400));
    const media = { number: round, timestamp: 0, flow: 4, isRepeat: false, payload: bytes };
    for (const datagram of [bytes, stranger.seal(0x88b6, encodeMedia(media))]) {
      equal(live.receiver.receive(0, datagram, live.now), false);
      live.sender.receive(0, datagram, live.now);
      recorded.push(datagram);
    }
    if (round % 10 === 0) live.run(1, { bitrate: 3e6 });
  }
  live.run(2_000, { bitrate: 3e6 });
  live.run(500);
  equal(live.lost(), 0);
  equal(live.receiver.counts.lost, 0);
});

Deno.test("[BND2] a recorded stream that is played again changes nothing", () => {
  const net = new BondedNet({ regimes: [path(10)] });
  const recorded: Uint8Array[] = [];
  const push = net.up[0]!.push.bind(net.up[0]);
  net.up[0]!.push = (datagram, now) => (recorded.push(datagram), push(datagram, now));
  net.run(300);
  net.run(2_000, { bitrate: 3e6 });
  const { length } = recorded;
  net.run(100);
  const { delivered } = net.receiver.counts;
  recorded.length = length;
  for (const datagram of recorded) equal(net.receiver.receive(0, datagram, net.now), false);
  net.run(300);
  equal(net.lost(), 0);
  ok(net.receiver.counts.delivered - delivered < 100);
});

Deno.test("[BND11] no queue grows without a bound while nothing is acknowledged", () => {
  const net = open({ regimes: [path(10), path(25)] });
  net.change(0, DEAD);
  net.change(1, DEAD);
  net.run(20_000, { bitrate: 8e6 });
  ok(net.sender.kept <= 8_192, `${net.sender.kept} packets`);
  net.change(1, path(25));
  net.run(4_000, { bitrate: 3e6 });
  const from = net.counts.sent;
  net.run(3_000, { bitrate: 3e6 });
  net.run(500);
  equal(net.lost(from), 0);
});

Deno.test("[BND13] an overload is over once the stream is narrower: repeats do not keep the paths full", () => {
  for (const rules of [DEFAULT_RULES, BARE]) {
    const net = open({ regimes: [narrow(25, 1.5e6), narrow(25, 2.5e6)], rules }, 2.5e6);
    net.run(8_000, { bitrate: 2.5e6 });
    net.run(3_000, { bitrate: 4.5e6 });
    net.run(2_000, { bitrate: 2.8e6 });
    const from = net.counts.sent;
    net.run(5_000, { bitrate: 2.8e6 });
    net.run(500);
    ok(net.lost(from) <= 0.01 * (net.counts.sent - from), `${net.lost(from)} lost`);
  }
});
