import { equal } from "node:assert/strict";
import { createFakeCoordinator, DUEL, negotiate } from "../../../fakes/coordinator.ts";
import { NEGOTIATION_LIMIT } from "../../../../coordinator/domain/session.ts";
import { FEW } from "../../../../coordinator/play/places/connecting.ts";

const init = { app_id: DUEL.app_id };

Deno.test("[PLC6] the last places are not held by one network whose players do not connect", () => {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { capacity: 2 * FEW });
  const asked = () => w1.received().filter(({ type }) => type === "webrtc.init").length;
  const players = Array.from({ length: 2 * FEW }, () => coordinator.user());
  for (const player of players) player.send("webrtc.init", init);
  equal(asked(), FEW);
  coordinator.clock.advance(NEGOTIATION_LIMIT);
  equal(asked(), FEW);
  coordinator.user().send("webrtc.init", init);
  equal(asked(), 0);
});

Deno.test("[PLC6] a player who waits gets a place when another of the network has connected", () => {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { capacity: FEW + 2 });
  const players = Array.from({ length: FEW + 1 }, () => coordinator.user());
  const asked = () => w1.received().filter(({ type }) => type === "webrtc.init").length;
  const [first, ...others] = players;
  const { session_id } = negotiate(first!, w1, init);
  for (const player of others) player.send("webrtc.init", init);
  equal(asked(), FEW);
  w1.send("session.media", { session_id, connected: true });
  equal(asked(), 1);
});

Deno.test("[PLC6] the last place is left for another network", () => {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { capacity: 2 });
  const [first, second] = [coordinator.user(), coordinator.user()];
  first.send("webrtc.init", init);
  second.send("webrtc.init", init);
  equal(w1.received().filter(({ type }) => type === "webrtc.init").length, 1);
});
