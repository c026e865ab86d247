/**
 * Reads what a room plays, as the worker's main process describes it to its processes. Unknown members are kept.
 *
 * @module
 */
import * as z from "zod/mini";
import { ButtonMap } from "../../protocol/control/button_map.ts";
import { IngestStart } from "../../protocol/field/ingest.ts";
import type { IngestSpec, SourceSpec, SteppedSpec } from "../sources/ports.ts";

const optional = z.exactOptional;
const Port = z.int().check(z.gte(0), z.lte(65_535));
/** The first and the last UDP port of a range. */
export const PortRange = z.readonly(z.tuple([Port, Port]));

const ofGame = {
  rom: z.string(),
  zipped: optional(z.string()),
  saves: optional(z.string()),
  buttons: optional(ButtonMap),
};
/** A field stream. */
export const Ingest: z.ZodMiniType<IngestSpec> = z.looseObject({
  kind: z.literal("ingest"),
  stream: z.omit(IngestStart, { destinations: true }),
  address: z.string(),
  portRange: PortRange,
  patience: z.number(),
});
const Stepped: z.ZodMiniType<SteppedSpec> = z.union([
  z.looseObject({ kind: z.literal("jsnes"), ...ofGame }),
  z.looseObject({
    kind: z.literal("libretro"),
    ...ofGame,
    core: z.string(),
    system: z.string(),
    options: z.record(z.string(), z.string()),
    seats: optional(z.int()),
  }),
  z.looseObject({
    kind: z.literal("builtin"),
    name: z.literal("paddle-duel"),
    core: optional(z.string()),
  }),
  z.looseObject({
    kind: z.literal("pattern"),
    width: z.number(),
    height: z.number(),
    frameRate: z.number(),
    rotation: optional(z.literal([0, 1, 2, 3])),
    pixelAspect: optional(z.number()),
    noise: optional(z.number()),
  }),
  z.looseObject({ kind: z.literal("pattern-file"), path: z.string() }),
]);
/** Any source. */
export const Spec: z.ZodMiniType<SourceSpec> = z.union([Stepped, Ingest]);

/**
 * Reads a source that is stepped, as JSON.
 *
 * @throws {Error} with a sentence, when it is none
 */
export function readStepped(text: string): SteppedSpec {
  try {
    return z.parse(Stepped, JSON.parse(text));
  } catch (error) {
    throw new Error("Cannot read the source: it is none that this release knows", { cause: error });
  }
}
