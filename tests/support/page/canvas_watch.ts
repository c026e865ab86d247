/**
 * Reads the picture and the sound of a game that plays over TCP, from outside of the page's own code.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { type BarCode, readBarCode } from "../../../protocol/picture/bar_code.ts";
import { PATIENCE } from "../waiting/waiting.ts";

/** What the canvas shows. */
export interface CanvasPicture {
  readonly bar: BarCode | undefined;
  readonly width: number;
}

/** The canvas of a page. */
export interface WatchedCanvas {
  /** Waits until its picture fulfils the condition, and returns it. */
  until(what: string, holds: (picture: CanvasPicture) => boolean): Promise<CanvasPicture>;
  /** The sum of squares of samples that the loudspeaker got, after at most 10 s; zero is silence. */
  soundEnergy(): Promise<number>;
}

const WIDTH = 320;
const HEIGHT = 240;

/** Watches the canvas. Sound is measured in audio contexts that begin afterwards. */
export async function watchCanvas(page: Page): Promise<WatchedCanvas> {
  await page.evaluate(() => {
    type Connect = (this: AudioNode, to: AudioNode) => AudioNode;
    const connect = AudioNode.prototype.connect as Connect;
    const watched: Connect = function (to) {
      if (this instanceof AudioWorkletNode) {
        const analyser = this.context.createAnalyser();
        Object.assign(globalThis, { farpadAnalyser: analyser });
        connect.call(this, analyser);
      }
      return connect.call(this, to);
    };
    AudioNode.prototype.connect = watched as typeof AudioNode.prototype.connect;
  });
  async function read(): Promise<CanvasPicture> {
    const found = await page.evaluate(([width, height]) => {
      const shown = document.querySelector<HTMLCanvasElement>(".picture > canvas");
      if (!shown || shown.width < 2) return undefined;
      const copy = new OffscreenCanvas(width!, height!);
      const context = copy.getContext("2d")!;
      context.drawImage(shown, 0, 0, width!, height!);
      const { data } = context.getImageData(0, 0, width!, height!);
      let text = "";
      for (let at = 0; at < data.length; at += 0x8000) {
        text += String.fromCharCode(...data.subarray(at, at + 0x8000));
      }
      return { pixels: btoa(text), width: shown.width };
    }, [WIDTH, HEIGHT]);
    if (!found) return { bar: undefined, width: 0 };
    const data = new Uint8ClampedArray(Uint8Array.fromBase64(found.pixels));
    return { bar: readBarCode({ data, width: WIDTH, height: HEIGHT }), width: found.width };
  }
  return {
    async until(what, holds) {
      const deadline = performance.now() + PATIENCE;
      for (;;) {
        const picture = await read();
        if (holds(picture)) return picture;
        if (performance.now() > deadline) {
          throw new Error(`Waited for ${what}; the canvas shows ${JSON.stringify(picture)}`);
        }
        await page.waitForTimeout(30);
      }
    },
    soundEnergy: () =>
      page.evaluate(async () => {
        let energy = 0;
        for (let n = 0; n < 100 && energy === 0; n++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          const { farpadAnalyser: analyser } = globalThis as { farpadAnalyser?: AnalyserNode };
          const samples = new Float32Array(2048);
          analyser?.getFloatTimeDomainData(samples);
          energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
        }
        return energy;
      }),
  };
}
