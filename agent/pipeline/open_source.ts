/**
 * Opens the source that a stream names. Every refusal is a sentence.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { SourceConfig } from "../../protocol/field/device.ts";
import type { FieldSource, OpenFieldSource } from "./ports.ts";
import { TestSource } from "./test_source.ts";

const DEFAULT_SIZE = { width: 1280, height: 720 };
const DEFAULT_FRAME_RATE = 30;
/** Longest side, in pixels: what the encoder takes. */
const MAX_SIDE = 4096;

export function createSourceOpener(clock: Clock): OpenFieldSource {
  return (config) => {
    const size = sizeOf(config);
    if (size && "error" in size) return Promise.resolve(size);
    switch (config.mode) {
      case "test": {
        const frameRate = config.framerate ?? DEFAULT_FRAME_RATE;
        const source: FieldSource = new TestSource({ ...(size ?? DEFAULT_SIZE), frameRate, clock });
        return Promise.resolve({ source });
      }
      default:
        return Promise.resolve({ error: `This device has no source of kind "${config.mode}"` });
    }
  };
}

function sizeOf(
  { resolution }: SourceConfig,
): { width: number; height: number } | { error: string } | undefined {
  if (resolution === undefined) return undefined;
  const [width = 0, height = 0] = resolution.split("x").map(Number);
  const fits = (side: number) => side >= 64 && side <= MAX_SIDE && side % 2 === 0;
  return fits(width) && fits(height) ? { width, height } : {
    error: `Cannot send pictures of ${resolution}: sides must be even and from 64 to ${MAX_SIDE}`,
  };
}
