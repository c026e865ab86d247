/**
 * Farpad with a test picture that needs the bitrate that it may have, and a browser.
 *
 * @module
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchChromium } from "../browser.ts";
import { type Stack, startStack } from "../stack/stack.ts";

/** The picture's size in pixels, pictures a second, and how much its noise changes brightness, of 255. */
export interface NoisyPattern {
  readonly width: number;
  readonly height: number;
  readonly frame_rate: number;
  readonly noise: number;
}

/** A running installation and a browser. */
export interface PatternStack extends AsyncDisposable {
  readonly browser: Browser;
  /** Where the picture plays in a room of its own. */
  readonly url: string;
}

/** Starts both; disposing ends both. */
export async function startPatternStack(pattern: NoisyPattern): Promise<PatternStack> {
  await using started = new AsyncDisposableStack();
  const roms = await Deno.makeTempDir({ prefix: "farpad-roms-" });
  started.defer(() => Deno.remove(roms, { recursive: true }));
  Deno.writeTextFileSync(join(roms, "Noise.pattern"), JSON.stringify(pattern));
  const stack: Stack = started.use(await startStack({ FARPAD_ROMS: roms }));
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  started.defer(() => browser.close());
  const all = started.move();
  return {
    browser,
    url: `${stack.url}/play/noise`,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
