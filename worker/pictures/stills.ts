/**
 * The newest small picture of each live stream of a worker. Its address is random and replaced from time to time, so
 * that who may not see the stream any more loses it.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { StreamId } from "../../protocol/ids.ts";
import { MAX_PICTURE } from "../../protocol/picture/small_picture.ts";
import { type Random, randomHex } from "../../protocol/random.ts";
import type { ServedPicture } from "./picture_server.ts";

/** What has pictures, by their names. */
interface Pictures {
  readonly stills: Stills;
  readonly covers: { find(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> } | undefined;
}

/** A picture of a live stream or a cover. */
export async function findPicture(
  name: string,
  { stills, covers }: Pictures,
): Promise<ServedPicture | undefined> {
  const still = stills.find(name);
  if (still) return still;
  const jpeg = await covers?.find(name);
  return jpeg && { jpeg };
}

/** An address is replaced after this long, in milliseconds. */
export const STILL_ADDRESS = 5 * 60_000;
/** A replaced address is good for this long, in milliseconds: its pages get the new one. */
const GRACE = 15_000;
const NAME_BYTES = 16;

interface Kept {
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** When it was received, milliseconds since 1970 and by the clock of this process. */
  readonly at: number;
  readonly taken: Millis;
  readonly name: string;
  readonly since: Millis;
  /** The name before, and until when it is good. */
  readonly before: { readonly name: string; readonly until: Millis } | undefined;
}

/** The newest pictures, one of each stream. */
export class Stills {
  readonly #ports: { readonly clock: Clock; readonly random: Random };
  readonly #all = new Map<StreamId, Kept>();

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.#ports = ports;
  }

  /** Replaces the picture of a stream; true when its address changed. What is no small JPEG is dropped. */
  set(stream: StreamId, jpeg: Uint8Array<ArrayBuffer>): boolean {
    const isJpeg = jpeg[0] === 0xff && jpeg[1] === 0xd8 && jpeg[2] === 0xff;
    if (!isJpeg || jpeg.length > MAX_PICTURE) return false;
    const { clock, random } = this.#ports;
    const now = clock.now();
    const known = this.#all.get(stream);
    const still = { jpeg, at: clock.epoch(), taken: now };
    if (known && now - known.since < STILL_ADDRESS) {
      this.#all.set(stream, { ...known, ...still });
      return false;
    }
    const before = known && { name: known.name, until: now + GRACE as Millis };
    this.#all.set(stream, { ...still, name: randomHex(random, NAME_BYTES), since: now, before });
    return true;
  }

  /** The name of a stream's picture, and when it was received; `undefined` while it has none. */
  of(stream: StreamId): Pick<Kept, "name" | "at"> | undefined {
    return this.#all.get(stream);
  }

  /** The picture of a name; `undefined` when the name is none, or is none any more. */
  find(name: string): Required<ServedPicture> | undefined {
    const now = this.#ports.clock.now();
    const found = [...this.#all.values()].find((each) =>
      each.name === name || (each.before?.name === name && now < each.before.until)
    );
    return found && { jpeg: found.jpeg, age: (now - found.taken) / 1_000 };
  }

  /** The stream ended: its picture is gone. */
  remove(stream: StreamId): void {
    this.#all.delete(stream);
  }
}
