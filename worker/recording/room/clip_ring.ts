/**
 * The last seconds of a room as they were sent, from a keyframe on. It holds the frames themselves, which the room has in
 * memory anyway, and no more bytes than it may.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { EncodedAudio, EncodedFrame } from "../../../media/ports.ts";
import { FragmentWriter } from "../../../media/mp4/fragment_writer.ts";

/** Length of a clip, in milliseconds; it begins at the keyframe before. */
export const CLIP = 30_000;
/** Most bytes that are held; the oldest pictures up to a keyframe are dropped beyond it. */
export const MOST_HELD = 16_000_000;

type Held =
  | { readonly at: Millis; readonly frame: EncodedFrame }
  | { readonly at: Millis; readonly packets: readonly EncodedAudio[] };

/** What came from one keyframe to the next. */
interface Group {
  readonly at: Millis;
  readonly held: Held[];
  bytes: number;
}

/** Holds the last seconds of one room. */
export class ClipRing {
  #groups: Group[] = [];
  #bytes = 0;

  /** When the newest keyframe came; `undefined` before the first. */
  get newestKeyframe(): Millis | undefined {
    return this.#groups.at(-1)?.at;
  }

  /** Takes a frame of H.264. */
  frame(frame: EncodedFrame, at: Millis): void {
    if (frame.keyframe) this.#groups.push({ at, held: [], bytes: 0 });
    this.#hold({ at, frame }, frame.data.length);
    this.#drop(at);
  }

  /** Takes sound. */
  sound(packets: readonly EncodedAudio[], at: Millis): void {
    this.#hold({ at, packets }, packets.reduce((sum, { data }) => sum + data.length, 0));
  }

  /** A recording of what is held, in pieces; empty when there is no picture. */
  clip(aspect: number | undefined): Uint8Array[] {
    const writer = new FragmentWriter(aspect);
    const pieces = this.#groups.flatMap(({ held }) =>
      held.map((each) =>
        "frame" in each ? writer.frame(each.frame, each.at) : writer.sound(each.packets, each.at)
      )
    );
    return [...pieces, writer.end()].filter((piece) => piece !== undefined);
  }

  /** Forgets everything. */
  clear(): void {
    this.#groups = [];
    this.#bytes = 0;
  }

  #hold(held: Held, bytes: number): void {
    const group = this.#groups.at(-1);
    if (!group) return;
    group.held.push(held);
    group.bytes += bytes;
    this.#bytes += bytes;
  }

  /** A group is needed as long as the next one began within the time of a clip. */
  #drop(now: Millis): void {
    while (this.#groups.length > 0) {
      const [, next] = this.#groups;
      const isOver = next !== undefined && now - next.at >= CLIP;
      if (!isOver && this.#bytes <= MOST_HELD) return;
      this.#bytes -= this.#groups.shift()!.bytes;
    }
  }
}
