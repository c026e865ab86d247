import { concat } from "../../../../protocol/bytes/concat.ts";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { isFinished } from "../../../../media/mp4/finish.ts";
import { readFragments } from "../../../../media/mp4/read_fragments.ts";
import { type FileToFinish, finishOpen } from "../../../../worker/recording/finish_file.ts";
import { encodeScene, record } from "../../../support/media/recorded.ts";

const RECORDED = concat(record(encodeScene(3)));
const CUT = RECORDED.subarray(0, RECORDED.length - 700);

/** A file in memory on a disk of `space` bytes, and what it held after each change. */
class MemoryFile implements FileToFinish {
  readonly states: Uint8Array<ArrayBuffer>[] = [];
  reads = 0;
  #at = 0;

  constructor(public bytes: Uint8Array<ArrayBuffer>, readonly space = Infinity) {}

  stat() {
    return Promise.resolve({ size: this.bytes.length } as Deno.FileInfo);
  }

  seek(offset: number | bigint) {
    this.#at = Number(offset);
    return Promise.resolve(this.#at);
  }

  read(into: Uint8Array) {
    this.reads += 1;
    const part = this.bytes.subarray(this.#at, this.#at + into.length);
    into.set(part);
    this.#at += part.length;
    return Promise.resolve(part.length || null);
  }

  /** A call writes some of the bytes, as a disk that becomes full does. */
  write(from: Uint8Array) {
    const count = Math.min(from.length, 1_000, this.space - this.#at);
    if (count <= 0) return Promise.reject(new Error("No space left on device (os error 28)"));
    this.#set(Math.max(this.bytes.length, this.#at + count), from.subarray(0, count));
    this.#at += count;
    return Promise.resolve(count);
  }

  truncate(length = 0) {
    this.#set(length);
    return Promise.resolve();
  }

  sync() {
    return Promise.resolve();
  }

  #set(length: number, written: Uint8Array = new Uint8Array()) {
    const bytes = new Uint8Array(length);
    bytes.set(this.bytes.subarray(0, length));
    if (written.length > 0) bytes.set(written, this.#at);
    this.states.push(this.bytes = bytes);
  }
}

/** How many samples the fragments of a file hold. */
async function samplesIn(bytes: Uint8Array): Promise<number> {
  let count = 0;
  const read = (at: number, size: number) => bytes.subarray(at, at + size);
  await readFragments(read, bytes.length, ({ samples }) => void (count += samples.length / 3));
  return count;
}

Deno.test("[REC3] a finish that is killed after any of its writes leaves a file that plays and is finished next time", async () => {
  const file = new MemoryFile(CUT.slice());
  const whole = await finishOpen(file);
  ok(whole && whole.withoutIndex === undefined && isFinished(file.bytes));
  equal(file.bytes.length, whole.bytes);
  const fragments = await samplesIn(CUT);
  ok(file.states.length > 5);
  for (const left of file.states) {
    if (!isFinished(left)) equal(await samplesIn(left), fragments);
    const again = new MemoryFile(left);
    deepEqual(await finishOpen(again), whole);
    deepEqual(again.bytes, file.bytes);
  }
});

Deno.test("[REC3] a disk that becomes full while a recording is finished leaves its fragments, and the reason", async () => {
  const { bytes } = (await finishOpen(new MemoryFile(CUT.slice())))!;
  const file = new MemoryFile(CUT.slice(), bytes - 100);
  const found = await finishOpen(file);
  equal(found?.withoutIndex, "No space left on device (os error 28)");
  ok(!isFinished(file.bytes));
  deepEqual(file.bytes, CUT.slice(0, found.bytes));
  equal(await samplesIn(file.bytes), await samplesIn(CUT));
});

Deno.test("[REC14] a worker that ends stops finishing before the file is changed", async () => {
  const closing = new AbortController();
  const file = new MemoryFile(CUT.slice());
  const read = file.read.bind(file);
  file.read = (into) => {
    if (file.reads === 5) closing.abort();
    return read(into);
  };
  await rejects(finishOpen(file, closing.signal), { name: "AbortError" });
  equal(file.reads, 6);
  deepEqual(file.states, []);
});
