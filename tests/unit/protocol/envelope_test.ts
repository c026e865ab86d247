import { deepEqual, equal, match, ok } from "node:assert/strict";
import * as z from "zod/mini";
import { isRefusal, refuse, reply, stamp } from "../../../protocol/envelope.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";

Deno.test("[ENV1] a new message has an id and its time", () => {
  const clock = new FakeClock({ epoch: Date.UTC(2026, 0, 2) });
  const { id, ts } = stamp({ clock, random: new SeededRandom() });
  match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  equal(ts, "2026-01-02T00:00:00.000Z");
});

Deno.test("[ENV5] a response is an answer or a refusal, never neither", () => {
  const schema = reply(z.object({ saved_at: z.number() }));
  deepEqual(schema.safeParse({ saved_at: 5 }).data, { saved_at: 5 });
  deepEqual(schema.safeParse(refuse("save.none", "No save")).data, refuse("save.none", "No save"));
  equal(schema.safeParse({}).success, false);
});

Deno.test("[ENV5] a payload with an error is a refusal although it answers too", () => {
  const schema = reply(z.object({ saved_at: z.number() }));
  const payload = { saved_at: 5, ...refuse("save.none", "Too late") };
  ok(isRefusal(schema.parse(payload)));
});

Deno.test("[ENV5] a refusal is distinguished from an answer", () => {
  ok(isRefusal(refuse("room.no_capacity", "Cannot take a seat: the room is full")));
  ok(!isRefusal({ error: "text" }));
  ok(!isRefusal({}));
  ok(!isRefusal(undefined));
});
