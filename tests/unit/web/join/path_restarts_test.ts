import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { PeerId } from "../../../../protocol/ids.ts";
import type { Connection } from "../../../../web/play/join/connection.ts";
import { PathRestarts } from "../../../../web/play/join/path_restarts.ts";
import type { MediaConnection } from "../../../../web/play/media/media_connection.ts";
import {
  CHANGE_PATIENCE,
  RESTART_SPACING,
  restartDue,
  SILENT_AFTER,
} from "../../../../web/play/media/path_watch.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const at = (ms: number) => ms as Millis;

Deno.test("[SIG12] a new path is due after a silence, and sooner when the network changed and nothing came since", () => {
  const receivedAt = at(10_000);
  const due = (now: number, more: { changedAt?: Millis; askedAt?: Millis } = {}) =>
    restartDue({ now: at(now), receivedAt, ...more });
  equal(due(10_000 + SILENT_AFTER - 1), false);
  equal(due(10_000 + SILENT_AFTER), true);
  const changedAt = at(10_100);
  equal(due(10_100 + CHANGE_PATIENCE - 1, { changedAt }), false);
  equal(due(10_100 + CHANGE_PATIENCE, { changedAt }), true);
  equal(due(10_600, { changedAt: at(9_900) }), false, "the worker answered after the change");
  const askedAt = at(12_000);
  equal(due(12_000 + RESTART_SPACING - 1, { askedAt }), false);
  equal(due(12_000 + RESTART_SPACING, { askedAt }), true);
});

/** A path that is silent from the start, and a coordinator whose answers the test gives. */
function setup() {
  const clock = new FakeClock();
  const asked: string[] = [];
  const sent: unknown[] = [];
  const answers: ((answer: unknown) => void)[] = [];
  const counts = { redials: 0, probes: 0 };
  const link = { state: "open" };
  const socket = {
    state: { value: link },
    request(type: string) {
      asked.push(type);
      return new Promise((resolve) => answers.push(resolve));
    },
    send: (type: string, payload: unknown) => void sent.push({ type, payload }),
    restart: () => void counts.redials++,
  } as unknown as Connection["socket"];
  const online = { value: true };
  const media = {
    isUp: true,
    isOver: false,
    receivedAt: clock.now(),
    probe: () => void counts.probes++,
    restart: (offer: string) => Promise.resolve({ sdp: `answer to ${offer}` }),
  };
  const peerId = PeerId.parse("peer_1");
  const path = () => ({ media: media as unknown as MediaConnection, peerId });
  const connection = { socket, online } as Pick<Connection, "socket" | "online">;
  const restarts = new PathRestarts(connection, { clock, path });
  return { clock, asked, sent, answers, counts, media, peerId, restarts, link, online };
}

Deno.test("[SIG12] a silent path is replaced: request, offer, answer", async () => {
  const { clock, asked, sent, answers, peerId, restarts } = setup();
  await clock.run(SILENT_AFTER);
  deepEqual(asked, ["webrtc.restart"]);
  answers[0]!({ peer_id: peerId, sdp: "offer", ice_servers: [] });
  await clock.run(0);
  deepEqual(sent, [{
    type: "webrtc.answer",
    payload: { peer_id: peerId, sdp: "answer to offer" },
  }]);
  restarts[Symbol.dispose]();
});

Deno.test("[SIG12] after a change of the network the path is tried at once", async () => {
  const { clock, asked, counts, restarts } = setup();
  restarts.networkChanged();
  equal(counts.probes, 1);
  await clock.run(CHANGE_PATIENCE);
  deepEqual(asked, ["webrtc.restart"]);
  restarts[Symbol.dispose]();
});

Deno.test("[SIG12] a request that is not answered has the page dial anew, and a lost one is repeated", async () => {
  const { clock, asked, answers, counts, restarts } = setup();
  await clock.run(SILENT_AFTER + RESTART_SPACING);
  equal(counts.redials, 1);
  answers[0]!({ error: { code: "link.lost", message: "lost" } });
  await clock.run(RESTART_SPACING);
  deepEqual(asked, ["webrtc.restart", "webrtc.restart"]);
  restarts[Symbol.dispose]();
  await clock.run(60_000);
  equal(asked.length, 2);
});

Deno.test("[SIG12] a socket that waits for its next try is dialled once for each silence, and then asked at once", async () => {
  const { clock, asked, counts, link, online, media, restarts } = setup();
  online.value = false;
  link.state = "lost";
  await clock.run(SILENT_AFTER);
  deepEqual([counts.redials, asked.length], [1, 0]);
  await clock.run(10_000);
  equal(counts.redials, 1);
  online.value = true;
  await clock.run(250);
  deepEqual(asked, ["webrtc.restart"]);
  online.value = false;
  media.receivedAt = clock.now();
  link.state = "connecting";
  await clock.run(SILENT_AFTER + 1_000);
  equal(counts.redials, 1, "a try is under way");
  restarts[Symbol.dispose]();
});
