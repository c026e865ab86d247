/**
 * The latency of a room's viewers in the dashboard, as their pages report it.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { api } from "../../protocol/rest/api.ts";
import { findFaults } from "../support/axe.ts";
import { openPage, waitForState } from "../support/player.ts";
import { startWalk, until } from "../support/stack/truth_walk.ts";

Deno.test("[LAT9] the dashboard shows the latency that each viewer's page reports", async () => {
  await using walk = await startWalk();
  const player = await openPage(walk.browser, `${walk.stack.url}/play/test-pattern`);
  await waitForState(player, "playing");
  const viewers = async () => {
    const { items: [room] } = await walk.ask(api.fleet.rooms, {});
    if (!room) return [];
    return (await walk.ask(api.fleet.roomViewers, { params: { id: room.room_id } })).viewers;
  };
  await until(async () => (await viewers())[0]?.figures?.age !== undefined);
  const [first, ...others] = await viewers();
  equal(others.length, 0);
  equal(first!.seat, 0);
  const stages = Object.values(first!.figures!.stages);
  equal(stages.length, 8);
  ok(stages.every((ms) => ms! >= 0));

  await walk.shows("/operator/rooms", { yes: [/Test pattern/] });
  await walk.page.getByRole("button", { name: "Latency of Test pattern" }).click();
  const shown = walk.page.getByTestId("viewers").getByRole("region", { name: "P1" });
  await shown.waitFor();
  match(await shown.innerText(), /Age of a picture\s+-?\d+\sms[\s\S]*Network\s+[\d.]+\sms/);
  deepEqual(await findFaults(walk.page), []);
});
