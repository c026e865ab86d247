/**
 * Compares how an H.264 picture is packed for a bonded link: MPEG-TS as it is sent, and a framing of its own, in which
 * a picture's length and number come before its bytes. The pictures are encoded; the path is simulated in virtual time:
 * 25 ms one way, a bottleneck of 1.3 times the stream's bitrate, and packets that never come (what is left after
 * repeats), 0, 1 and 3 % of them.
 *
 * `bytes_percent`: what is sent beyond the H.264. `ms`: from the encoder to a picture that can be decoded. `lost`:
 * pictures that cannot.
 *
 * @module
 */
import { Sealer } from "../../../media/links/rist/cipher.ts";
import { encodeMedia } from "../../../media/links/rist/packet.ts";
import { SRT_PAYLOAD } from "../../../media/links/srt_url.ts";
import { TsDemuxer } from "../../../media/mpegts/demuxer.ts";
import { TsMuxer } from "../../../media/mpegts/muxer.ts";
import { createNoisyRows } from "../../../media/pattern/noisy_rows.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { always } from "../../support/relay/conditions.ts";
import { NetworkPath } from "../../support/relay/path.ts";
import { percentile, round } from "../figures.ts";

const [WIDTH, HEIGHT, FRAME_RATE, PICTURES] = [640, 480, 30, 900] as const;
const BITRATES = [2_500_000, 500_000] as const;
const LOSSES = [0, 0.01, 0.03] as const;
/** Ticks of 90 kHz, and milliseconds, from picture to picture. */
const [STEP, PERIOD] = [3_000, 1000 / FRAME_RATE] as const;
/** Bytes of a fragment's head (picture number, offset), and what the first one has besides (time, length). */
const [FRAGMENT_HEAD, PICTURE_HEAD] = [8, 8] as const;

interface Picture {
  readonly data: Uint8Array;
  readonly keyframe: boolean;
}

/** One way to pack pictures. */
interface Framing {
  /** Payloads of datagrams. */
  pack(picture: Picture, number: number): Uint8Array[];
  /** Takes a payload that arrived; returns the numbers of the pictures that can be decoded with it. */
  unpack(payload: Uint8Array): readonly number[];
}

/** Measures both framings. */
// deno-lint-ignore require-await -- every benchmark returns a promise
export async function framing(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const bitrate of BITRATES) {
    const pictures = encode(bitrate);
    for (const [name, create] of Object.entries({ ts: transportStream, own: ownFraming })) {
      for (const loss of LOSSES) {
        const key = `${name}_${bitrate / 1000}k_${loss * 100}_percent`;
        const { bytes, times, lost } = send(pictures, { framing: create(), bitrate, loss });
        if (loss === 0) figures[`${key}_bytes_percent`] = round(bytes);
        figures[`${key}_ms_p50`] = round(percentile(times, 0.5));
        figures[`${key}_ms_p95`] = round(percentile(times, 0.95));
        figures[`${key}_lost`] = lost;
      }
    }
  }
  return figures;
}

function encode(bitrate: number): Picture[] {
  using encoder = createVideoEncoder({
    ...{ codec: "h264", frameRate: FRAME_RATE, bitrate, targetHeight: HEIGHT },
  });
  const rows = createNoisyRows({
    row: Uint32Array.from({ length: WIDTH }, (_, x) => (x >> 4) * 0x3f5f7f & 0x7f7f7f),
    ...{ height: HEIGHT, amplitude: 24 },
  });
  return Array.from({ length: PICTURES }, (_, n) => n).flatMap((n) => {
    const pixels = rows(n);
    const data = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const picture = { data, format: "xrgb8888", width: WIDTH, height: HEIGHT } as const;
    const keyframe = n % FRAME_RATE === 0;
    const frame = encoder.encode({ ...picture, stride: WIDTH * 4 }, {
      ...{ keyframe, timestamp: n * STEP },
    });
    return frame ? [{ data: new Uint8Array(frame.data), keyframe: frame.keyframe }] : [];
  });
}

/** What a picture becomes over the path. */
function send(
  pictures: readonly Picture[],
  { framing, bitrate, loss }: {
    readonly framing: Framing;
    readonly bitrate: number;
    readonly loss: number;
  },
) {
  const bottleneck = { rate: 1.3 * bitrate, queueMs: 600 };
  const path = new NetworkPath<{ byteLength: number; payload: Uint8Array }>({
    script: always({ delayMs: 25, loss, bottleneck }),
    random: new SeededRandom(7),
    now: 0,
  });
  const seal = overhead();
  const arrived = new Map<number, number>();
  let bytes = 0;
  const take = (now: number) => {
    for (const { payload } of path.take(now)) {
      for (const number of framing.unpack(payload)) arrived.set(number, now - number * PERIOD);
    }
  };
  pictures.forEach((picture, number) => {
    for (let ms = 0; ms < PERIOD; ms++) take((number - 1) * PERIOD + ms);
    for (const payload of framing.pack(picture, number)) {
      bytes += payload.length + seal;
      path.push({ byteLength: payload.length + seal, payload }, number * PERIOD);
    }
  });
  for (let ms = 0; ms < 2_000; ms++) take((pictures.length - 1) * PERIOD + ms);
  const useful = pictures.reduce((sum, { data }) => sum + data.length, 0);
  return {
    bytes: 100 * (bytes - useful) / useful,
    times: [...arrived.values()],
    lost: pictures.length - arrived.size,
  };
}

/** Bytes that a bonded link adds to a payload. */
function overhead(): number {
  const payload = new Uint8Array(SRT_PAYLOAD);
  const media = { number: 1, timestamp: 0, flow: 2, isRepeat: false, payload };
  const sealed = new Sealer("0123456789abcdef", new SeededRandom(1));
  return sealed.seal(0x88b6, encodeMedia(media)).length - payload.length;
}

function transportStream(): Framing {
  const muxer = new TsMuxer({});
  let found: number[] = [];
  const demuxer = new TsDemuxer({
    unit: ({ pts }) => void found.push(Math.round(((pts ?? 0) - 90_000) / STEP)),
  });
  return {
    pack({ data, keyframe }, number) {
      return split(muxer.video(data, { pts: 90_000 + number * STEP, keyframe }), SRT_PAYLOAD);
    },
    unpack(payload) {
      found = [];
      demuxer.push(payload);
      return found;
    },
  };
}

function ownFraming(): Framing {
  let current = { number: -1, got: 0, length: 0 };
  return {
    pack({ data }, number) {
      const room = SRT_PAYLOAD - FRAGMENT_HEAD - PICTURE_HEAD;
      return split(data, room).map((part, index) => {
        const payload = new Uint8Array(
          FRAGMENT_HEAD + (index === 0 ? PICTURE_HEAD : 0) + part.length,
        );
        const view = new DataView(payload.buffer);
        view.setUint32(0, number);
        view.setUint32(4, index * room);
        if (index === 0) view.setUint32(FRAGMENT_HEAD + 4, data.length);
        return payload;
      });
    },
    unpack(payload) {
      const view = new DataView(payload.buffer);
      const [number, offset] = [view.getUint32(0), view.getUint32(4)];
      if (offset === 0) current = { number, got: 0, length: view.getUint32(FRAGMENT_HEAD + 4) };
      const head = FRAGMENT_HEAD + (offset === 0 ? PICTURE_HEAD : 0);
      if (number !== current.number || offset !== current.got) return [];
      current.got += payload.length - head;
      return current.got === current.length ? [number] : [];
    },
  };
}

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from(
    { length: Math.ceil(bytes.length / size) },
    (_, index) => bytes.slice(index * size, (index + 1) * size),
  );
}
