import { equal, ok } from "node:assert/strict";
import { TICK } from "../../../agent/actuators/actuators.ts";
import { heldFor, killWhileDriving, NEUTRAL, stalledFor } from "../../support/actuators/kills.ts";

/** Less than a loaded machine takes to notice a closed pipe, so that either way is used. */
const SILENCE = 150;

Deno.test("[ACT11] the wheel is neutral when the agent is killed while it turns, six times", async () => {
  for (let kill = 0; kill < 6; kill++) {
    const writes = await killWhileDriving(SILENCE);
    equal(writes[0]!.width, NEUTRAL);
    equal(writes.at(-1)!.width, NEUTRAL);
    const [held, stalled] = [heldFor(writes), stalledFor(writes)];
    ok(
      held <= SILENCE + TICK + 50 + stalled,
      `neutral after ${held} ms, ${stalled} without a pulse`,
    );
  }
});
