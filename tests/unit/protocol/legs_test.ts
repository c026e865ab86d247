import { deepEqual, equal, ok } from "node:assert/strict";
import { type Leg, MAX_LIBRARY_LENGTH, MAX_MESSAGE_LENGTH } from "../../../protocol/leg.ts";
import { fromAgent, toAgent } from "../../../protocol/legs/agent_leg.ts";
import { fromOperator, toOperator } from "../../../protocol/legs/operator_leg.ts";
import { fromUser, toUser } from "../../../protocol/legs/user_leg.ts";
import { fromWorker, toWorker } from "../../../protocol/legs/worker_leg.ts";
import vectors from "../../vectors/legs.json" with { type: "json" };

// Payload types differ from leg to leg; what is asserted here holds for all of them.
// deno-lint-ignore no-explicit-any
const LEGS: Readonly<Record<keyof typeof vectors, Leg<any>>> = {
  toUser,
  fromUser,
  toWorker,
  fromWorker,
  toAgent,
  fromAgent,
  toOperator,
  fromOperator,
};

/** A word for a span of time. */
const DURATION =
  /(^|_)(age|rtt|wait(ed)?|lasted|latency|deadline|period|duration|uptime|after|in|skew|delay)(_|$)/;

for (const [name, leg] of Object.entries(LEGS)) {
  const examples: Readonly<Record<string, readonly unknown[]>> = vectors[name as keyof typeof LEGS];

  Deno.test(`[LEG1] every message of ${name} has a vector, and no other`, () => {
    deepEqual(Object.keys(examples).sort(), [...leg.types].sort());
  });

  for (const [type, payloads] of Object.entries(examples)) {
    Deno.test(`[LEG1] ${name} carries ${type}`, () => {
      for (const payload of payloads) {
        const decoded = leg.decode(leg.encode({ id: "1", type, payload }));
        deepEqual(decoded.ok ? decoded.message.payload : decoded.refusal, payload);
      }
    });

    Deno.test(`[LEG5] ${name} refuses ${type} with a field of the wrong kind`, () => {
      for (const payload of payloads) {
        for (const [field, value] of Object.entries(Object(payload))) {
          // An object would be of the right kind where an object stands.
          const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
          const wrong = { ...Object(payload), [field]: isObject ? "odd" : { odd: ["value"] } };
          const decoded = leg.decode(leg.encode({ id: "1", type, payload: wrong }));
          // An answer without its error is an answer of another kind.
          if (field === "error" && decoded.ok) continue;
          equal(decoded.ok, false, `${type} took ${field}`);
        }
      }
    });
  }
}

Deno.test("[ENV7] a time that ends in _at is in milliseconds since 1970, and a duration names its unit", () => {
  const wrong: string[] = [];
  const look = (value: unknown, path: string, name: string) => {
    if (typeof value === "object" && value !== null) {
      const isList = Array.isArray(value);
      for (const [key, inner] of Object.entries(value)) {
        look(inner, `${path}.${key}`, isList ? name : key);
      }
    }
    if (typeof value !== "number") return;
    const isMillis = value > Date.UTC(2001) && value < Date.UTC(2100);
    if (name.endsWith("_at") ? !isMillis : DURATION.test(name) && !/_m?s$/.test(name)) {
      wrong.push(`${path}: ${value}`);
    }
  };
  look(vectors, "legs", "");
  deepEqual(wrong, []);
});

Deno.test("[LEG3] only the direction that carries a library takes long messages", () => {
  equal(fromWorker.maxLength, MAX_LIBRARY_LENGTH);
  for (const leg of [toWorker, fromUser]) equal(leg.maxLength, MAX_MESSAGE_LENGTH);
  ok(toUser.maxLength >= MAX_MESSAGE_LENGTH);
});

Deno.test("[SIG8] a session description has a bound", () => {
  const decode = (length: number) =>
    fromUser.decode(
      fromUser.encode(
        {
          id: "1",
          type: "webrtc.answer",
          payload: { peer_id: vectors.toUser["webrtc.offer"][0]!.peer_id, sdp: "x".repeat(length) },
        } as Parameters<typeof fromUser.encode>[0],
      ),
    );
  ok(decode(48_000).ok);
  ok(!decode(48_001).ok);
  ok(!decode(0).ok);
});
