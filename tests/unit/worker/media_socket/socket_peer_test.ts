import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  decodeToBrowser,
  encodeFromBrowser,
  type FromBrowser,
  type ToBrowser,
} from "../../../../protocol/media_socket/messages.ts";
import { CLEAR } from "../../../../worker/media_socket/in_flight.ts";
import type { PeerListener } from "../../../../worker/sending/ports.ts";
import { createSocketPeer } from "../../../../worker/media_socket/socket_peer.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const FRAME_TIME = 1000 / 60;

/** A peer on a socket that a test plays the browser of. */
function setup() {
  const clock = new FakeClock();
  const sent: ToBrowser[] = [];
  const closes: number[] = [];
  const reports: string[] = [];
  const rates: number[] = [];
  const report = (what: string) => () => void reports.push(what);
  const listener: PeerListener = {
    candidate: () => {},
    connected: report("connected"),
    message: (channel, bytes) => void reports.push(`${channel} ${bytes.toHex()}`),
    rtcpReceived: report("alive"),
    keyframeRequested: report("keyframe"),
    remb: (bitrate) => void rates.push(bitrate),
    loss: () => {},
    sent: () => {},
    packets: () => {},
    closed: (reason) => void reports.push(`closed: ${reason}`),
  };
  const peer = createSocketPeer({
    clock,
    codec: "h264",
    listener,
    socket: {
      send: (bytes) => void sent.push(decodeToBrowser(bytes)!),
      close: (code) => void closes.push(code),
    },
  });
  const receive = (message: FromBrowser) => peer.receive(encodeFromBrowser(message));
  let timestamp = 0;
  /** Sends a picture of so many bytes. */
  const send = ({ keyframe = false, bytes = 5_000, codec = "h264" as "h264" | "vp8" } = {}) =>
    peer.sendVideo({
      codec,
      keyframe,
      timestamp: timestamp += 1_500,
      capturedAt: 0,
      data: new Uint8Array(bytes),
      payloads: [],
    });
  const pictures = () => sent.flatMap((message) => message.type === "video" ? [message] : []);
  return { clock, peer, sent, closes, reports, rates, receive, send, pictures };
}

/** The same, connected, with its first keyframe received after 20 ms. */
function connected() {
  const scene = setup();
  scene.peer.start();
  scene.send({ keyframe: true });
  scene.clock.advance(20);
  scene.receive({ type: "received", number: 1 });
  return scene;
}

Deno.test("[TCP5] the worker names its codec first; pictures begin with a keyframe of that codec", () => {
  const { peer, sent, reports, send, pictures } = setup();
  send({ keyframe: true });
  peer.sendAudio({ timestamp: 0, data: new Uint8Array(3) });
  equal(sent.length, 0);
  peer.start();
  deepEqual(sent, [{ type: "ready", codec: "h264" }]);
  equal(reports[0], "connected");
  send();
  send({ keyframe: true, codec: "vp8" });
  equal(pictures().length, 0);
  send({ keyframe: true });
  send();
  deepEqual(pictures().map(({ keyframe, number }) => [keyframe, number]), [[true, 1], [false, 2]]);
  peer[Symbol.dispose]();
});

Deno.test("[TCP6] of a path that carries nothing any more, pictures are dropped until it is empty, up to a keyframe", () => {
  const { clock, receive, send, pictures, reports, peer } = connected();
  for (let n = 0; n < 60; n++) {
    clock.advance(FRAME_TIME);
    send();
  }
  const { length } = pictures();
  ok(length > 10 && length < 20, `${length} pictures were sent into the queue`);
  equal(reports.includes("keyframe"), false);
  receive({ type: "received", number: length - 1 });
  send();
  send({ keyframe: true });
  equal(pictures().length, length, "the last picture is still on its way");
  receive({ type: "received", number: length });
  send();
  equal(reports.at(-1), "keyframe");
  send({ keyframe: true });
  send();
  deepEqual(pictures().slice(length).map(({ keyframe }) => keyframe), [true, false]);
  peer[Symbol.dispose]();
});

Deno.test("[TCP6] a slow but steady path drops nothing", () => {
  const { clock, receive, send, pictures, peer } = setup();
  peer.start();
  const due: { at: number; number: number }[] = [];
  for (let n = 1; n <= 120; n++) {
    send({ keyframe: n === 1 });
    due.push({ at: clock.now() + 150, number: n });
    clock.advance(FRAME_TIME);
    while (due[0] && due[0].at <= clock.now()) {
      receive({ type: "received", number: due.shift()!.number });
    }
  }
  equal(pictures().length, 120);
  peer[Symbol.dispose]();
});

Deno.test("[TCP7] a queue that grows lowers the bitrate below what arrives, again and again; a clear path does not", () => {
  const { clock, receive, send, rates, peer } = connected();
  for (let n = 0; n < 30; n++) {
    send();
    clock.advance(20);
    receive({ type: "received", number: n + 2 });
  }
  deepEqual([...new Set(rates)], [CLEAR]);
  rates.length = 0;
  // 2 Mbit/s, and pictures that come 120 ms late.
  for (let n = 0; n < 100; n++) {
    send();
    clock.advance(140);
    receive({ type: "received", number: n + 32 });
  }
  ok(rates.length > 10);
  ok(rates.every((rate, at) => at === 0 || rate <= rates[at - 1]!), rates.join());
  ok(rates.at(-1)! < 0.9 * 5_000 * 8 / 0.14, String(rates.at(-1)));
  peer[Symbol.dispose]();
});

Deno.test("[TCP6] sound goes on while pictures are dropped, and stops when nothing moves for a second", () => {
  const { clock, send, sent, peer } = connected();
  const sounds = () => sent.filter(({ type }) => type === "sound").length;
  send();
  clock.advance(500);
  peer.sendAudio({ timestamp: 0, data: new Uint8Array(3) });
  equal(sounds(), 1);
  clock.advance(1_000);
  peer.sendAudio({ timestamp: 480, data: new Uint8Array(3) });
  equal(peer.send("state", new Uint8Array(3)), false);
  equal(sounds(), 1);
  peer[Symbol.dispose]();
});

Deno.test("[TCP6] messages on channels are dropped beyond 16 KiB that the browser may not have read", () => {
  const { peer, receive } = connected();
  const taken = Array.from({ length: 40 }, () => peer.send("state", new Uint8Array(1_000)));
  equal(taken.filter(Boolean).length, 16);
  receive({ type: "channel", channel: "state", bytes: Uint8Array.of(1) });
  equal(peer.send("state", new Uint8Array(1_000)), true);
  peer[Symbol.dispose]();
});

Deno.test("[TCP9] messages, reports and requests of the browser are signs of life", () => {
  const { peer, receive, reports } = connected();
  reports.length = 0;
  receive({ type: "channel", channel: "clock", bytes: Uint8Array.of(7) });
  receive({ type: "received", number: 99 });
  receive({ type: "keyframe" });
  deepEqual(reports, ["clock 07", "alive", "keyframe"]);
  peer[Symbol.dispose]();
});

Deno.test("[TCP3] a message that is none ends the socket", () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(0xff), new Uint8Array(1_300)]) {
    const { peer, closes, reports, clock } = connected();
    peer.receive(bytes);
    deepEqual(closes, [4400]);
    ok(reports.at(-1)!.startsWith("closed: "));
    equal(clock.pending, 0);
  }
});

Deno.test("[TCP9] a socket that ends is reported once; one that the room disposes is not", () => {
  const { peer, reports, closes, clock } = connected();
  peer.gone("The browser closed it");
  peer.gone("again");
  equal(reports.filter((what) => what.startsWith("closed")).length, 1);
  peer[Symbol.dispose]();
  deepEqual(closes, []);
  equal(clock.pending, 0);
  const other = connected();
  other.peer[Symbol.dispose]();
  other.peer.gone("late");
  deepEqual(other.closes, [1000]);
  equal(other.reports.some((what) => what.startsWith("closed")), false);
});

Deno.test("[TCP6] whatever a browser reports, pictures stay decodable and bounded", () => {
  const event = fc.oneof(
    fc.record({ do: fc.constant("picture" as const), keyframe: fc.boolean() }),
    fc.record({ do: fc.constant("received" as const), number: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ do: fc.constant("keyframe" as const) }),
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 200 }), (events) => {
    const { peer, clock, receive, send, pictures } = setup();
    peer.start();
    let offered = 0;
    let sentBefore = 0;
    let isBroken = true;
    for (const event of events) {
      if (event.do === "wait") clock.advance(event.ms);
      if (event.do === "received") receive({ type: "received", number: event.number });
      if (event.do === "keyframe") receive({ type: "keyframe" });
      if (event.do === "keyframe") isBroken = true;
      if (event.do !== "picture") continue;
      offered++;
      send({ keyframe: event.keyframe, bytes: 200_000 });
      const all = pictures();
      const wasSent = all.length > sentBefore;
      sentBefore = all.length;
      if (wasSent && isBroken) ok(event.keyframe, "a picture that cannot be decoded was sent");
      isBroken = !wasSent;
    }
    ok(pictures().length <= offered);
    peer[Symbol.dispose]();
    equal(clock.pending, 0);
  }));
});
