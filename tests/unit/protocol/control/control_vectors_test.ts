import { deepEqual, equal, ok } from "node:assert/strict";
import { type ControlCodec, type ControlMessage } from "../../../../protocol/control/control.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { mapCodec } from "../../../../protocol/control/control_map.ts";
import compactVectors from "../../../vectors/control_compact.json" with { type: "json" };
import mapVectors from "../../../vectors/control_map.json" with { type: "json" };

interface Profile {
  readonly name: string;
  readonly rule: string;
  readonly codec: ControlCodec;
  readonly vectors: readonly { name: string; message: unknown; hex: string }[];
}

const PROFILES: readonly Profile[] = [
  { name: "map", rule: "CTL2", codec: mapCodec, vectors: mapVectors },
  { name: "compact", rule: "CTL3", codec: compactCodec, vectors: compactVectors },
];
const TYPES = [
  "Ack",
  "Command",
  "CommandAck",
  "Control",
  "Error",
  "Heartbeat",
  "Latency",
  "Syn",
  "SynAck",
  "Telemetry",
];

for (const { name, rule, codec, vectors } of PROFILES) {
  for (const vector of vectors) {
    Deno.test(`[${rule}] ${vector.name} has its bytes in the ${name} profile`, () => {
      equal(toHex(codec.encode(vector.message as ControlMessage)), vector.hex);
    });

    Deno.test(`[${rule}] the bytes of ${vector.name} are read in the ${name} profile`, () => {
      deepEqual(codec.decode(fromHex(vector.hex)), vector.message);
    });
  }

  Deno.test(`[CTL1] every message has a vector in the ${name} profile`, () => {
    const covered = new Set(vectors.map(({ message }) => (message as ControlMessage).type));
    deepEqual([...covered].sort(), TYPES);
  });
}

for (
  const [name, most] of [
    ["Syn with a version", 8],
    ["Control with a pad, everything at its widest", 32],
    ["Control of a vehicle, full left, full ahead", 16],
  ] as const
) {
  Deno.test(`[CTL4] ${name} takes at most ${most} bytes in the compact profile`, () => {
    const vector = compactVectors.find((candidate) => candidate.name === name);
    ok(vector && vector.hex.length / 2 <= most);
  });
}

Deno.test("[CTL2] Syn and Ack are 21 bytes in the map profile", () => {
  for (const type of ["Syn", "Ack"] as const) {
    equal(mapCodec.encode({ type, timestamp: 1_700_000_000, payload: {} }).length, 21);
  }
});

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
