import { deepEqual, equal, ok } from "node:assert/strict";
import { encodeToPage } from "../../../protocol/room_commands/wire.ts";
import { encodeState } from "../../../protocol/room_state/wire.ts";
import { AT_REST } from "../../../web/play/input/pad.ts";
import { decodeBounce, encodeBounce } from "../../../protocol/control/clock_sync.ts";
import { ClockProbe } from "../../../web/play/media/clock_probe.ts";
import { askForStereo, withoutSound } from "../../../web/play/media/peer.ts";
import { measureWorkers, typicalPing } from "../../../web/play/join/latency.ts";
import { WorkerChoice } from "../../../protocol/legs/user_leg.ts";
import {
  MediaConnection,
  type MediaLinkListener,
} from "../../../web/play/media/media_connection.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { createFakePeers } from "../../fakes/browser_peer.ts";
import { FakeClock } from "../../fakes/clock.ts";

/** An owner that does nothing with the events of its connection. */
const QUIET: MediaLinkListener = {
  candidate() {},
  path() {},
  up() {},
  track() {},
  failed() {},
  sample() {},
  readings() {},
};

Deno.test("[CLK2] the probe sends once a second and measures the answers", () => {
  const clock = new FakeClock();
  const asked: number[] = [];
  let channel = true;
  const probe = new ClockProbe({
    clock,
    instant: () => 5_000 + clock.now(),
    send(bytes) {
      if (channel) asked.push(decodeBounce(bytes)!.client);
      return channel;
    },
  });
  clock.advance(20);
  equal(probe.receive(encodeBounce({ client: asked[0]!, server: 105_010 })), true);
  equal(probe.rtt, 20);
  equal(probe.offset, 100_000);
  channel = false;
  clock.advance(2_000);
  deepEqual(asked, [5_000]);
  channel = true;
  clock.advance(1_000);
  deepEqual(asked, [5_000, 8_000]);
  probe[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[CLK5] the quickest exchange of three seconds counts, and a clock that jumped is followed", () => {
  const clock = new FakeClock();
  let sent = 0;
  const probe = new ClockProbe({
    clock,
    instant: () => clock.now(),
    send(bytes) {
      sent = decodeBounce(bytes)!.client;
      return true;
    },
  });
  /** An exchange with a clock that is ahead, over a path that takes `rtt`. */
  const exchange = (rtt: number, ahead: number) => {
    probe.receive(encodeBounce({ client: sent, server: sent + ahead + rtt / 4 }));
    clock.advance(1_000 - rtt);
  };
  const offsets: (number | undefined)[] = [];
  for (const [rtt, ahead] of [[4, 500], [40, 500], [40, 500], [40, 900], [40, 900], [40, 900]]) {
    clock.advance(rtt!);
    exchange(rtt!, ahead!);
    offsets.push(probe.offset);
  }
  deepEqual(offsets, [499, 499, 499, 490, 490, 890]);
  clock.advance(10_000);
  equal(probe.offset, 890, "kept while no answer comes");
  probe[Symbol.dispose]();
});

Deno.test("[CLK6] the time of the room follows from its document and the worker's clock", async () => {
  const clock = new FakeClock();
  const { createPeer, peers } = createFakePeers();
  using connection = new MediaConnection({
    clock,
    createPeer,
    iceServers: [],
    pad: () => AT_REST,
    listener: QUIET,
  });
  const [peer] = peers;
  peer!.listener.up();
  void connection.room.enter();
  equal(connection.roomTime, undefined);
  const sent = decodeBounce(peer!.sent.findLast(({ channel }) => channel === "clock")!.bytes)!;
  peer!.listener.message(
    "clock",
    encodeBounce({ client: sent.client, server: sent.client + 1_000_000 }),
  );
  const began = clock.epoch() - 7_000;
  const app = { app_id: "duel", title: "Duel", paused: false };
  const entities = { room: { app, clock: { began } } };
  peer!.listener.message("state", encodeState({ type: "set", revision: 1, entities }));
  const answer = { type: "answer", id: 1, answer: { you: "p1" } } as const;
  peer!.listener.message("commands", encodeToPage(answer));
  await clock.run(0);
  ok(Math.abs(connection.roomTime! - 1_007_000) < 2_000, String(connection.roomTime));
});

Deno.test("[CLK1] the probe ignores a message that is no answer to it", () => {
  const clock = new FakeClock();
  const probe = new ClockProbe({ clock, instant: () => clock.now(), send: () => true });
  equal(probe.receive(encodeBounce({ client: 1 })), false);
  equal(probe.receive(encodeBounce({ client: 99_999, server: 1 })), false, "from the future");
  equal(probe.receive(new Uint8Array([0xc1])), false);
  equal(probe.rtt, undefined);
  probe[Symbol.dispose]();
});

Deno.test("the answer requests stereo once, for Opus alone", () => {
  const lines = [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1",
    "",
  ];
  const asked = askForStereo(lines.join("\r\n"));
  equal(asked, lines.join("\r\n").replace("useinbandfec=1", "useinbandfec=1;stereo=1"));
  equal(askForStereo(asked), asked);
});

Deno.test("[PLY40] the offer without sound differs in its sound section alone", () => {
  const picture = ["m=video 9 UDP/TLS/RTP/SAVPF 102", "a=sendonly", "a=mid:0", ""].join("\r\n");
  const sound = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=sendonly", "a=mid:1", ""].join("\r\n");
  equal(
    withoutSound(`v=0\r\n${picture}${sound}`),
    `v=0\r\n${picture}${sound.replace("sendonly", "inactive")}`,
  );
});

Deno.test("events that come after a connection is closed do nothing", async () => {
  const clock = new FakeClock();
  const { createPeer, peers } = createFakePeers();
  const events: string[] = [];
  const connection = new MediaConnection({
    clock,
    createPeer,
    iceServers: [],
    pad: () => AT_REST,
    listener: {
      candidate: () => events.push("candidate"),
      path: () => events.push("path"),
      up: () => events.push("up"),
      track: () => events.push("track"),
      failed: () => events.push("failed"),
      sample: () => events.push("sample"),
      readings: () => events.push("readings"),
    },
  });
  connection[Symbol.dispose]();
  const { listener } = peers[0]!;
  listener.candidate({ candidate: "" });
  listener.up();
  listener.message("clock", new Uint8Array([0xc1]));
  listener.failed();
  deepEqual(await connection.answer("v=0"), { error: "This connection is closed" });
  deepEqual(events, []);
  equal(clock.pending, 0);
});

Deno.test("[PLY40] a page whose sound is late begins it anew", async () => {
  const clock = new FakeClock();
  const { createPeer, peers } = createFakePeers();
  using connection = new MediaConnection({
    clock,
    createPeer,
    iceServers: [],
    pad: () => AT_REST,
    listener: QUIET,
  });
  const [peer] = peers;
  peer!.listener.up();
  let emitted = 0;
  for (let second = 0; second < 5; second++) {
    emitted += 48_000;
    peer!.report = [
      { type: "inbound-rtp", kind: "video" },
      {
        type: "inbound-rtp",
        kind: "audio",
        jitterBufferEmittedCount: emitted,
        jitterBufferDelay: 0.4 * emitted,
      },
    ];
    await clock.run(1_000);
  }
  equal(peer!.renewals, 1);
  equal(connection.receivedAt, 0);
});

Deno.test("[PLY6] the time for the first local address begins with the answer, and one that waits to be read counts", async () => {
  const clock = new FakeClock();
  const { createPeer, peers } = createFakePeers();
  const failures: string[] = [];
  const listener = { ...QUIET, failed: (kind: string) => void failures.push(kind) };
  const answered = Promise.withResolvers<{ sdp: string }>();
  using connection = new MediaConnection({
    ...{ clock, iceServers: [], pad: () => AT_REST, listener },
    createPeer: (...args) => ({ ...createPeer(...args), answer: () => answered.promise }),
  });
  void connection.answer("offer");
  await clock.run(10_000);
  answered.resolve({ sdp: "answer" });
  await clock.run(2_550);
  peers[0]!.listener.candidate({ candidate: "candidate:1" });
  await clock.run(10_000);
  deepEqual(failures, []);
});

Deno.test("[PLY10] a page that was held up shows the figures of a whole second, by the times at which the browser counted", async () => {
  const clock = new FakeClock();
  const { createPeer, peers } = createFakePeers();
  const rates: (number | undefined)[] = [];
  const listener = {
    ...QUIET,
    sample: ({ frameRate }: { frameRate: number | undefined }) => void rates.push(frameRate),
  };
  using _connection = new MediaConnection({
    ...{ clock, createPeer, iceServers: [], pad: () => AT_REST, listener },
  });
  const [peer] = peers;
  peer!.listener.up();
  const counted = [[1_000, 60], [3_000, 180], [3_020, 190], [4_000, 240], [900, 300], [
    1_900,
    360,
  ]] as const;
  for (const [timestamp, framesDecoded] of counted) {
    peer!.report = [{ type: "inbound-rtp", kind: "video", timestamp, framesDecoded }];
    await clock.run(1_000);
  }
  deepEqual(rates, [60, 60, undefined, 60]);
});

function worker(id: string, ping_url?: string) {
  const choice = { worker_id: id, zone: "z", name: id, free_places: 1, places: 1 };
  return WorkerChoice.parse(ping_url === undefined ? choice : { ...choice, ping_url });
}

Deno.test("[SES4] workers are measured at the same time, three times each; an address that does not answer takes its time limit", async () => {
  const clock = new FakeClock();
  const ping = (url: string) =>
    new Promise<void>((resolve) => {
      if (url === "dead") return;
      clock.after(Number(url), resolve);
    });
  const workers = [
    worker("near", "10"),
    worker("far", "200"),
    worker("gone", "dead"),
    worker("mute"),
  ];
  let results: unknown;
  void measureWorkers(workers, { clock, ping }).then((found) => (results = found));
  await clock.run(700);
  equal(results, undefined, "the dead one is waited for");
  await clock.run(411);
  deepEqual(results, [
    { worker_id: "near", samples_ms: [10, 10, 10] },
    { worker_id: "far", samples_ms: [200, 200, 200] },
    { worker_id: "gone", samples_ms: [] },
    { worker_id: "mute", samples_ms: [] },
  ]);
  equal(clock.pending, 0);
});

Deno.test("[SES4] an address that refuses is not waited for", async () => {
  const clock = new FakeClock();
  const ping = () => Promise.reject(new Error("refused"));
  deepEqual(await measureWorkers([worker("gone", "x")], { clock, ping }), [
    { worker_id: "gone", samples_ms: [] },
  ]);
});

Deno.test("[SES4] the first round trip includes the connection set-up and is not counted", () => {
  equal(typicalPing([90, 20, 30]), 25);
  equal(typicalPing([90]), 90);
  equal(typicalPing([]), undefined);
});

Deno.test("[WAL5] a page that wants no sound says so once it is connected, and again when that changes", () => {
  const clock = new FakeClock();
  const { createPeer, peers } = createFakePeers();
  const media = new MediaConnection({
    clock,
    createPeer,
    iceServers: [],
    pad: () => AT_REST,
    listener: QUIET,
  });
  const wishes = () =>
    peers[0]!.sent.filter(({ channel }) => channel === "commands").map(({ bytes }) => {
      const message = compactCodec.decode(bytes);
      return message?.type === "Command" && [message.payload.command, message.payload.parameters];
    });
  media.wantSound(false);
  deepEqual(wishes(), []);
  peers[0]!.listener.up();
  deepEqual(wishes(), [["sound", { on: false }]]);
  media.wantSound(false);
  media.wantSound(true);
  deepEqual(wishes().slice(1), [["sound", { on: true }]]);
  media[Symbol.dispose]();
});
