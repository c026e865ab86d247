import { deepEqual, equal } from "node:assert/strict";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import type { ControlMessage } from "../../../../protocol/control/control.ts";
import { ANSWER_LIMIT, VehicleLane } from "../../../../web/play/drive/vehicle_lane.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { view } from "../../../support/driving/vehicle_views.ts";

function setup() {
  const clock = new FakeClock();
  const sent: ControlMessage[] = [];
  const channel = { open: true };
  const lane = new VehicleLane({
    clock,
    send(bytes) {
      if (channel.open) sent.push(compactCodec.decode(bytes)!);
      return channel.open;
    },
  });
  const error = (code: string) => lane.receive({ type: "Error", timestamp: 0, payload: { code } });
  const done = (id: string) => lane.receive({ type: "CommandAck", timestamp: 0, payload: { id } });
  return { clock, sent, channel, lane, error, done };
}

Deno.test("[DRV18] answers belong to the commands in their order", async () => {
  const { lane, sent, error, done } = setup();
  const answers = [lane.command("arm"), lane.command("disarm"), lane.command("give")];
  deepEqual(
    sent.map(({ payload }) => payload),
    ["arm", "disarm", "give"].map((command, i) => ({ id: String(i + 1), command, parameters: {} })),
  );
  error("arm.not_at_rest");
  done("2");
  error("a code of another version");
  deepEqual(await Promise.all(answers), [
    { done: false, code: "arm.not_at_rest" },
    { done: true },
    { done: false, code: undefined },
  ]);
});

Deno.test("[DRV18] a late answer is not taken for that of a newer command", async () => {
  const { clock, lane, error, done } = setup();
  const late = lane.command("arm");
  clock.advance(ANSWER_LIMIT);
  deepEqual(await late, { done: false, code: undefined });
  const next = lane.command("disarm");
  error("vehicle.unreachable");
  done("2");
  deepEqual(await next, { done: true });
});

Deno.test("[DRV18] a closed channel, too many commands and the end answer at once", async () => {
  const { clock, channel, lane } = setup();
  channel.open = false;
  deepEqual(await lane.command("arm"), { done: false, code: undefined });
  channel.open = true;
  const waiting = Array.from({ length: 16 }, () => lane.command("arm"));
  deepEqual(await lane.command("arm"), { done: false, code: undefined });
  lane[Symbol.dispose]();
  for (const answer of await Promise.all(waiting)) equal(answer.done, false);
  equal(clock.pending, 0);
});

Deno.test("[DRV17] a view replaces the one before, and what is no view changes nothing", () => {
  const { clock, lane } = setup();
  equal(lane.see({ encode_ms: 2 }), false);
  clock.advance(40);
  equal(lane.see({ vehicle: view() }), true);
  equal(lane.newest.value?.at, 40);
  const before = lane.newest.value;
  for (const vehicle of [{}, null, 3, { ...view(), link: "gone" }]) {
    equal(lane.see({ vehicle }), true);
    equal(lane.newest.value, before);
  }
});
