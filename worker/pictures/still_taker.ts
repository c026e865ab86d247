/**
 * Takes a small picture of a live stream every ten seconds, from its newest keyframe. It is decoded beside the stream,
 * which does not wait for it.
 *
 * @module
 */
import { joinNals, NalType, nalType, splitNals } from "../../media/annexb.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";

/** Time from one picture to the next, in milliseconds, and then to the next keyframe. */
export const STILL_PERIOD = 10_000;
/** `nal_unit_type` of the first and the last picture that begins alone (ITU-T H.265, table 7-1). */
const HEVC_KEYFRAMES = [16, 21] as const;

/** One picture as it was received. */
export interface StillUnit {
  readonly codec: "h264" | "hevc";
  /** An access unit with start codes. */
  readonly data: Uint8Array;
}

/** What pictures are taken with. */
export interface StillTakerOptions {
  readonly clock: Clock;
  /** Makes a JPEG of a keyframe; `undefined` when it cannot be decoded. */
  readonly make: (unit: StillUnit) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  readonly taken: (jpeg: Uint8Array<ArrayBuffer>) => void;
}

/** Takes small pictures of one stream. */
export class StillTaker {
  readonly #options: StillTakerOptions;
  #state: { readonly state: "making" } | { readonly state: "waiting"; readonly from: Millis };

  constructor(options: StillTakerOptions) {
    this.#options = options;
    this.#state = { state: "waiting", from: options.clock.now() };
  }

  /** Takes one received picture. `parameterSets`: the newest ones, for keyframes that come without. */
  unit({ codec, data }: StillUnit, parameterSets: readonly Uint8Array[]): void {
    if (this.#state.state === "making" || this.#options.clock.now() < this.#state.from) return;
    const nals = splitNals(data);
    if (!nals.some((nal) => isKeyframe(codec, nal))) return;
    const isWhole = codec === "hevc" || nals.some((nal) => nalType(nal) === NalType.sps);
    // The stream goes on to use the memory of the unit.
    const own = isWhole ? new Uint8Array(data) : joinNals([...parameterSets, ...nals]);
    void this.#make({ codec, data: own });
  }

  async #make(unit: StillUnit): Promise<void> {
    const { clock, make, taken } = this.#options;
    this.#state = { state: "making" };
    const from = clock.now() + STILL_PERIOD as Millis;
    // A keyframe that cannot be decoded is no fault of the stream: the next one is tried.
    const jpeg = await make(unit).catch(() => undefined);
    this.#state = { state: "waiting", from };
    if (jpeg) taken(jpeg);
  }
}

function isKeyframe(codec: StillUnit["codec"], nal: Uint8Array): boolean {
  if (codec === "h264") return nalType(nal) === NalType.idr;
  const type = (nal[0] ?? 0) >> 1 & 0x3f;
  return type >= HEVC_KEYFRAMES[0] && type <= HEVC_KEYFRAMES[1];
}
