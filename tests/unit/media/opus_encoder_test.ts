import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { createOpusEncoder } from "../../../media/opus_encoder.ts";
import { SoundDecoder } from "../../support/media/decode.ts";

const RATES = [44_100, 32_768, 32_040.5, 48_000, 22_050, 96_000];

/** The resampler's delay, in samples at 48 kHz: besides an incomplete packet no other sample may wait. */
const HELD_BACK = 64;

/** Seconds of a sine of 440 Hz on the left and silence on the right, from sample `start` on. */
function tone(rate: number, { start, count }: { start: number; count: number }): Int16Array {
  const pcm = new Int16Array(2 * count);
  for (let n = 0; n < count; n++) {
    pcm[2 * n] = 12_000 * Math.sin((start + n) / rate * 2 * Math.PI * 440);
  }
  return pcm;
}

for (const sampleRate of RATES) {
  Deno.test(`[ENC8] ${sampleRate} samples a second become packets without drift`, () => {
    using encoder = createOpusEncoder({ sampleRate, bitrate: 96_000 });
    let given = 0;
    let packets = 0;
    // 20 s in steps of 1/60.0988 s, as a game yields them.
    for (let step = 1; given < 20 * sampleRate; step++) {
      const count = Math.round(step * sampleRate / 60.0988) - given;
      packets += encoder.encode(tone(sampleRate, { start: given, count })).length;
      given += count;
      const waiting = given / sampleRate * 48_000 - 480 * packets;
      ok(waiting > -1e-6 && waiting < 480 + HELD_BACK, `${waiting} samples wait`);
    }
  });
}

Deno.test("[ENC8] the sound keeps its pitch, its loudness and its channels", () => {
  for (const sampleRate of [32_040.5, 44_100, 48_000]) {
    using encoder = createOpusEncoder({ sampleRate, bitrate: 96_000 });
    using decoder = new SoundDecoder();
    const packets = encoder.encode(tone(sampleRate, { start: 0, count: 2 * sampleRate }));
    const samples = packets.flatMap((packet) => [...decoder.decode(packet)]);
    const left = samples.filter((_, index) => index % 2 === 0).slice(48_000);
    const right = samples.filter((_, index) => index % 2 === 1).slice(48_000);
    const rises = left.filter((value, index) => value >= 0 && (left[index - 1] ?? 0) < 0).length;
    ok(Math.abs(rises / (left.length / 48_000) - 440) < 4, `${rises} rises`);
    ok(Math.abs(Math.max(...left) - 12_000) < 1500);
    ok(Math.max(...right) < 600);
  }
});

Deno.test("[ENC8] packets of 10 ms follow each other in RTP time", () => {
  using encoder = createOpusEncoder({ sampleRate: 48_000, bitrate: 96_000 });
  const packets = encoder.encode(new Int16Array(2 * 480 * 5));
  deepEqual(packets.map(({ timestamp }) => timestamp), [0, 480, 960, 1440, 1920]);
  using decoder = new SoundDecoder();
  equal(decoder.decode(packets[0]!).length, 2 * 480);
});

Deno.test("[ENC8] input may come in pieces of any length: no sample, one sample, one second", () => {
  using encoder = createOpusEncoder({ sampleRate: 48_000, bitrate: 96_000 });
  const counts = [0, 1, 478, 1, 48_000, 3].map((samples) =>
    encoder.encode(new Int16Array(2 * samples)).length
  );
  deepEqual(counts, [0, 0, 0, 1, 100, 0]);
});

Deno.test("[ENC8] a lower bitrate makes smaller packets", () => {
  const bytes = (bitrate: number): number => {
    using encoder = createOpusEncoder({ sampleRate: 48_000, bitrate });
    const pcm = Int16Array.from({ length: 96_000 }, (_, n) => 9000 * Math.sin(n * n / 7000));
    return encoder.encode(pcm).reduce((sum, { data }) => sum + data.length, 0);
  };
  ok(bytes(32_000) < 0.7 * bytes(96_000));
});

Deno.test("[ENC2] impossible sound is refused with a sentence", () => {
  for (const sampleRate of [0, NaN, 999, 1e9]) {
    throws(() => createOpusEncoder({ sampleRate, bitrate: 96_000 }), {
      name: "RangeError",
      message: /samples a second/,
    });
  }
  throws(() => createOpusEncoder({ sampleRate: 48_000, bitrate: 1 }), /bits per second/);
  using encoder = createOpusEncoder({ sampleRate: 48_000, bitrate: 96_000 });
  throws(() => encoder.encode(new Int16Array(3)), /last pair is not whole/);
});

Deno.test("[ENC11] with expected losses packets have in-band FEC, and without them the least delay", () => {
  const sound = tone(48_000, { start: 0, count: 48_000 });
  /** The configuration of each packet (RFC 6716 §3.1): 12 to 15 are hybrid, which can hold FEC; 28 to 31 cannot. */
  const modes = (loss: number) => {
    using encoder = createOpusEncoder({ sampleRate: 48_000, bitrate: 96_000, loss });
    return new Set(encoder.encode(sound).map(({ data }) => data[0]! >> 3));
  };
  ok([...modes(10)].every((mode) => mode >= 12 && mode <= 15), `${[...modes(10)]}`);
  ok([...modes(0)].every((mode) => mode >= 28), `${[...modes(0)]}`);
});
