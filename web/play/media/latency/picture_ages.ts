/**
 * Measures how old pictures are when they arrive and when they are shown: each picture names its RTP time, the worker
 * says once a second what that is on its clock, and the clock channel brings that clock to this page's. Pure.
 *
 * @module
 */
import { Mean } from "../../../../protocol/mean.ts";
import { timeOfPicture } from "../../../../protocol/picture/media_time.ts";

/** One shown picture. Times in milliseconds since 1970 by this page's clock. */
export interface SeenPicture {
  /** RTP timestamp at 90 kHz; `undefined` where the browser does not name it. */
  readonly timestamp: number | undefined;
  /** When its last packet arrived; `undefined` where the browser does not say so. */
  readonly receivedAt: number | undefined;
  /** When it was drawn, or handed to the compositor. */
  readonly presentedAt: number;
  /** When the browser expects it on the screen; `undefined` where it does not say so. */
  readonly displayedAt: number | undefined;
}

/** How a picture's RTP time is brought to this page's clock. */
export interface PictureClock {
  /** What to add to a picture's RTP time to get the worker's clock (LAT2). */
  readonly pictureOffset: number | undefined;
  /** The worker's clock minus this page's. */
  readonly clockOffset: number | undefined;
}

/** Why no age was measured. */
export type NoAge = "no_picture" | "no_timestamp" | "no_clock" | "no_worker_time" | "other_clock";

/** The pictures of one second; times in milliseconds. */
export type AgesOfSecond =
  | { readonly type: "unknown"; readonly why: NoAge }
  | {
    readonly type: "known";
    /** Of each picture when it is expected on the screen or, where the browser does not say when, drawn. */
    readonly ages: readonly number[];
    /** The mean of `ages`, and the mean age of pictures when their last packet arrived. */
    readonly age: number;
    readonly arrival: number | undefined;
    /** Whether the browser says when a picture is expected on the screen. */
    readonly isDisplayed: boolean;
  };

/** Most pictures a second whose ages are kept; more than any screen shows. Further ones are not counted. */
const MOST_PICTURES = 250;
/** An age out of these bounds is no age: the picture's time is on another clock. In milliseconds. */
const BOUNDS = { least: -1_000, most: 60_000 };

/** Collects the pictures of one second after another. */
export class PictureAges {
  #ages: number[] = [];
  readonly #age = new Mean();
  readonly #arrival = new Mean();
  #isDisplayed = false;
  #why: NoAge = "no_picture";

  /** Counts a picture. */
  add(seen: SeenPicture, { pictureOffset, clockOffset }: PictureClock): void {
    if (seen.timestamp === undefined) return this.#missed("no_timestamp");
    if (clockOffset === undefined) return this.#missed("no_clock");
    if (pictureOffset === undefined) return this.#missed("no_worker_time");
    const shownAt = seen.displayedAt ?? seen.presentedAt;
    const near = shownAt + clockOffset;
    const capturedAt = timeOfPicture(seen.timestamp, { offset: pictureOffset, near });
    const age = near - capturedAt;
    if (age < BOUNDS.least || age > BOUNDS.most) return this.#missed("other_clock");
    if (this.#ages.length >= MOST_PICTURES) return;
    this.#isDisplayed = seen.displayedAt !== undefined;
    this.#ages.push(age);
    this.#age.add(age);
    if (seen.receivedAt !== undefined) {
      this.#arrival.add(seen.receivedAt + clockOffset - capturedAt);
    }
  }

  /** The pictures since the last call. */
  take(): AgesOfSecond {
    const ages = this.#ages;
    const why = this.#why;
    this.#ages = [];
    this.#why = "no_picture";
    const age = this.#age.take();
    const arrival = this.#arrival.take();
    if (age === undefined) return { type: "unknown", why };
    return { type: "known", ages, age, arrival, isDisplayed: this.#isDisplayed };
  }

  #missed(why: NoAge): void {
    this.#why = why;
  }
}
