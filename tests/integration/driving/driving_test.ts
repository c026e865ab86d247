import { deepEqual, equal, match, ok } from "node:assert/strict";
import { DrivenStack } from "../../support/driving/driven_stack.ts";
import { until } from "../../support/media/werift_browser.ts";

Deno.test("[DRV17] [DRV20] [DRV21] [DRV24] a player's stick turns the wheel of a real agent, and the wheel goes neutral when the browser, then the room's process is lost", async () => {
  await using driven = await DrivenStack.start();
  await using first = await driven.drive();
  first.steer(1);
  await until(() => first.view?.sent?.steering === 1);
  equal(await first.command("arm"), "arm.not_at_rest");
  first.steer(0);
  await first.arm();
  first.steer(0.5);
  await until(() => driven.written.at(-1)?.width === 1750);
  await until(() => Math.abs((first.view?.confirmed?.steering ?? 0) - 0.5) < 0.01);
  deepEqual([first.view?.state, first.view?.driver], ["armed", true]);

  await first.player.drop();
  await driven.wheel("at rest");
  await driven.failsafesReach(1);
  match((await driven.failsafes())[0]!, /browser|silence/);

  await first.player.leave();
  await using second = await driven.drive();
  ok(second.view === undefined || second.view.state === "failsafe", "nobody inherits an armed one");
  await second.arm();
  second.steer(-1);
  await driven.wheel("turned");
  driven.stack.signalRoom(second.room, "SIGKILL");
  await driven.wheel("at rest");
  const { coordinator, worker } = driven.stack;
  for (const { output } of [coordinator, worker, driven.agent]) {
    ok(!/[0-9a-f]{80}/.test(output()), "the secret of the link is in no log");
  }
});
