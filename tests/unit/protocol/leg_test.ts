import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod/mini";
import { PROTO_VERSION } from "../../../protocol/envelope.ts";
import {
  dispatch,
  type Handlers,
  leg,
  type LegMessage,
  MAX_MESSAGE_LENGTH,
} from "../../../protocol/leg.ts";

const greeting = leg({
  "greet": z.object({ name: z.string(), times: z.optional(z.int()) }),
  "leave": z.object({}),
});
type Greeting = LegMessage<typeof greeting>;

/** The refusal of what is not a message; fails when it is one. */
function refusalOf(text: string) {
  const decoded = greeting.decode(text);
  ok(!decoded.ok, `decoded ${text.slice(0, 80)}`);
  return { ...decoded.refusal, id: decoded.id, type: decoded.type };
}

Deno.test("[LEG1] a message survives encoding and decoding", () => {
  const sent: Greeting = { id: "1", type: "greet", ts: "now", payload: { name: "Ada", times: 2 } };
  deepEqual(greeting.decode(greeting.encode(sent)), {
    ok: true,
    message: { ...sent, proto: PROTO_VERSION },
  });
});

Deno.test("[LEG1] a leg lists the types of its messages", () =>
  deepEqual(greeting.types, ["greet", "leave"]));

Deno.test("[LEG1] every type has its handler, and only that one is called", () => {
  const calls: string[] = [];
  const handlers: Handlers<Greeting> = {
    greet: ({ payload }) => void calls.push(payload.name),
    leave: () => void calls.push("left"),
  };
  dispatch<Greeting, void>(handlers, { id: "1", type: "greet", payload: { name: "Ada" } });
  deepEqual(calls, ["Ada"]);
});

for (
  const [what, text] of [
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no id", '{"type":"leave"}'],
    ["an empty id", '{"id":"","type":"leave"}'],
    ["an id that is too long", JSON.stringify({ id: "x".repeat(65), type: "leave" })],
    ["a type that is no text", '{"id":"1","type":5}'],
    ["a version that is no number", '{"id":"1","type":"leave","proto":"new"}'],
  ] as const
) {
  Deno.test(`[LEG2] ${what} is malformed`, () => {
    const { code, message } = refusalOf(text);
    equal(code, "message.malformed");
    match(message, /^Cannot read message: ./);
  });
}

Deno.test("[LEG3] a text that is too long is refused unread", () => {
  const text = greeting.encode({ id: "1", type: "greet", payload: { name: "x".repeat(70_000) } });
  const { code, message } = refusalOf(text);
  equal(code, "message.too_large");
  match(message, new RegExp(`${text.length} characters where ${MAX_MESSAGE_LENGTH} are the most$`));
});

Deno.test("[LEG3] a leg that carries a library may be longer", () => {
  const library = leg({ "list": z.object({ names: z.string() }) }, { maxLength: 100_000 });
  const message = { id: "1", type: "list", payload: { names: "x".repeat(70_000) } } as const;
  ok(library.decode(library.encode(message)).ok);
});

Deno.test("[LEG4] an unknown type is refused by its name, with the id to answer to", () => {
  deepEqual(refusalOf('{"id":"7","type":"__proto__","payload":{}}'), {
    code: "message.unknown",
    message: 'Unknown message type "__proto__"',
    id: "7",
    type: "__proto__",
  });
});

Deno.test("[LEG5] a payload that does not fit is refused, naming the field and what was found", () => {
  deepEqual(refusalOf('{"id":"7","type":"greet","payload":{"name":5}}'), {
    code: "message.invalid",
    message: "Cannot read payload of greet: name: Invalid input: expected string, received number",
    id: "7",
    type: "greet",
  });
});

Deno.test("[LEG6] a refusal of a malformed message carries its id when that could be read", () => {
  equal(refusalOf('{"id":"7","type":5}').id, "7");
  equal(refusalOf('{"id":{},"type":"leave"}').id, undefined);
});

Deno.test("[LEG6] nothing that arrives makes decoding throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void greeting.decode(text)));
});

Deno.test("[LEG6] no envelope makes decoding throw, and a refusal stays short", () => {
  const envelope = fc.record({
    id: fc.oneof(fc.string(), fc.anything()),
    type: fc.oneof(fc.constantFrom("greet", "leave", "toString"), fc.string({ maxLength: 5_000 })),
    payload: fc.anything(),
  }, { requiredKeys: [] });
  const text = envelope.map((value) => {
    try {
      return JSON.stringify(value);
    } catch {
      return "null";
    }
  });
  fc.assert(fc.property(text, (text) => {
    const decoded = greeting.decode(text);
    ok(decoded.ok || decoded.refusal.message.length <= 1000);
  }));
});

Deno.test("[ENV3] fields that are not known are left out", () => {
  const decoded = greeting.decode(
    '{"id":"1","type":"greet","extra":1,"payload":{"name":"Ada","mood":"good"}}',
  );
  deepEqual(decoded, { ok: true, message: { id: "1", type: "greet", payload: { name: "Ada" } } });
});

Deno.test("[ENV4] a payload that is left out is empty", () => {
  const decoded = greeting.decode('{"id":"1","type":"leave"}');
  deepEqual(decoded, { ok: true, message: { id: "1", type: "leave", payload: {} } });
});

Deno.test("[ENV6] another protocol version is reported, not refused", () => {
  const decoded = greeting.decode('{"id":"1","type":"leave","proto":99}');
  ok(decoded.ok);
  equal(decoded.message.proto, 99);
});
