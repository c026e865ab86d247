import { concat } from "../../../../protocol/bytes/concat.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { FileIndex } from "../../../../media/mp4/finish.ts";
import { writeFragment, writeHeader } from "../../../../media/mp4/fragments.ts";
import { boxesIn, FIELDS, readFragments } from "../../../../media/mp4/read_fragments.ts";
import { SampleTables } from "../../../../media/mp4/sample_tables.ts";

const FORMAT = {
  sps: new Uint8Array([0x67, 0x42, 0, 0x1f]),
  pps: new Uint8Array([0x68, 1]),
  width: 640,
  height: 480,
  aspect: 4 / 3,
};
const SECOND = { pictures: 60, packets: 100 };

/** A second of a recording with a keyframe, and sizes of one byte. */
function fragment(second: number): Uint8Array {
  const data = new Uint8Array(1);
  return writeFragment({
    video: {
      start: second * 90_000,
      samples: Array.from(
        { length: SECOND.pictures },
        (_, n) => ({ data, duration: 1_499 + n % 3, keyframe: n === 0 }),
      ),
    },
    audio: {
      start: second * 48_000,
      samples: Array.from(
        { length: SECOND.packets },
        () => ({ data, duration: 480, keyframe: true }),
      ),
    },
  }, second + 1);
}

Deno.test("[REC14] finishing two hours looks at each sample once, and at one second between two reads", async () => {
  const [header, one] = [writeHeader(FORMAT), fragment(0)];
  const seconds = 7_200;
  let [reads, taken, most, all] = [0, 0, 0, 0];
  // Every second of the file has the same bytes.
  const read = (at: number, size: number) => {
    reads += 1;
    taken = 0;
    if (at < header.length) return header.subarray(at, at + size);
    const within = (at - header.length) % one.length;
    return one.subarray(within, within + size);
  };
  const index = new FileIndex();
  const content = await readFragments(read, header.length + seconds * one.length, (chunk) => {
    taken += chunk.samples.length / FIELDS;
    all += chunk.samples.length / FIELDS;
    most = Math.max(most, taken);
    index.add(chunk);
  });
  equal(all, seconds * (SECOND.pictures + SECOND.packets));
  equal(most, SECOND.pictures + SECOND.packets);
  ok(reads > seconds, `${reads} reads`);
  // What is left to do at the end does not grow with the length: a few parts, none of which is made again.
  const finish = index.finish(content!)!;
  ok(finish.index!.length < 200, `${finish.index!.length} parts`);
});

Deno.test("[REC3] the tables of a track: times, keyframes, places and sizes", () => {
  const tables = new SampleTables();
  const chunk = (offset: number, start: number, ...samples: number[][]) =>
    tables.add({ track: "video", offset, start, samples: Uint32Array.from(samples.flat()) });
  chunk(1_000, 50, [10, 7, 1], [10, 8, 1]);
  // It begins 5 ticks later: the sample before lasts as much longer.
  chunk(2 ** 32 + 4, 75, [10, 9, 0], [20, 9, 1]);
  chunk(3_000, 105);
  chunk(4_000, 105, [20, 3, 0]);
  const { boxes, duration } = tables.end();
  equal(duration, 75);
  const found = new Map(
    [...boxesIn(concat(boxes), 0)].map(({ type, content }) => [type, words(content)]),
  );
  deepEqual(Object.fromEntries(found), {
    stts: [0, 4, 1, 10, 1, 15, 1, 10, 2, 20],
    stss: [0, 3, 1, 2, 4],
    stsc: [0, 2, 1, 2, 1, 3, 1, 1],
    stsz: [0, 0, 5, 7, 8, 9, 9, 3],
    co64: [0, 3, 0, 1_000, 1, 4, 0, 4_000],
  });
});

Deno.test("[REC14] a file with more samples than an index may have is finished without one", async () => {
  const bytes = concat([writeHeader(FORMAT), ...[0, 1, 2].map(fragment)]);
  const finish = async (most: number) => {
    const index = new FileIndex(most);
    const read = (at: number, size: number) => bytes.subarray(at, at + size);
    return index.finish((await readFragments(read, bytes.length, (chunk) => index.add(chunk)))!)!;
  };
  equal((await finish(2 * (SECOND.pictures + SECOND.packets))).index, undefined);
  equal((await finish(2 * (SECOND.pictures + SECOND.packets))).end, bytes.length);
  ok((await finish(4 * (SECOND.pictures + SECOND.packets))).index);
});

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4));
}
