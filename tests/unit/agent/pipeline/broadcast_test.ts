import { deepEqual, equal, ok } from "node:assert/strict";
import { Broadcast } from "../../../../agent/pipeline/broadcast.ts";
import { mediaTime } from "../../../../agent/pipeline/media_time.ts";
import type { FieldSourceListener, PipelineStats } from "../../../../agent/pipeline/ports.ts";
import type { Uplink } from "../../../../agent/pipeline/uplink.ts";
import { TsDemuxer, type Unit } from "../../../../media/mpegts/demuxer.ts";
import { NOT_COMPARED, type ReceiverClock } from "../../../../media/links/receiver_clock.ts";
import type { Picture } from "../../../../media/ports.ts";
import type { EncoderConfig } from "../../../../protocol/field/device.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const PICTURE: Picture = {
  data: new Uint8Array(24),
  format: "yuv420p",
  width: 4,
  height: 4,
  stride: 4,
};

function setup({ encoder = { bitrate_kbps: 1_000 } as EncoderConfig, isUp = true } = {}) {
  const clock = new FakeClock();
  const units: Unit[] = [];
  const demuxer = new TsDemuxer({ unit: (unit) => void units.push(unit) });
  const keyframes: boolean[] = [];
  const bitrates: number[] = [];
  const frameRates: number[] = [];
  const stats: PipelineStats[] = [];
  let source: FieldSourceListener | undefined;
  let sentBytes = 0;
  const uplink = {
    isUp,
    condition: "Live",
    dropped: 0,
    wantsKeyframe: false,
    rtt: undefined as number | undefined,
    receiverClock: NOT_COMPARED as ReceiverClock,
    get figures() {
      const { rtt } = this;
      const known = rtt !== undefined && { rtt };
      return { sentBytes, ...known, paths: [{ sentBytes, ...known }] };
    },
    picture: (packets: Uint8Array) => (sentBytes += packets.length, demuxer.push(packets)),
    sound: (packets: Uint8Array) => (sentBytes += packets.length, demuxer.push(packets)),
  };
  const broadcast = new Broadcast({
    source: {
      frameRate: 30,
      hasSound: true,
      condition: { state: "open" },
      run: (listener) => void (source = listener),
      [Symbol.dispose]() {},
    },
    uplink: uplink as unknown as Uplink,
    encoder,
    latency: 200,
    paths: ["wwan0"],
    statsPeriod: 1_000,
    clock,
    encoderName: () => "fake",
    createVideoEncoder: ({ frameRate }) => {
      frameRates.push(frameRate);
      return {
        codec: "h264",
        width: 4,
        height: 4,
        encode: (_, { keyframe, timestamp }) => {
          keyframes.push(keyframe);
          return { codec: "h264", data: new Uint8Array(1_000).fill(1), keyframe, timestamp };
        },
        setBitrate: (bitrate) => void bitrates.push(bitrate),
        setDivisor: () => {},
        [Symbol.dispose]() {},
      };
    },
    createSoundEncoder: () => ({
      encode: () => [{ data: new Uint8Array(50), sample: 0 }],
      [Symbol.dispose]() {},
    }),
    listener: { stats: (each) => void stats.push(each), failed: () => {} },
  });
  /** Plays pictures at a rate, 30 a second. */
  const play = (count: number, rate = 30) => {
    for (let at = 0; at < count; at++) {
      source!.picture(PICTURE, clock.now() * 90);
      clock.advance(1000 / rate);
    }
  };
  return {
    clock,
    units,
    keyframes,
    bitrates,
    frameRates,
    stats,
    uplink,
    broadcast,
    play,
    source: () => source!,
  };
}

Deno.test("[SND1] a keyframe comes first, then every second unless another distance is configured", () => {
  const usual = setup();
  usual.play(62);
  deepEqual(usual.keyframes.flatMap((is, at) => is ? [at] : []), [0, 30, 60]);
  const wished = setup({ encoder: { bitrate_kbps: 500, keyint_max: 10 } });
  wished.play(22);
  deepEqual(wished.keyframes.flatMap((is, at) => is ? [at] : []), [0, 10, 20]);
});

Deno.test("[SND1] keyframes are at most two seconds apart, whatever is configured", () => {
  const { keyframes, play } = setup({ encoder: { bitrate_kbps: 500, keyint_max: 900 } });
  play(70);
  deepEqual(keyframes.flatMap((is, at) => is ? [at] : []), [0, 60]);
});

Deno.test("[SND1] keyframes are a second apart at any rate of pictures", () => {
  for (const rate of [5, 12, 50]) {
    const { keyframes, play } = setup();
    play(rate * 3 + 1, rate);
    const found = keyframes.flatMap((is, at) => is ? [at] : []);
    deepEqual(found, [0, rate, 2 * rate, 3 * rate], `${rate} pictures a second`);
  }
});

Deno.test("[SND16] a source much slower than announced gets an encoder for the rate measured", () => {
  const { frameRates, keyframes, play } = setup();
  play(100);
  deepEqual(frameRates, [30]);
  play(200, 12);
  ok(frameRates.length === 2 && frameRates[1]! >= 12 && frameRates[1]! < 15, `${frameRates}`);
  play(200, 30);
  equal(frameRates.length, 2, "an encoder spreads its bitrate over more pictures by itself");
  play(60, 2);
  deepEqual(frameRates.slice(2), [10], "not below 10");
  ok(keyframes.filter(Boolean).length > 20);
});

Deno.test("[CAP2] each picture is stamped with its capture by the receiver's clock, a camera's own H.264 too", () => {
  const { clock, units, uplink, play, source } = setup();
  play(1);
  uplink.receiverClock = { type: "known", offset: 1_700_000_000_000, error: 5 };
  const at = clock.now();
  const pts = mediaTime(at);
  clock.advance(12);
  source().picture(PICTURE, pts);
  source().unit(new Uint8Array(40), { pts: mediaTime(at + 12), keyframe: false });
  const stamps = units.map(({ stamp }) => stamp);
  const stamp = { type: "known", error: 5 } as const;
  const capturedAt = Math.round((1_700_000_000_000 + at) * 1000) / 1000;
  deepEqual(stamps[0], { type: "unknown", why: "not_compared" });
  const [made, passed] = stamps.slice(1).map((each) => each?.type === "known" ? each : undefined);
  deepEqual([made?.error, passed?.error], [stamp.error, stamp.error]);
  ok(Math.abs(made!.capturedAt - capturedAt) < 0.1 && Math.abs(made!.device - 12) < 0.1);
  ok(Math.abs(passed!.capturedAt - capturedAt - 12) < 0.1 && passed!.device < 0.1);
});

Deno.test("[SND2] a link that was opened again gets a keyframe with the next picture", () => {
  const { keyframes, play, broadcast } = setup();
  play(5);
  broadcast.linkOpened();
  play(3);
  deepEqual(keyframes.slice(5), [true, false, false]);
});

Deno.test("[SND14] an input that was opened again gets an encoder of its own, and a keyframe first", () => {
  const { keyframes, play, source, stats } = setup();
  play(5);
  source().restarted();
  play(3);
  deepEqual(keyframes, [true, false, false, false, false, true, false, false]);
  deepEqual(stats.at(-1)?.input, { state: "open" });
});

Deno.test("[SND3] nothing is encoded while the link is not open", () => {
  const { keyframes, units, play, source, uplink } = setup({ isUp: false });
  play(10);
  source().sound(new Int16Array(4), 0);
  deepEqual([keyframes.length, units.length], [0, 0]);
  uplink.isUp = true;
  play(1);
  deepEqual(keyframes, [true]);
});

Deno.test("[SND4] pictures and sound are packed together; a camera's own H.264 passes as it is", () => {
  const { units, play, source } = setup();
  play(1);
  source().sound(new Int16Array(4), 9_000);
  source().unit(new Uint8Array(77).fill(3), { pts: 12_000, keyframe: false });
  source().unit(new Uint8Array(78).fill(3), { pts: 11_000, keyframe: false });
  equal(units.pop()?.pts, 12_001, "times only grow");
  deepEqual(units.map(({ codec, pts }) => [codec, pts]), [["h264", 0], ["aac", 9_000], [
    "h264",
    12_000,
  ]]);
  equal(units[2]!.data.length, 77);
});

Deno.test("[SND5] figures are reported with the first bytes and then every second; an unknown figure is null", () => {
  const { stats, play } = setup();
  play(2);
  equal(stats.length, 0);
  play(2);
  equal(stats.length, 1);
  play(60);
  equal(stats.length, 3);
  const { encoder_bitrate_kbps: kbps, framerate, links: [link] } = stats[2]!;
  ok(Math.abs(kbps - 240) < 16, `${kbps} kbit/s of 30 × 1,000 bytes`);
  ok(Math.abs(framerate! - 30) < 2);
  deepEqual([stats[2]!.encoder, stats[2]!.encode_ms], ["fake", 0]);
  deepEqual(
    [link!.interface, link!.rtt_ms, link!.loss_rate, link!.capacity_bps],
    ["wwan0", null, null, null],
  );
  ok(link!.observed_bps! > 240_000 && link!.sent_bytes > 60_000);
});

Deno.test("[SND20] the figures say for how long a path has been in its state", () => {
  const { stats, play, uplink } = setup();
  const newest = () => stats.at(-1)!.links.map(({ state, state_s }) => [state, state_s])[0];
  play(150);
  deepEqual(newest(), ["Live", 4]);
  uplink.condition = "Degrade";
  play(90);
  deepEqual(newest(), ["Degrade", 2]);
});

Deno.test("[FLW10] the encoder follows a link that does not keep up, without another keyframe, and the figures say so", () => {
  const { bitrates, keyframes, uplink, stats, play } = setup({ encoder: { bitrate_kbps: 1_000 } });
  uplink.rtt = 50;
  play(20);
  uplink.rtt = 300;
  play(75);
  equal(bitrates.length, 1);
  ok(bitrates[0]! < 750_000 && bitrates[0]! >= 500_000, `${bitrates[0]}`);
  equal(keyframes.filter((is) => is).length, 4);
  equal(stats.at(-1)?.target_bitrate_kbps, Math.round(bitrates[0]! / 1000));
});

Deno.test("[FLW2] a link that was opened again has a quickest round trip of its own", () => {
  const { bitrates, broadcast, uplink, play } = setup();
  uplink.rtt = 50;
  play(20);
  broadcast.linkOpened();
  uplink.rtt = 300;
  play(90);
  deepEqual(bitrates, []);
});

Deno.test("[FLW2] a new bitrate does not hide that packets wait", () => {
  const { bitrates, broadcast, uplink, play } = setup();
  uplink.rtt = 50;
  play(20);
  uplink.rtt = 300;
  play(3);
  broadcast.update({ encoder: { bitrate_kbps: 1_200 } });
  play(75);
  equal(bitrates.length, 2);
  ok(bitrates[1]! < bitrates[0]!, `${bitrates}`);
});

Deno.test("[FLW10] a link that has caught up gets a keyframe with the next picture", () => {
  const { keyframes, uplink, play } = setup();
  play(10);
  uplink.wantsKeyframe = true;
  play(4);
  uplink.wantsKeyframe = false;
  ok(keyframes.slice(10).some((is) => is));
});

Deno.test("[SND19] a keyframe that a viewer asks for is the next picture, half a second after the last at the earliest", () => {
  const { broadcast, keyframes, play } = setup();
  play(5);
  broadcast.keyframeWanted();
  play(13);
  broadcast.keyframeWanted();
  play(5);
  deepEqual(keyframes.flatMap((is, at) => is ? [at] : []), [0, 15]);
});

Deno.test("[SND6] a new bitrate reaches the encoder, a refused update changes nothing", () => {
  const { bitrates, broadcast, play } = setup();
  play(1);
  deepEqual(broadcast.update({ encoder: { bitrate_kbps: 700 } }), {
    applied: ["encoder.bitrate_kbps"],
  });
  deepEqual(bitrates, [700_000]);
  const outcome = broadcast.update({ encoder: { bitrate_kbps: 300, tune: "film" } });
  ok("refusal" in outcome);
  deepEqual(bitrates, [700_000]);
});
