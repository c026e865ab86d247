/**
 * The target bitrate of one viewer's pictures, from the reports of its browser and the bits that were sent to it. A
 * browser that sends transport-wide feedback is judged by `estimator.ts`, another one by `remb_rule.ts`.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { Estimator } from "./estimator.ts";
import type { BitrateLimits } from "./limits.ts";
import type { LinkReport, RateRule } from "./ports.ts";
import { RembRule } from "./remb_rule.ts";

/** Sent bits are counted over this long, in milliseconds. */
const WINDOW = 1_000;
/** How long a target is kept after a silence, in milliseconds: reports then still speak of the silence. */
const HOLD = 1_000;
/** Bits on the wire for each bit of pictures: headers of packets with 1,150 bytes. */
const HEADERS = 1.07;
/** Sound on the wire, bits per second: 100 packets a second with their headers. */
const SOUND = 160_000;

/** Collects the measurements of one viewer, and decides its target bitrate from them. */
export class ViewerBitrate {
  readonly #clock: Clock;
  readonly #limits: () => BitrateLimits;
  #rule: { readonly on: "pictures" | "wire"; readonly rule: RateRule };
  #heldUntil = -Infinity;
  #sent: { readonly at: number; readonly bits: number }[] = [];

  /** `limits` may change while the room runs: a source may switch its picture size. */
  constructor(clock: Clock, limits: () => BitrateLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#rule = { on: "pictures", rule: new RembRule(limits()) };
  }

  /** The target, in bits per second of pictures. */
  get target(): number {
    const { on, rule } = this.#rule;
    if (on === "pictures") return rule.target;
    return Math.max(this.#limits().least, toPictures(rule.target));
  }

  /** The target with headers and sound, as the link carries it, in bits per second. */
  get onWire(): number {
    const { on, rule } = this.#rule;
    return on === "wire" ? rule.target : toWire(rule.target);
  }

  /** Whether the link was ever found to be full. */
  get isNarrow(): boolean {
    return this.#rule.rule.isNarrow;
  }

  /** The newest share of packets lost, 0 … 1. */
  get loss(): number {
    return this.#rule.rule.loss;
  }

  /** So many bytes of pictures were sent to the viewer now. */
  sent(bytes: number): void {
    this.#sent.push({ at: this.#clock.now(), bits: bytes * 8 });
  }

  /** The browser sent a report. True when the target has fallen because of it. */
  reported(report: LinkReport): boolean {
    if (report.type === "packets" && this.#rule.on === "pictures") {
      const { rule } = this.#rule;
      const estimator = new Estimator(toWire(rule.target), wireLimits(this.#limits()));
      this.#rule = { on: "wire", rule: estimator };
    }
    return this.#rule.rule.report(report, this.#clock.now());
  }

  /** Keeps the target as it is for a second, and forgets the reports so far: a silence has ended. */
  hold(): void {
    this.#heldUntil = this.#clock.now() + HOLD;
    this.#rule.rule.forget();
  }

  /** Decides the target anew. Call it four times a second. */
  decide(): void {
    const now = this.#clock.now();
    this.#sent = this.#sent.filter(({ at }) => now - at < WINDOW);
    const { on, rule } = this.#rule;
    if (now < this.#heldUntil && on === "pictures") return rule.forget();
    const sent = this.#sent.reduce((sum, { bits }) => sum + bits, 0);
    const limits = this.#limits();
    if (on === "pictures") rule.step({ sent }, { limits, now });
    else rule.step({ sent: toWire(sent) }, { limits: wireLimits(limits), now });
  }
}

function toWire(pictures: number): number {
  return pictures * HEADERS + SOUND;
}

function toPictures(wire: number): number {
  return (wire - SOUND) / HEADERS;
}

function wireLimits({ least, floor, initial, ceiling }: BitrateLimits): BitrateLimits {
  return {
    least: toWire(least),
    floor: toWire(floor),
    initial: toWire(initial),
    ceiling: toWire(ceiling),
  };
}
