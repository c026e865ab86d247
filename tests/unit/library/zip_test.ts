import fc from "fast-check";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { crc32, deflateRawSync } from "node:zlib";
import { gameEntries } from "../../../worker/library/entries.ts";
import { zippedGame } from "../../../worker/library/zipped_game.ts";
import { readZipDirectory, unpack } from "../../../worker/sources/zip/zip_file.ts";

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly flags?: number;
  readonly method?: number;
  /** The size that the directory claims. */
  readonly claims?: number;
}

/** A ZIP file with these files. */
function zip(...files: readonly File[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes, flags = 0, method = 8, claims = bytes.length } of files) {
    const text = new TextEncoder().encode(name);
    const data = method === 8 ? deflateRawSync(bytes) : bytes;
    const fields = (signature: number, before: readonly number[], after: readonly number[]) => {
      const head = new Uint8Array(30 + before.length * 2 + after.length);
      const view = new DataView(head.buffer);
      let to = 0;
      const two = (value: number) => (view.setUint16(to, value, true), to += 2);
      const four = (value: number) => (view.setUint32(to, value, true), to += 4);
      four(signature);
      before.forEach(two);
      [20, flags, method, 0, 0].forEach(two);
      [crc32(bytes), data.length, claims].forEach(four);
      [text.length, 0].forEach(two);
      head.set(after, to);
      return head;
    };
    const local = fields(0x04034b50, [], []);
    const where = new Uint8Array(14);
    new DataView(where.buffer).setUint32(10, at, true);
    const central = fields(0x02014b50, [20], [...where]);
    parts.push(local, text, data);
    directory.push(central.subarray(0, 46), text);
    at += local.length + text.length + data.length;
  }
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, files.length, true);
  view.setUint16(10, files.length, true);
  view.setUint32(12, directory.reduce((sum, { length }) => sum + length, 0), true);
  view.setUint32(16, at, true);
  const all = [...parts, ...directory, end];
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let to = 0;
  for (const part of all) (whole.set(part, to), to += part.length);
  return whole;
}

const GAME = Uint8Array.from({ length: 5_000 }, (_, n) => n % 7);
const isGame = (name: string) => name.endsWith(".nes");
const gameIn = (archive: Uint8Array) =>
  zippedGame({ tail: archive, length: archive.length }, isGame);
const faultIn = (archive: Uint8Array) => {
  const found = gameIn(archive);
  return "fault" in found ? found.fault : undefined;
};

Deno.test("[LIB11] a ZIP file with one game is a game of the system that the name in it tells", () => {
  const readme = { name: "read me.txt", bytes: GAME };
  for (const method of [0, 8]) {
    const archive = zip(readme, { name: "a/Quest.nes", bytes: GAME, method });
    deepEqual(gameIn(archive), { name: "a/Quest.nes" });
    deepEqual(unpack(archive, "a/Quest.nes"), { bytes: GAME });
  }
  const folders = { roms: "/roms", system: "/system", sram: "/sram" };
  const inside = new Map([["x/The Quest.zip", "a/Quest.nes"]]);
  const [entry] = gameEntries(["x/The Quest.zip"], { cores: [], folders, inside });
  deepEqual([entry?.app.title, entry?.app.system], ["The Quest", "NES"]);
  deepEqual(entry?.spec, {
    ...{ kind: "jsnes", rom: "/roms/x/The Quest.zip", saves: "/sram" },
    zipped: "a/Quest.nes",
  });
});

Deno.test("[LIB11] what cannot be played is named: several games, none, encrypted, other methods, large ones", () => {
  const game = (more: Partial<File>) => zip({ name: "a.nes", bytes: GAME, ...more });
  match(
    faultIn(zip({ name: "a.nes", bytes: GAME }, { name: "b.nes", bytes: GAME })) ?? "",
    /2 games/,
  );
  match(faultIn(game({ name: "a.txt" })) ?? "", /no game/);
  match(faultIn(game({ flags: 1 })) ?? "", /encrypted/);
  match(faultIn(game({ method: 14 })) ?? "", /method 14/);
  match(faultIn(game({ claims: 129 * 1024 * 1024 })) ?? "", /more than/);
  match(faultIn(game({ claims: 0xffffffff })) ?? "", /ZIP64/);
  match(faultIn(new Uint8Array(100)) ?? "", /no ZIP/);
  match(faultIn(new Uint8Array()) ?? "", /no ZIP/);
});

Deno.test("[LIB11] a bomb unpacks to no more than it says, and what differs from it is refused", () => {
  const zeros = new Uint8Array(8 * 1024 * 1024);
  for (const claims of [100, zeros.length - 1, zeros.length + 1]) {
    match(JSON.stringify(unpack(zip({ name: "a.nes", bytes: zeros, claims }), "a.nes")), /damaged/);
  }
  const archive = zip({ name: "a.nes", bytes: GAME, method: 0 });
  archive[40]! ^= 1;
  deepEqual(unpack(archive, "a.nes"), { fault: "it is damaged" });
  match(JSON.stringify(unpack(archive, "../../etc/passwd")), /does not hold/);
});

Deno.test("[LIB11] no bytes make the reader throw", () => {
  const whole = zip({ name: "a.nes", bytes: GAME });
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
    fc.nat(whole.length),
    (changes, length) => {
      const broken = new Uint8Array(whole);
      for (const [at, value] of changes) broken[at] = value;
      const cut = broken.slice(0, length);
      ok(readZipDirectory(cut, cut.length) !== undefined);
      const read = unpack(broken, "a.nes");
      if ("bytes" in read) equal(crc32(read.bytes), crc32(read.bytes));
      gameIn(broken);
    },
  ));
});
