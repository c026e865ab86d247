/**
 * The simulated car as the source of a stream: it moves by the newest control, and each picture shows where it is then.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { mediaTime } from "../pipeline/media_time.ts";
import type { FieldSource, FieldSourceListener } from "../pipeline/ports.ts";
import { type CarLink, type CarPorts, openCarLink } from "./car_link.ts";
import { advance, isDriven, startCar } from "./drive.ts";
import { createRenderer } from "./picture/renderer.ts";
import { readingsOf } from "./readings.ts";

/** The usual size of the picture, in pixels: larger ones cost more of the device's processor. */
export const CAR_SIZE = { width: 640, height: 360 } as const;
/** Between two reports of the readings, in milliseconds. */
const REPORT_PERIOD = 100;
/** When more pictures than this are late, they are skipped. */
const MAX_LATE = 3;

/** Size in pixels and pictures a second. */
interface CarSourceOptions {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly clock: Clock;
}

/**
 * Opens the simulated car; without ports nothing drives it.
 *
 * @throws {Error} when the port for control cannot be bound
 */
export async function openCar(
  ports: CarPorts | undefined,
  options: CarSourceOptions,
): Promise<CarSource> {
  const link = await openCarLink(ports, { clock: options.clock, warn: console.warn });
  return new CarSource(link, options);
}

/** The simulated car as a source. */
export class CarSource implements FieldSource {
  readonly frameRate: number;
  readonly hasSound = false;
  readonly condition = { state: "open" } as const;
  readonly #link: CarLink;
  readonly #options: CarSourceOptions;
  #next: Disposable | undefined;

  /** `link` is closed with the source. */
  constructor(link: CarLink, options: CarSourceOptions) {
    this.#link = link;
    this.frameRate = options.frameRate;
    this.#options = options;
  }

  run(listener: FieldSourceListener): void {
    const link = this.#link;
    const { clock } = this.#options;
    const render = createRenderer(this.#options);
    const period = 1000 / this.frameRate;
    const began = clock.now();
    let car = startCar(began);
    let frame = 0;
    let reportedAt = -Infinity;
    const step = () => {
      const now = clock.now();
      const { received } = link;
      car = advance(car, { now, received });
      const picture = render({ car, frame, driven: isDriven(received, now) });
      listener.picture(picture, mediaTime(began + frame * period));
      if (now - reportedAt >= REPORT_PERIOD) {
        reportedAt = now;
        link.report(readingsOf(car));
      }
      const passed = Math.floor((clock.now() - began) / period);
      frame = passed - frame > MAX_LATE ? passed + 1 : frame + 1;
      this.#next = clock.after(Math.max(0, began + frame * period - clock.now()), step);
    };
    step();
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#link[Symbol.dispose]();
  }
}
