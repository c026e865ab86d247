import { deepEqual, equal, ok } from "node:assert/strict";
import type { ControlMessage, DriveState } from "../../../../../protocol/control/control.ts";
import { compactCodec } from "../../../../../protocol/control/control_compact.ts";
import { SessionId } from "../../../../../protocol/ids.ts";
import { FAKE_INFO } from "../../../../fakes/source_handle.ts";
import { openDrivingScene } from "../../../../support/driving/room_scene.ts";
import { ana, app, openRoomScene, spec } from "../../../../support/media/room_scene.ts";

Deno.test("[DRV20] a thousand messages of sessions without the seat move nothing", async () => {
  const { enter, seat, steer, command, vehicle, clock } = openDrivingScene();
  const others = [1, 2, 3].map((n) => SessionId.parse(`other-${n}`));
  await enter(ana);
  for (const each of others) await enter(each);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  vehicle.commands.length = 0;
  for (let count = 0; count < 1_000; count++) {
    const session = others[count % 3]!;
    steer(session, count % 2 ? 1 : -1);
    command(session, "arm", `${count}`);
    if (count % 10 === 0) clock.advance(1);
  }
  clock.advance(50);
  deepEqual(vehicle.commands, []);
  ok(vehicle.wishes.every((wish) => (wish as DriveState).steering === 0));
});

Deno.test("[DRV20] in a room without a vehicle neither a wish nor a command has an effect or an answer", async () => {
  const { room, sources, connect, ask } = openRoomScene();
  room.openField({ app: { ...app, kind: "live", players: 0 }, spec });
  sources[0]!.options.listener.opened({ ...FAKE_INFO, players: 0 });
  const peer = await connect(ana);
  equal(await ask(ana, "seat.take", { seat: 0 }), "seat.unknown");
  peer.messages.length = 0;
  const wish: ControlMessage = {
    type: "Control",
    timestamp: 1,
    payload: { steering: 1, throttle: 0 },
  };
  const command: ControlMessage = {
    type: "Command",
    timestamp: 1,
    payload: { id: "1", command: "arm", parameters: {} },
  };
  peer.listener.message("state", compactCodec.encode(wish));
  peer.listener.message("commands", compactCodec.encode(command));
  deepEqual(peer.messages, []);
});
