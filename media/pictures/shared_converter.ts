/**
 * Converts each picture of a source once for all its encoders. A reduced picture is scaled from the whole one where that
 * was made: it is in the encoders' format already, and has less than half of the bytes.
 *
 * @module
 */
import { type Frame, SoftwareScaleContext } from "node-av/lib";
import { AV_PIX_FMT_YUV420P, SWS_AREA } from "node-av/constants";
import type { Picture, Reduction } from "../ports.ts";
import { Converter, encodedSize, type PictureConverter } from "./convert.ts";
import { allocate } from "./frames.ts";
import { uprightSize } from "./turner.ts";

type Divisor = Reduction["divisor"];

/** The conversions of one source. Disposing frees them; its converters are then not to be used. */
export class SharedConverter implements Disposable {
  readonly #targetHeight: number;
  readonly #direct = new Map<Divisor, Converter>();
  readonly #scalers = new Map<Divisor, Scaler>();
  /** Frames of the present picture. */
  readonly #made = new Map<Divisor, Frame>();

  /** `targetHeight`: as for {@linkcode encodedSize}. */
  constructor({ targetHeight }: { readonly targetHeight: number }) {
    this.#targetHeight = targetHeight;
  }

  /** The next picture comes. */
  next(): void {
    this.#made.clear();
  }

  /** A converter for one encoder. */
  open(): PictureConverter {
    const view = {
      divisor: 1 as Divisor,
      convert: (picture: Picture) => this.#convert(picture, view.divisor),
      [Symbol.dispose]: () => {},
    };
    return view;
  }

  [Symbol.dispose](): void {
    this.#made.clear();
    for (const each of [...this.#direct.values(), ...this.#scalers.values()]) {
      each[Symbol.dispose]();
    }
    this.#direct.clear();
    this.#scalers.clear();
  }

  #convert(picture: Picture, divisor: Divisor): Frame {
    const known = this.#made.get(divisor);
    if (known) return known;
    const whole = this.#made.get(1);
    const made = whole
      ? this.#scale(whole, { divisor, picture })
      : this.#converter(divisor).convert(picture);
    this.#made.set(divisor, made);
    return made;
  }

  #converter(divisor: Divisor): Converter {
    let converter = this.#direct.get(divisor);
    if (!converter) {
      converter = new Converter({ targetHeight: this.#targetHeight });
      converter.divisor = divisor;
      this.#direct.set(divisor, converter);
    }
    return converter;
  }

  #scale(whole: Frame, { divisor, picture }: { divisor: Divisor; picture: Picture }): Frame {
    const size = encodedSize(uprightSize(picture, picture.rotation), this.#targetHeight, divisor);
    const known = this.#scalers.get(divisor);
    if (known?.fits(whole, size)) return known.scale(whole);
    known?.[Symbol.dispose]();
    const scaler = new Scaler(whole, size);
    this.#scalers.set(divisor, scaler);
    return scaler.scale(whole);
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reduces frames of one size to another. */
class Scaler implements Disposable {
  readonly #from: Size;
  readonly #target: Frame;
  readonly #scaler = new SoftwareScaleContext();

  constructor({ width, height }: Size, size: Size) {
    this.#from = { width, height };
    this.#target = allocate({ ...size, format: AV_PIX_FMT_YUV420P });
    this.#scaler.getContext(
      width,
      height,
      AV_PIX_FMT_YUV420P,
      size.width,
      size.height,
      AV_PIX_FMT_YUV420P,
      SWS_AREA,
    );
  }

  fits(from: Size, size: Size): boolean {
    return this.#from.width === from.width && this.#from.height === from.height &&
      this.#target.width === size.width && this.#target.height === size.height;
  }

  scale(whole: Frame): Frame {
    const result = this.#scaler.scaleFrameSync(this.#target, whole);
    if (result < 0) throw new Error(`Cannot reduce a picture: swscale answered ${result}`);
    return this.#target;
  }

  [Symbol.dispose](): void {
    this.#scaler.freeContext();
    this.#target.free();
  }
}
