import { deepEqual, equal, ok } from "node:assert/strict";
import { join as joinPath } from "node:path";
import { openGapFile } from "../../../../agent/recording/gap_file.ts";
import { pieceFiles } from "../../../../agent/recording/piece_files.ts";
import { plausibleAge, Ring } from "../../../../agent/recording/ring.ts";
import { StreamRecorder } from "../../../../agent/recording/stream_recorder.ts";
import { StreamId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { encodeScene, probe } from "../../../support/media/recorded.ts";

const STREAM = StreamId.parse("str_1");
const FRAMES = encodeScene(5).flatMap((each) => "frame" in each ? [each.frame] : []);

async function setup() {
  const clock = new FakeClock();
  const folder = joinPath(await Deno.makeTempDir(), "recordings");
  let running: StreamId | undefined = STREAM;
  const open = () =>
    new Ring({
      ...{ clock, folder, running: () => running },
      log: createLog({ clock, sink: () => {} }),
    });
  const ring = open();
  const { folder: place } = (await ring.begin(STREAM))!;
  /** Records seconds of a stream; in those of `missed` its worker misses something. */
  const record = async (seconds: number, { missed = [] as number[], cut = false } = {}) => {
    const files = { clock, files: pieceFiles, folder: place, failed: () => {} };
    const recorder = new StreamRecorder(files);
    for (let n = 0; n < seconds * 30; n++) {
      const { data, keyframe } = FRAMES[n % FRAMES.length]!;
      recorder.picture(data, { pts: n * 3_000, keyframe });
      if (missed.includes(n / 30)) recorder.missed();
      clock.advance(1_000 / 30);
    }
    recorder[Symbol.dispose]();
    await recorder.written();
    if (!cut) return;
    const names = [...Deno.readDirSync(place)].map(({ name }) => name);
    const last = names.sort((a, b) => parseInt(a) - parseInt(b)).at(-1)!;
    const path = joinPath(place, last);
    await Deno.truncate(path, (await Deno.stat(path)).size - 100);
    await Deno.rename(path, joinPath(place, `${parseInt(last)}.open.mp4`));
  };
  return { clock, folder, place, ring, open, record, end: () => void (running = undefined) };
}

const gapsIn = (ring: Ring) =>
  ring.gaps.map(({ at_ms, pieces }) => [Math.round(at_ms / 1000), pieces.length]);

Deno.test("[DVR4] what the worker missed is a gap, and its pieces are one file that plays", async () => {
  const { ring, record, end } = await setup();
  using _ = ring;
  await record(110, { missed: [15, 25] });
  await ring.check();
  deepEqual(gapsIn(ring), [[10, 2]]);
  end();
  const [gap] = ring.gaps;
  const file = (await openGapFile(ring.pathsOf(gap!)))!;
  const bytes = await file.read(0, file.bytes);
  const path = joinPath(await Deno.makeTempDir(), "gap.mp4");
  await Deno.writeFile(path, bytes);
  equal((await probe(path)).pictures, 600);
  // Read in parts it is the same.
  const parts = [];
  for (let at = 0; at < file.bytes; at += 10_007) parts.push(...await file.read(at, 10_007));
  deepEqual(Uint8Array.from(parts), bytes);
  await ring.remove(gap!);
  deepEqual(gapsIn(ring), []);
});

Deno.test("[DVR5] a device that loses its power in a piece forwards its whole fragments after the restart", async () => {
  const { record, end, open } = await setup();
  await record(18, { cut: true });
  end();
  using ring = open();
  await ring.check();
  deepEqual(gapsIn(ring), [[10, 1]], "nobody knows what the worker got of the last piece");
  const file = (await openGapFile(ring.pathsOf(ring.gaps[0]!)))!;
  ok(file.bytes > 10_000);
});

Deno.test("[DVR5] an open piece without a picture is removed, and so are folders of streams without any", async () => {
  const { place, end, ring, folder } = await setup();
  using _ = ring;
  await Deno.writeFile(joinPath(place, "0.open.mp4"), new Uint8Array(100));
  await Deno.symlink("/etc/hostname", joinPath(place, "5-10.missed.mp4"));
  await ring.check();
  equal(ring.used, 100, "its pipeline runs, and links are none");
  await Deno.remove(joinPath(place, "5-10.missed.mp4"));
  end();
  await ring.check();
  equal(ring.used, 0);
  deepEqual([...Deno.readDirSync(folder)], []);
});

Deno.test("[DVR5] an open piece that cannot be read stays, and counts once it can", async () => {
  const { place, record, end, open } = await setup();
  await record(18, { cut: true });
  end();
  const path = joinPath(place, "10000.open.mp4");
  using ring = open();
  const read = Deno.open;
  try {
    Deno.open = () => Promise.reject(new Error("Input/output error"));
    await ring.check();
  } finally {
    Deno.open = read;
  }
  deepEqual(gapsIn(ring), []);
  ok((await Deno.stat(path)).size > 0);
  await ring.check();
  deepEqual(gapsIn(ring), [[10, 1]]);
});

Deno.test("[DVR5] a piece that can never be read goes by its age, with all others", async () => {
  const { ring: first, place, record, end, open, clock } = await setup();
  await record(18, { cut: true });
  first[Symbol.dispose]();
  await first.check();
  end();
  using ring = open();
  const read = Deno.open;
  try {
    Deno.open = () => Promise.reject(new Error("Input/output error"));
    ring.configure({ hours: 2 });
    await ring.check();
    ok((await Deno.stat(joinPath(place, "10000.open.mp4"))).size > 0);
    clock.advance(2 * 3_600_000 + 1_000);
    await ring.check();
  } finally {
    Deno.open = read;
  }
  equal(ring.used, 0);
});

Deno.test("[DVR3] space and age are bounded, and the settings count while a stream runs", async () => {
  const { ring, record, clock } = await setup();
  using _ = ring;
  await record(35, { missed: [5] });
  await ring.check();
  ok(ring.used > 0);
  ring.configure({ hours: 2 });
  await ring.check();
  const before = ring.used;
  clock.advance(3_600_000);
  await ring.check();
  equal(ring.used, before);
  clock.advance(3_601_000);
  await ring.check();
  equal(ring.used, 0);
});

Deno.test("[DVR3] a clock that begins in 1970 makes nothing old, and nothing young for ever", async () => {
  equal(plausibleAge(1_000, 1_800_000_000_000), 0, "written in 1970");
  equal(plausibleAge(1_800_000_000_000, 5_000), 0, "looked at in 1970");
  equal(plausibleAge(1_800_000_000_000, 1_800_000_060_000), 60_000);
  const { ring, record, clock, place } = await setup();
  using _ = ring;
  await record(5);
  for (const { name } of Deno.readDirSync(place)) await Deno.utime(joinPath(place, name), 10, 10);
  ring.configure({ hours: 1 });
  await ring.check();
  ok(ring.used > 0);
  clock.advance(3_601_000);
  await ring.check();
  equal(ring.used, 0, "its age counts from when it was first seen");
});

Deno.test("[DVR7] a full disk is given back a third of the recordings, and the reason is told", async () => {
  const { ring, record } = await setup();
  using _ = ring;
  await record(60, { missed: [5] });
  await ring.check();
  const before = ring.used;
  await ring.failed("full");
  ok(ring.used < before * 0.7 && ring.used > before * 0.4, `${ring.used} of ${before}`);
  equal(ring.trouble, "Cannot record on this device: the disk is full");
});
