/**
 * A source of one's own: a ball that bounces, and that seat 1 kicks upwards with A. A room steps a source once a
 * frame; a source uses no clock, network or encoder.
 *
 * `deno run examples/bouncing_ball.ts` steps it for a second and prints where the ball is.
 *
 * @module
 */
import { buttonBit, NEUTRAL_PAD, type PadState } from "../protocol/control/pad.ts";
import type { Source, SourceInfo, Step } from "../worker/sources/ports.ts";

const WIDTH = 160;
const HEIGHT = 120;
const BALL = 8;
/** Colours as `xrgb8888`. */
const BLACK = 0x000000;
const YELLOW = 0xffd700;

/** A ball under gravity, drawn on black. */
export class BouncingBall implements Source {
  readonly info: SourceInfo = {
    ...{ frameRate: 60, sampleRate: 48_000, width: WIDTH, height: HEIGHT },
    ...{ aspect: WIDTH / HEIGHT, players: 1 },
  };
  /** Pixels from the top, and pixels a frame downwards. */
  #y = 0;
  #speed = 0;

  step([pad = NEUTRAL_PAD]: readonly PadState[]): Step {
    if (pad.buttons & buttonBit("a")) this.#speed = -3;
    this.#speed += 0.15;
    this.#y = Math.max(0, this.#y + this.#speed);
    if (this.#y > HEIGHT - BALL) [this.#y, this.#speed] = [HEIGHT - BALL, -this.#speed * 0.8];
    return { picture: this.#draw(), sound: new Int16Array(this.info.sampleRate / 60 * 2) };
  }

  reset = (): void => void ([this.#y, this.#speed] = [0, 0]);
  save = (): undefined => undefined;
  load = (): boolean => false;
  [Symbol.dispose] = (): void => {};

  #draw(): Step["picture"] {
    const pixels = new Uint32Array(WIDTH * HEIGHT).fill(BLACK);
    for (let row = 0; row < BALL; row++) {
      const start = (Math.floor(this.#y) + row) * WIDTH + (WIDTH - BALL) / 2;
      pixels.fill(YELLOW, start, start + BALL);
    }
    const data = new Uint8Array(pixels.buffer);
    return { data, width: WIDTH, height: HEIGHT, stride: WIDTH * 4, format: "xrgb8888" };
  }
}

if (import.meta.main) {
  using ball = new BouncingBall();
  for (let frame = 0; frame < 60; frame++) ball.step([]);
  console.log(`After 60 frames the picture is ${ball.step([]).picture?.width} pixels wide`);
}
