import { deepEqual, equal } from "node:assert/strict";
import { AppId, PeerId } from "../../../../protocol/ids.ts";
import { type ToUser, toUser } from "../../../../protocol/legs/user_leg.ts";
import type { SocketOffer } from "../../../../protocol/legs/webrtc.ts";
import { Connection } from "../../../../web/play/join/connection.ts";
import { Game } from "../../../../web/play/join/game.ts";
import { PEER_LIMIT } from "../../../../web/play/join/session.ts";
import { createFakePeers } from "../../../fakes/browser_peer.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { createFakeDial } from "../../../fakes/dial.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { fakeWorkers, SESSION } from "../../../support/fake_library.ts";

const appId = AppId.parse("paddle-duel");
const socket: SocketOffer = { url: "/media", ticket: "A".repeat(43) };
const canvas = {} as HTMLCanvasElement;

/** A game in a browser that can, or cannot, play over TCP; its worker offers both. */
function setup({ possible = true, preferred = false } = {}) {
  const clock = new FakeClock();
  const { dial, wires } = createFakeDial();
  const udp = createFakePeers();
  const tcp = createFakePeers();
  const opened: SocketOffer[] = [];
  const connection = new Connection({
    clock,
    random: new SeededRandom(),
    dial,
    ping: () => Promise.resolve(),
    address: (query) => JSON.stringify(query),
    tokens: { take: () => undefined, keep: () => {} },
    roomId: undefined,
    listener: (message) => game.receive(message),
  });
  const game = new Game(connection, {
    clock,
    random: new SeededRandom(),
    createPeer: udp.createPeer,
    overTcp: {
      possible: () => possible,
      preferred: () => preferred,
      open(offer) {
        opened.push(offer);
        return { canvas, createPeer: tcp.createPeer };
      },
    },
  });
  const send = (type: ToUser["type"], payload: unknown) =>
    wires.at(-1)!.far.text(toUser.encode({ id: "x", type, payload } as ToUser));
  wires.at(-1)!.far.opened();
  send("session.ready", {
    session_id: SESSION,
    resume_token: "r",
    worker: fakeWorkers("http://ping")[0],
    ice_servers: [],
    apps: [],
    room: null,
    resumed: false,
  });
  game.play({ appId });
  let offers = 0;
  const offer = async (more: object = { socket }) => {
    send("webrtc.offer", { peer_id: PeerId.parse(`peer_${++offers}`), sdp: "offer", ...more });
    await clock.run(0);
  };
  return { clock, game, udp: udp.peers, tcp: tcp.peers, opened, offer };
}

Deno.test("[OVT1] a page that UDP does not reach plays over TCP with the next offer", async () => {
  const { clock, game, udp, tcp, opened, offer } = setup();
  await offer();
  equal(udp.at(-1)!.offers.length, 1);
  await clock.run(PEER_LIMIT + 500);
  await offer();
  deepEqual(opened, [socket]);
  equal(udp.at(-1)!.closed, true);
  tcp.at(-1)!.listener.up();
  game.pictureShown();
  equal(game.state.value.state, "playing");
  equal(game.canvas.value, canvas);
  game.leave();
  equal(tcp.at(-1)!.closed, true);
  equal(game.canvas.value, undefined);
  game[Symbol.dispose]();
});

Deno.test("[OVT1] TCP in any case is taken at once; without WebCodecs or a media socket UDP remains", async () => {
  const wanted = setup({ preferred: true });
  await wanted.offer();
  equal(wanted.opened.length, 1);
  wanted.game[Symbol.dispose]();
  const unable = setup({ preferred: true, possible: false });
  await unable.offer();
  equal(unable.opened.length, 0);
  equal(unable.udp.at(-1)!.offers.length, 1);
  unable.game[Symbol.dispose]();
  const without = setup({ preferred: true });
  await without.offer({});
  equal(without.opened.length, 0);
  without.game[Symbol.dispose]();
});

Deno.test("[OVT1] when TCP fails too, the session ends as not connected", async () => {
  const { clock, game, tcp, offer } = setup();
  await offer();
  await clock.run(PEER_LIMIT + 500);
  await offer();
  tcp.at(-1)!.listener.failed();
  const state = game.state.value;
  equal(state.state === "ended" && state.reason, "not_connected");
  game[Symbol.dispose]();
});
