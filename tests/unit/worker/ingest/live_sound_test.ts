import { deepEqual, equal, ok } from "node:assert/strict";
import { AAC_RATE, AacEncoder } from "../../../../media/aac_encoder.ts";
import { adtsFrame } from "../../../../media/mpegts/adts.ts";
import { createOpusEncoder } from "../../../../media/opus_encoder.ts";
import type { EncodedAudio } from "../../../../media/ports.ts";
import { LiveSound } from "../../../../worker/ingest/live_sound.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const packets: EncodedAudio[] = [];
  const sound = new LiveSound({
    clock,
    createAudioEncoder: createOpusEncoder,
    sound: (each) => void packets.push(...each),
  });
  return { clock, packets, sound, [Symbol.dispose]: () => sound[Symbol.dispose]() };
}

/** So many AAC frames of silence, behind their headers. */
function aac(count: number): Uint8Array<ArrayBuffer>[] {
  using encoder = new AacEncoder({ bitrate: 64_000 });
  return encoder.encode(new Int16Array((count + 1) * 1024 * 2))
    .map(({ data }) => adtsFrame(data, { sampleRate: AAC_RATE, channels: 2 }));
}

const OPUS = Uint8Array.of(0x7f, 0xe0, 4, 0xf8, 1, 2, 3);

Deno.test("[ING10] AAC is encoded as Opus packets of 10 ms without gaps", () => {
  using live = setup();
  for (const data of aac(47)) {
    live.sound.unit({ codec: "aac", data, pts: 0, dts: undefined });
    live.clock.advance(21);
  }
  ok(live.packets.length >= 95, `${live.packets.length} packets of a second`);
  const steps = live.packets.slice(1).map(({ timestamp }, at) =>
    timestamp - live.packets[at]!.timestamp
  );
  deepEqual(new Set(steps), new Set([480]));
});

Deno.test("[ING10] Opus is forwarded unchanged, and each packet's timestamp grows by its length", () => {
  using live = setup();
  for (let at = 0; at < 3; at++) {
    live.sound.unit({ codec: "opus", data: OPUS, pts: undefined, dts: undefined });
    live.clock.advance(20);
  }
  deepEqual(live.packets.map(({ timestamp }) => timestamp), [0, 960, 1_920]);
  deepEqual(live.packets[0]!.data, OPUS.subarray(3));
});

Deno.test("[ING11] after a pause the timestamps jump by its length", () => {
  using live = setup();
  const unit = { codec: "opus", data: OPUS, pts: undefined, dts: undefined } as const;
  live.sound.unit(unit);
  live.clock.advance(5_000);
  live.sound.unit(unit);
  equal(live.packets[1]!.timestamp - live.packets[0]!.timestamp, 5_000 * 48);
});
