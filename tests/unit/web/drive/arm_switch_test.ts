import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../protocol/clock.ts";
import {
  ARM_LIMIT,
  type ArmEvent,
  type ArmState,
  HOLD_TIME,
  isHeld,
  RELEASED,
  stepArm,
} from "../../../../web/play/drive/arm_switch.ts";

type Timed = readonly [at: number, event: ArmEvent];

const tick = (at: number, isAtRest = true): Timed => [at, { type: "tick", isAtRest }];

function play(...events: readonly Timed[]): ArmState {
  return events.reduce<ArmState>(
    (state, [at, event]) => stepArm(state, event, at as Millis),
    RELEASED,
  );
}

const ASKING = [[0, { type: "press" }], tick(HOLD_TIME)] as const;
const DRIVING = [...ASKING, [900, { type: "armed" }], [1_000, {
  type: "vehicle",
  state: "armed",
}]] as const;

Deno.test("[DPG7] the switch arms only after it was held for 0.8 s with nothing pushed", () => {
  equal(play([0, { type: "press" }], tick(HOLD_TIME - 1)).state, "holding");
  equal(play([0, { type: "press" }], tick(HOLD_TIME, false)).state, "holding");
  equal(play([0, { type: "press" }], tick(HOLD_TIME, false), tick(2_000)).state, "asking");
  equal(play(...ASKING).state, "asking");
  equal(play(...DRIVING).state, "driving");
  equal(play([0, { type: "press" }], [400, { type: "release" }], tick(900)), RELEASED);
});

Deno.test("[DPG7] letting go ends the drive from every state", () => {
  for (const events of [ASKING, DRIVING, ASKING.slice(0, 1)]) {
    equal(play(...events, [2_000, { type: "release" }]), RELEASED);
  }
});

Deno.test("[DPG8] whatever stops a drive, driving again takes letting go first", () => {
  const stops: readonly [ArmEvent, why: object][] = [
    [{ type: "blocked", block: "menu" }, { kind: "blocked", block: "menu" }],
    [{ type: "vehicle", state: "failsafe" }, { kind: "failsafe" }],
    [{ type: "vehicle", state: "disarmed" }, { kind: "disarmed" }],
  ];
  for (const [event, why] of stops) {
    const stopped = play(...DRIVING, [2_000, event]);
    deepEqual(stopped, { state: "stopped", why });
    equal(stepArm(stopped, { type: "press" }, 3_000 as Millis), stopped);
    deepEqual(stepArm(stopped, { type: "release" }, 3_000 as Millis), { state: "released", why });
  }
});

Deno.test("[DPG7] a refusal and silence have their reasons", () => {
  deepEqual(play(...ASKING, [900, { type: "refused", code: "arm.no_control" }]), {
    state: "stopped",
    why: { kind: "refused", code: "arm.no_control" },
  });
  const silent = { state: "stopped", why: { kind: "no_answer" } };
  deepEqual(play(...ASKING, [900, { type: "refused", code: undefined }]), silent);
  deepEqual(play(...ASKING, tick(HOLD_TIME + ARM_LIMIT)), silent);
  deepEqual(play(...ASKING, [900, { type: "armed" }], tick(900 + ARM_LIMIT)), silent);
  deepEqual(play([0, { type: "press", block: "no_seat" }]), {
    state: "stopped",
    why: { kind: "blocked", block: "no_seat" },
  });
});

Deno.test("[DPG7] a report from before the arming does not stop the drive", () => {
  const early = play(...ASKING, [900, { type: "armed" }], [910, {
    type: "vehicle",
    state: "failsafe",
  }]);
  equal(early.state, "driving");
  const late = stepArm(early, { type: "vehicle", state: "failsafe" }, 1_300 as Millis);
  deepEqual(late, { state: "stopped", why: { kind: "failsafe" } });
});

Deno.test("[DPG7] in any order of events nobody drives unless the switch is held", () => {
  const event: fc.Arbitrary<ArmEvent> = fc.constantFrom<ArmEvent>(
    { type: "press" },
    { type: "press", block: "hidden" },
    { type: "release" },
    { type: "tick", isAtRest: true },
    { type: "tick", isAtRest: false },
    { type: "blocked", block: "blurred" },
    { type: "armed" },
    { type: "refused", code: "vehicle.unreachable" },
    { type: "vehicle", state: "armed" },
    { type: "vehicle", state: "failsafe" },
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => {
    let state: ArmState = RELEASED;
    let held = false;
    events.forEach((each, i) => {
      if (each.type === "press") held = true;
      if (each.type === "release" || each.type === "blocked") held = false;
      state = stepArm(state, each, (i * 300) as Millis);
      if (isHeld(state)) equal(held, true);
      if (each.type === "release") equal(state.state, "released");
    });
  }));
});
