/**
 * A test picture for measurements and trials: it shows the instant it was drawn as a time code, a moving bar, the
 * number of the frame, and a block for each of two pads; its sound ticks once a second. Each step redraws only the
 * parts that changed.
 *
 * @module
 */
import { buttonBit, NEUTRAL_PAD, type PadState } from "../../protocol/control/pad.ts";
import { TEST_CARD_LAMPS } from "../../protocol/picture/test_card.ts";
import {
  TIME_CODE_BLOCKS,
  timeCodeBlock,
  timeCodeBlocks,
} from "../../protocol/picture/time_code.ts";
import { Canvas, type Rectangle } from "../../media/pattern/canvas.ts";
import { buttonsWithStick } from "./pads.ts";
import type { OpenedSource, PatternShape, Source, SourceInfo, Step } from "./ports.ts";
import type { Picture, QuarterTurns } from "../../media/ports.ts";
import { createNoisyRows } from "../../media/pattern/noisy_rows.ts";
import { Turner } from "../../media/pictures/turner.ts";
import { createTick } from "../../media/pattern/tick.ts";

const SAMPLE_RATE = 48_000;
const MIN_WIDTH = 160;
const MAX_WIDTH = 3840;

const BLACK = 0x000000;
const WHITE = 0xffffff;
const PANEL = 0x101820;
const MARKER = 0x2bb8a8;
/** White, yellow, cyan, green, magenta, red, blue at 75 %. */
const BARS = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf] as const;

/** Shares of the picture. */
const BARS_BOTTOM = 0.52;
const BAND = { x: 0.5, y: 0.585, width: 1, height: 0.09 };
const COUNTER = { x: 0.26, y: 0.81, width: 0.46, height: 0.26 };
const COUNTER_DIGITS = 6;
/** Steps in which the moving bar crosses the picture. */
const CROSSING = 160;
/** A held direction moves the marker across its block in this many steps. */
const MARKER_STEPS = 40;

const A = buttonBit("a");
const UP = buttonBit("up");
const DOWN = buttonBit("down");
const LEFT = buttonBit("left");
const RIGHT = buttonBit("right");

/** The pixel aspects that displays have. */
const PIXEL_ASPECTS = { least: 0.25, most: 4 } as const;

/** The most noise; more would hide the colours. */
const MAX_NOISE = 64;

/** The shape of a test picture and the clock of its time code. */
export interface TestPatternOptions extends PatternShape {
  /** Returns the time that the time code shows, in milliseconds. */
  readonly now: () => number;
}

/** Opens a test picture, or returns the reason why its size, rate, pixel aspect or noise cannot be drawn. */
export function openTestPattern(options: TestPatternOptions): OpenedSource {
  const { width, height, frameRate, pixelAspect = 1, noise = 0 } = options;
  const fits = (size: number) => Number.isInteger(size) && size >= MIN_WIDTH && size <= MAX_WIDTH;
  if (!fits(width) || !fits(height) || !(frameRate > 0 && frameRate <= 240)) {
    return {
      error: `Cannot draw a test picture of ${width} × ${height} at ${frameRate} a second: ` +
        `sizes go from ${MIN_WIDTH} to ${MAX_WIDTH}, rates up to 240`,
    };
  }
  if (!(pixelAspect >= PIXEL_ASPECTS.least && pixelAspect <= PIXEL_ASPECTS.most)) {
    const { least, most } = PIXEL_ASPECTS;
    return {
      error: `Cannot draw a test picture with pixels of ${pixelAspect} to 1: ` +
        `their aspect goes from ${least} to ${most}`,
    };
  }
  if (!(Number.isInteger(noise) && noise >= 0 && noise <= MAX_NOISE)) {
    return {
      error: `Cannot draw a test picture with noise ${noise}: it goes from 0 to ${MAX_NOISE}`,
    };
  }
  return { source: new TestPattern(options) };
}

/** A seat's marker within its block, 0 … 1 each way. */
interface Marker {
  readonly x: number;
  readonly y: number;
  readonly lit: boolean;
}

class TestPattern implements Source {
  readonly info: SourceInfo;
  readonly #canvas: Canvas;
  readonly #rotation: QuarterTurns;
  readonly #turner = new Turner();
  readonly #now: () => number;
  readonly #tick: (frame: number) => Int16Array;
  /** The bars below the time code, with noise. */
  readonly #noisyBars: ((frame: number) => Uint32Array) | undefined;
  #frame = 0;
  #blocks = new Uint8Array();
  #digits: readonly number[] = [];
  #bar: Rectangle | undefined;
  #markers: readonly Marker[] = [];

  constructor(
    { width, height, frameRate, rotation = 0, pixelAspect = 1, noise = 0, now }: TestPatternOptions,
  ) {
    this.info = {
      frameRate,
      sampleRate: SAMPLE_RATE,
      width,
      height,
      aspect: width * pixelAspect / height,
      players: TEST_CARD_LAMPS.length,
    };
    this.#now = now;
    this.#rotation = rotation;
    this.#canvas = new Canvas(width, height);
    this.#tick = createTick({ frameRate, sampleRate: SAMPLE_RATE });
    this.#drawBackground();
    this.#noisyBars = noise === 0 ? undefined : createNoisyRows({
      row: this.#canvas.row(this.#barsBottom - 1),
      height: Math.max(0, this.#barsBottom - timeCodeBottom(width)),
      amplitude: noise,
    });
    this.reset();
  }

  step(pads: readonly PadState[]): Step {
    const noisy = this.#noisyBars?.(this.#frame);
    if (noisy) this.#canvas.rows(timeCodeBottom(this.#canvas.width), noisy);
    this.#drawBar();
    this.#drawCounter();
    TEST_CARD_LAMPS.forEach((_, seat) => this.#move(seat, pads[seat] ?? NEUTRAL_PAD));
    const sound = this.#tick(this.#frame);
    this.#frame += 1;
    this.#drawTimeCode();
    return { picture: this.#lying(), sound };
  }

  reset(): void {
    this.#frame = 0;
    this.#markers = TEST_CARD_LAMPS.map((_, seat) => {
      const marker = { x: 0.5, y: 0.5, lit: false };
      this.#drawMarker(seat, marker);
      return marker;
    });
  }

  save(): undefined {}

  load(): boolean {
    return false;
  }

  [Symbol.dispose](): void {}

  /** The picture as it is delivered: turned back by the rotation that it announces. */
  #lying(): Picture {
    if (this.#rotation === 0) return this.#canvas.picture;
    const back = 4 - this.#rotation as QuarterTurns;
    const lying = this.#turner.turn({ ...this.#canvas.picture, rotation: back });
    return { ...lying, rotation: this.#rotation };
  }

  get #barsBottom(): number {
    return Math.round(BARS_BOTTOM * this.#canvas.height);
  }

  #drawBackground(): void {
    const { width, height } = this.#canvas;
    this.#canvas.fill({ left: 0, top: 0, right: width, bottom: height }, PANEL);
    BARS.forEach((colour, i) => {
      const left = Math.round(i * width / BARS.length);
      const right = Math.round((i + 1) * width / BARS.length);
      this.#canvas.fill({ left, right, top: 0, bottom: this.#barsBottom }, colour);
    });
    this.#canvas.fill(this.#canvas.rectangle(BAND), BLACK);
    this.#canvas.fill(this.#canvas.rectangle(COUNTER), BLACK);
  }

  #drawTimeCode(): void {
    const blocks = timeCodeBlocks(this.#now());
    blocks.forEach((white, i) => {
      if (white === this.#blocks[i]) return;
      this.#canvas.fill(timeCodeBlock(i, this.#canvas.width), white ? WHITE : BLACK);
    });
    this.#blocks = blocks;
  }

  #drawBar(): void {
    const band = this.#canvas.rectangle(BAND);
    const size = band.bottom - band.top;
    const left = Math.round((this.#frame % CROSSING) / CROSSING * (this.#canvas.width - size));
    if (this.#bar) this.#canvas.fill(this.#bar, BLACK);
    this.#bar = { ...band, left, right: left + size };
    this.#canvas.fill(this.#bar, WHITE);
  }

  #drawCounter(): void {
    const box = this.#canvas.rectangle(COUNTER);
    const square = Math.floor((box.right - box.left) / (COUNTER_DIGITS * 4 + 1));
    const top = Math.round((box.top + box.bottom - 5 * square) / 2);
    const text = String(this.#frame % 10 ** COUNTER_DIGITS).padStart(COUNTER_DIGITS, "0");
    const digits = Array.from(text, Number);
    digits.forEach((digit, i) => {
      if (digit === this.#digits[i]) return;
      const left = box.left + square * (1 + i * 4);
      this.#canvas.digit(digit, { left, top, square, colour: MARKER });
    });
    this.#digits = digits;
  }

  #move(seat: number, pad: PadState): void {
    const buttons = buttonsWithStick(pad);
    const held = (bit: number) => Number((buttons & bit) !== 0);
    const { x, y, lit } = this.#markers[seat]!;
    const moved: Marker = {
      x: clamp(x + (held(RIGHT) - held(LEFT)) / MARKER_STEPS),
      y: clamp(y + (held(DOWN) - held(UP)) / MARKER_STEPS),
      lit: held(A) === 1,
    };
    if (moved.x === x && moved.y === y && moved.lit === lit) return;
    this.#markers = this.#markers.with(seat, moved);
    this.#drawMarker(seat, moved);
  }

  #drawMarker(seat: number, { x, y, lit }: Marker): void {
    const block = this.#canvas.rectangle(TEST_CARD_LAMPS[seat]!);
    const size = Math.round((block.right - block.left) / 8);
    const left = block.left + Math.round(x * (block.right - block.left - size));
    const top = block.top + Math.round(y * (block.bottom - block.top - size));
    this.#canvas.fill(block, lit ? WHITE : BLACK);
    this.#canvas.fill({ left, top, right: left + size, bottom: top + size }, MARKER);
  }
}

/** The first row below the time code. */
function timeCodeBottom(width: number): number {
  return timeCodeBlock(TIME_CODE_BLOCKS - 1, width).bottom;
}

function clamp(share: number): number {
  return Math.max(0, Math.min(1, share));
}
