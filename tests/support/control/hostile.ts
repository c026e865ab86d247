/**
 * Hostile parts of a REST call: values that fit a contract's schema almost everywhere, and paths that no page makes.
 *
 * @module
 */
import fc from "fast-check";
import * as z from "zod/mini";

/** As much of a JSON schema as the contracts use. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Texts that have broken parsers, databases, paths and logs. */
export const HOSTILE_TEXTS: readonly string[] = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202egnp.exe",
  "line\r\nset-cookie: a=b",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "%2e%2e%2f%00",
  "1'; DROP TABLE users; --",
  "1.5",
  "-1",
  "1e400",
  "NaN",
  "9".repeat(400),
  "x".repeat(70_000),
  "http://user@[::1]:99999\\@evil.example/",
  "W10",
  btoa('["\\ud800","\\u0000"]'),
];

/** Texts that contracts accept, so that a call goes beyond its parser. */
const FITTING_TEXTS: readonly string[] = [
  "A name",
  "a@farpad.example",
  "correct horse",
  "https://hook.example/x",
  "rtmp://live.example/app/key",
  "srt://live.example:9000",
  "rtsp://camera.example/1",
  "/dev/video0",
  "1280x720",
  "0".repeat(64),
];

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, 1.5, -1, 1e308, true, [], {}, ...HOSTILE_TEXTS),
  fc.jsonValue(),
);

/** Values for a schema; about one part in eight is of another kind or out of range. `ids` exist. */
export function almostFitting(
  schema: z.ZodMiniType,
  ids: readonly string[],
): fc.Arbitrary<unknown> {
  const texts = fc.constantFrom(...FITTING_TEXTS, ...ids);
  return valuesOf(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape, texts);
}

function valuesOf(shape: Shape, texts: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 7, arbitrary: fittingOf(shape, texts) },
    { weight: 1, arbitrary: hostile },
  );
}

function fittingOf(shape: Shape, texts: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const { const: only, enum: choices, minimum = 0, maximum = 1e6 } = shape;
  if (only !== undefined) return fc.constant(only);
  if (choices) return fc.constantFrom(...choices);
  const ways = shape.anyOf ?? shape.oneOf;
  if (ways) return fc.oneof(...ways.map((way) => valuesOf(way, texts)));
  switch (shape.type) {
    case "object": {
      const parts = Object.entries(shape.properties ?? {})
        .map(([name, part]) => [name, valuesOf(part, texts)] as const);
      return fc.record(Object.fromEntries(parts), { requiredKeys: [...shape.required ?? []] });
    }
    case "array":
      return fc.array(valuesOf(shape.items ?? {}, texts), { maxLength: 3 });
    case "integer":
      return fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) });
    case "number":
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return texts;
  }
}
