import { deepEqual, equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import { refuse } from "../../../../protocol/envelope.ts";
import type { DriveLink } from "../../../../web/play/drive/driver.ts";
import { createWheel } from "../../../../web/play/drive/wheel.ts";
import { VehicleLane } from "../../../../web/play/drive/vehicle_lane.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup(taken: boolean, name?: string) {
  const link = signal<DriveLink | undefined>(undefined);
  const requests: unknown[] = [];
  const clock = new FakeClock();
  const toasts: string[] = [];
  const room = { taken };
  const wheel = createWheel({
    clock,
    media: signal({
      room: {
        // deno-lint-ignore no-explicit-any
        ask(verb: string, body: object): Promise<any> {
          requests.push([verb, body]);
          const isTaken = room.taken && verb === "seat.take";
          return Promise.resolve(isTaken ? refuse("seat.taken", "taken", { seat: 0 }) : body);
        },
      },
    }),
    link,
    identity: { own: signal({ colour: 0, ...(name !== undefined && { name }) }) },
    toaster: { done: (text) => toasts.push(text), refused: (text) => toasts.push(`✕ ${text}`) },
  });
  return { clock, toasts, room, wheel, link, requests };
}

Deno.test("[DPG13] a free wheel is taken, and left again", async () => {
  const { wheel, toasts, clock } = setup(false);
  await wheel.ask();
  await wheel.leave();
  deepEqual(toasts, [
    "You have the wheel. Your name is in the menu under People and chat.",
    "You watch now.",
  ]);
  equal(clock.pending, 0);
});

Deno.test("[DPG13] a request for a taken wheel lasts 10 s", async () => {
  const { wheel, toasts, clock } = setup(true);
  await wheel.ask();
  equal(wheel.asked.value, true);
  clock.advance(9_999);
  equal(wheel.asked.value, true);
  clock.advance(1);
  equal(wheel.asked.value, false);
  deepEqual(toasts, ["✕ The driver did not give the wheel. You can ask again."]);
});

Deno.test("[DPG13] a request ends when the driver gives the wheel; giving without a connection is refused", async () => {
  const { wheel, toasts, clock } = setup(true);
  await wheel.ask();
  wheel.holds(true);
  equal(wheel.asked.value, false);
  clock.advance(20_000);
  wheel.holds(true);
  await wheel.give();
  deepEqual(toasts, ["The driver gave you the wheel.", "✕ The worker did not answer."]);
});

Deno.test("[DPG13] a wheel that is given before the answer to the request comes is this page's", async () => {
  const { wheel, toasts, clock } = setup(true);
  const asking = wheel.ask();
  wheel.holds(true);
  await asking;
  equal(wheel.asked.value, false);
  clock.advance(20_000);
  deepEqual(toasts, ["The driver gave you the wheel."]);
  equal(clock.pending, 0);
  wheel.holds(false);
  await wheel.ask();
  equal(wheel.asked.value, true);
  clock.advance(20_000);
});

Deno.test("[DRV30] whoever announced a name is not reminded of it", async () => {
  const { wheel, requests, toasts } = setup(false, "Ada");
  await wheel.ask();
  deepEqual(requests, [["seat.take", { seat: 0 }]]);
  deepEqual(toasts, ["You have the wheel."]);
});

Deno.test("[DPG13] who was refused is told so, and when to ask again; nobody else is", async () => {
  const { wheel, toasts, link, clock } = setup(true);
  const vehicle = new VehicleLane({ clock, send: () => true });
  link.value = { vehicle, drive: () => {} };
  const refuse = (wait_ms: unknown) =>
    vehicle.receive({
      type: "Command",
      timestamp: 0,
      payload: { id: "seat_refused", command: "seat_refused", parameters: { wait_ms } },
    });
  refuse(30_000);
  deepEqual(toasts, []);
  await wheel.ask();
  refuse("soon");
  equal(wheel.asked.value, true);
  refuse(60_000);
  equal(wheel.asked.value, false);
  clock.advance(20_000);
  deepEqual(toasts, ["✕ The driver refused. You can ask again in 60\u202fs."]);
});

Deno.test("[DPG13] the driver keeps the wheel by refusing", async () => {
  const { wheel, toasts, link, clock } = setup(false);
  const vehicle = new VehicleLane({ clock, send: () => true });
  link.value = { vehicle, drive: () => {} };
  const refusing = wheel.refuse();
  vehicle.receive({ type: "CommandAck", timestamp: 0, payload: { id: "1" } });
  await refusing;
  deepEqual(toasts, ["You keep the wheel."]);
});
