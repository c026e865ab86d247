/**
 * A test picture with sound for trying a device: colour bars, the time, a moving bar, a tick every
 * second, the words TEST PATTERN, and the instant at which each picture was drawn, in a machine-readable form.
 *
 * @module
 */
import { Canvas } from "../../media/pattern/canvas.ts";
import { drawText, TEXT_HEIGHT, textWidth } from "../../media/pattern/text.ts";
import { createTick } from "../../media/pattern/tick.ts";
import { type Clock, preciseEpoch } from "../../protocol/clock.ts";
import { timeCodeBlock, timeCodeBlocks } from "../../protocol/picture/time_code.ts";
import { mediaTime } from "./media_time.ts";
import type { FieldSource, FieldSourceListener } from "./ports.ts";

const SAMPLE_RATE = 48_000;
const BLACK = 0x000000;
const WHITE = 0xf2f4f5;
const PANEL = 0x101820;
const ACCENT = 0x2bb8a8;
/** White, yellow, cyan, green, magenta, red, blue at 75 %. */
const BARS = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf];
/** Positions as shares of the height. */
const BARS_TOP = 0.22;
const BARS_BOTTOM = 0.56;
const BAND_BOTTOM = 0.62;
const BADGE_TOP = 0.68;
const CLOCK_TOP = 0.84;
/** When more pictures than this are late, they are skipped. */
const MAX_LATE = 3;
/** Number of pictures in which the moving bar crosses. */
const CROSSING = 160;

/** Size in pixels and pictures a second of the test picture. */
export interface TestSourceOptions {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly clock: Clock;
}

/** The test picture as a source. */
export class TestSource implements FieldSource {
  readonly frameRate: number;
  readonly hasSound = true;
  readonly condition = { state: "open" } as const;
  readonly #canvas: Canvas;
  readonly #clock: Clock;
  readonly #tick: (frame: number) => Int16Array;
  #frame = 0;
  #shownTime = "";
  #next: Disposable | undefined;

  constructor({ width, height, frameRate, clock }: TestSourceOptions) {
    this.frameRate = frameRate;
    this.#clock = clock;
    this.#canvas = new Canvas(width, height);
    this.#tick = createTick({ frameRate, sampleRate: SAMPLE_RATE });
    this.#drawBackground();
  }

  run(listener: FieldSourceListener): void {
    const began = this.#clock.now();
    const period = 1000 / this.frameRate;
    const step = () => {
      const pts = mediaTime(began + this.#frame * period);
      listener.sound(this.#tick(this.#frame), pts);
      this.#draw();
      listener.picture(this.#canvas.picture, pts);
      const passed = Math.floor((this.#clock.now() - began) / period);
      const missed = passed - this.#frame;
      this.#frame = missed > MAX_LATE ? passed + 1 : this.#frame + 1;
      const wait = began + this.#frame * period - this.#clock.now();
      this.#next = this.#clock.after(Math.max(0, wait), step);
    };
    step();
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
  }

  #drawBackground(): void {
    const { width, height } = this.#canvas;
    this.#canvas.fill({ left: 0, top: 0, right: width, bottom: height }, PANEL);
    BARS.forEach((colour, index) => {
      const left = Math.round(index * width / BARS.length);
      const right = Math.round((index + 1) * width / BARS.length);
      const rows = { top: Math.round(BARS_TOP * height), bottom: Math.round(BARS_BOTTOM * height) };
      this.#canvas.fill({ left, right, ...rows }, colour);
    });
    this.#write("TEST PATTERN", { at: BADGE_TOP, size: 0.11, colour: ACCENT });
  }

  #draw(): void {
    this.#drawBar();
    const time = new Date(this.#clock.epoch()).toISOString().slice(11, 19);
    if (time !== this.#shownTime) {
      this.#shownTime = time;
      this.#write(`${time} UTC`, { at: CLOCK_TOP, size: 0.09, colour: WHITE });
    }
    timeCodeBlocks(preciseEpoch()).forEach((lit, index) =>
      this.#canvas.fill(timeCodeBlock(index, this.#canvas.width), lit ? WHITE : BLACK)
    );
  }

  #drawBar(): void {
    const { width, height } = this.#canvas;
    const band = {
      top: Math.round(BARS_BOTTOM * height),
      bottom: Math.round(BAND_BOTTOM * height),
    };
    const size = band.bottom - band.top;
    const left = Math.round((this.#frame % CROSSING) / CROSSING * (width - size));
    this.#canvas.fill({ ...band, left: 0, right: width }, BLACK);
    this.#canvas.fill({ ...band, left, right: left + size }, WHITE);
  }

  /** A centred line on a cleared strip; `at` and `size` are shares of the height. */
  #write(text: string, { at, size, colour }: { at: number; size: number; colour: number }): void {
    const { width, height } = this.#canvas;
    const most = Math.floor(width * 0.9 / textWidth(text));
    const square = Math.max(1, Math.min(most, Math.floor(height * size / TEXT_HEIGHT)));
    const top = Math.round(at * height);
    const strip = { left: 0, right: width, top, bottom: top + TEXT_HEIGHT * square };
    this.#canvas.fill(strip, PANEL);
    const left = Math.round((width - textWidth(text) * square) / 2);
    drawText(this.#canvas, text, { left, top, square, colour });
  }
}
