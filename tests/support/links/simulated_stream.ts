/**
 * A field stream over a bonded link in virtual time: the pipeline's own broadcast and uplink and both cores of the link,
 * over simulated paths. The encoder delivers pictures of chance sizes around its bitrate, and keyframes of three times
 * that, each second.
 *
 * @module
 */
import { Broadcast } from "../../../agent/pipeline/broadcast.ts";
import type { FieldSourceListener } from "../../../agent/pipeline/ports.ts";
import { Uplink } from "../../../agent/pipeline/uplink.ts";
import type { SendingLink } from "../../../media/links/ports.ts";
import { RistReceiver } from "../../../media/links/rist/receiver.ts";
import { DEFAULT_RULES } from "../../../media/links/rist/scheduler.ts";
import { RistSender } from "../../../media/links/rist/sender.ts";
import { SRT_PAYLOAD } from "../../../media/links/srt_url.ts";
import type { CreateVideoEncoder, Picture } from "../../../media/ports.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { NetworkPath } from "../relay/path.ts";
import type { Regime } from "../relay/regimes.ts";

const [LATENCY, PERIOD, SECRET] = [200, 1000 / 30, "secret"] as const;
const [KEYFRAME, REPAID, VARIES] = [3, 0.3, 0.15] as const;
const PICTURE: Picture = {
  data: new Uint8Array(24),
  format: "yuv420p",
  width: 4,
  height: 4,
  stride: 4,
};

/**
 * What came of a stream of 2.5 Mbit/s that may rise to 6: bits that came out of the link in each second, and packets that
 * did not, or too late.
 */
export async function simulateStream(
  { regimes, seconds, seed }: {
    readonly regimes: readonly Regime[];
    readonly seconds: number;
    readonly seed: number;
  },
): Promise<{ readonly rates: readonly number[]; readonly lost: number }> {
  const clock = new FakeClock();
  const random = new SeededRandom(seed);
  const path = (script: Regime["up"], own: number) =>
    new NetworkPath<Uint8Array>({ script, random: new SeededRandom(seed * 100 + own), now: 0 });
  const up = regimes.map(({ up }, index) => path(up, 2 * index));
  const down = regimes.map(({ down }, index) => path(down, 2 * index + 1));
  const common = { paths: regimes.length, secret: SECRET, latency: LATENCY, now: clock.now() };
  let received = 0;
  const sender = new RistSender({
    ...{ ...common, random, rules: DEFAULT_RULES, keyframeWanted: () => {} },
    emit: (index, datagram) => up[index]!.push(datagram, clock.now()),
  });
  const receiver = new RistReceiver({
    ...{ ...common, random: new SeededRandom(seed + 1) },
    emit: (index, datagram) => down[index]!.push(datagram, clock.now()),
    listener: {
      connected: () => {},
      disconnected: () => {},
      packet: ({ length }) => received += length,
    },
  });
  const uplink: Uplink = new Uplink({
    ...{ latency: LATENCY, clock, random },
    open: () => Promise.resolve(linkOf(sender, clock)),
    listener: { opened: () => broadcast.linkOpened(), gaveUp: () => {} },
  });
  let source: FieldSourceListener | undefined;
  const broadcast = new Broadcast({
    ...{ uplink, latency: LATENCY, clock, paths: ["a", "b"], statsPeriod: 1_000 },
    encoder: { bitrate_kbps: 2_500, max_bitrate_kbps: 6_000 },
    source: {
      frameRate: 30,
      hasSound: false,
      condition: { state: "open" },
      run: (listener) => void (source = listener),
      [Symbol.dispose]() {},
    },
    createVideoEncoder: chanceEncoder(random),
    encoderName: () => "chance",
    createSoundEncoder: () => ({ encode: () => [], [Symbol.dispose]() {} }),
    listener: { stats: () => {}, failed: () => {} },
  });

  const rates: number[] = [];
  let nextPicture = 300;
  for (let ms = 1; ms <= seconds * 1000; ms++) {
    clock.advance(1);
    const now = clock.now();
    if (now % 10 === 0) sender.turn(now);
    if (now % 5 === 0) receiver.turn(now);
    up.forEach((path, index) => {
      for (const datagram of path.take(now)) receiver.receive(index, datagram, now);
    });
    down.forEach((path, index) => {
      for (const datagram of path.take(now)) sender.receive(index, datagram, now);
    });
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    if (now >= nextPicture) {
      nextPicture += PERIOD;
      source!.picture(PICTURE, Math.round(now * 90));
    }
    if (now % 1000 === 0) {
      rates.push(received * 8);
      received = 0;
    }
  }
  broadcast[Symbol.dispose]();
  uplink[Symbol.dispose]();
  return { rates, lost: receiver.counts.lost };
}

/** The link as the pipeline sees it, without sockets. */
function linkOf(sender: RistSender, clock: FakeClock): SendingLink {
  return {
    get figures() {
      const paths = sender.figures.map(({ sentBytes, state, rtt, share }) => ({
        ...{ sentBytes, state, share },
        ...(rtt !== undefined && { rtt }),
      }));
      const measured = paths.filter(({ rtt }) => rtt !== undefined);
      const shares = measured.reduce((sum, { share }) => sum + share, 0);
      const rtt = measured.reduce((sum, { rtt, share }) => sum + rtt! * share, 0) / shares;
      const sentBytes = paths.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
      const refusedRepeats = sender.refused;
      return {
        sentBytes,
        refusedRepeats,
        waitingMs: sender.waiting,
        ...(shares > 0 && { rtt }),
        paths,
      };
    },
    broken: new Promise(() => {}),
    send(packets, { isCritical = false } = {}) {
      for (let at = 0; at < packets.length; at += SRT_PAYLOAD) {
        sender.send(packets.slice(at, at + SRT_PAYLOAD), { isCritical, now: clock.now() });
      }
      return Promise.resolve({});
    },
    [Symbol.dispose]() {},
  };
}

/** An encoder whose pictures pay back what a keyframe took. */
function chanceEncoder(random: SeededRandom): CreateVideoEncoder {
  return ({ bitrate }) => {
    let [target, debt] = [bitrate, 0];
    return {
      codec: "h264",
      width: 4,
      height: 4,
      encode(_, { keyframe, timestamp }) {
        const mean = target / 8 / 30;
        const paid = keyframe ? (1 - KEYFRAME) * mean : Math.min(debt, REPAID * mean);
        debt -= paid;
        const size = (mean - paid) * (1 + VARIES * (2 * random.unit() - 1));
        const data = new Uint8Array(Math.round(size)).fill(1);
        return { codec: "h264", data, keyframe, timestamp };
      },
      setBitrate: (bitrate) => void (target = bitrate),
      setDivisor: () => {},
      [Symbol.dispose]() {},
    };
  };
}
