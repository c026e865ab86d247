import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { MAX_BUFFERED } from "../../protocol/control/channels.ts";
import { systemClock } from "../../protocol/clock.ts";
import type { PacketizedFrame } from "../../worker/sending/ports.ts";
import { prewarm } from "../../worker/werift/prewarm.ts";
import { CONNECT_TIMEOUT, weriftPeers } from "../../worker/werift/peer.ts";
import { FakeClock } from "../fakes/clock.ts";
import { SeededRandom } from "../fakes/random.ts";
import {
  CHANNEL_NAMES,
  connect,
  openPeer,
  until,
  WeriftBrowser,
} from "../support/media/werift_browser.ts";

/** A frame of `size` packets whose first byte is their place. */
function frame(
  { size = 3, keyframe = true, timestamp = 3000, codec = "h264" }: {
    size?: number;
    keyframe?: boolean;
    timestamp?: number;
    codec?: "h264" | "vp8";
  } = {},
): PacketizedFrame {
  const payloads = Array.from({ length: size }, (_, index) => Uint8Array.of(0x65, index, 1, 2));
  return { codec, keyframe, timestamp, capturedAt: 0, data: new Uint8Array(), payloads };
}

Deno.test("[PEE4] H.264 is agreed on, and all channels carry messages both ways", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  equal(worker.peer.codec, "h264");
  for (const name of CHANNEL_NAMES) {
    browser.send(name, "up");
    equal(worker.peer.send(name, new TextEncoder().encode("down")), true);
  }
  await until(() => worker.events.length === 1 + 5 && browser.messages.length === 5);
  deepEqual(worker.events.slice(1).sort(), CHANNEL_NAMES.map((name) => `${name}: up`).sort());
  deepEqual(browser.messages.map(({ text }) => text), Array(5).fill("down"));
});

Deno.test("[PEE22] a first ClientHello that the network brings after the second one does no harm", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  const answer = await browser.answer(await worker.peer.offer());
  const { connection } = browser.pc.dtlsTransports[0]!.iceTransport;
  const { send } = connection;
  const hellos: Buffer[] = [];
  // Record type 22, message type 1 (RFC 6347 §4.1, §4.2.2).
  connection.send = async (datagram) => {
    await send.call(connection, datagram);
    if (datagram[0] !== 22 || datagram[13] !== 1) return;
    hellos.push(datagram);
    if (hellos.length === 2) await send.call(connection, hellos[0]!);
  };
  equal((await worker.peer.accept(answer)).error, undefined);
  await until(() => worker.events.includes("connected"), { within: 3 });
  ok(hellos.length >= 2);
});

Deno.test("[PEE5] pictures arrive complete and in order, with a playout delay of zero", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  for (let n = 0; n < 5; n++) {
    worker.peer.sendVideo(frame({ size: 40, timestamp: 1500 * n }));
    await until(() => browser.packets.length === 40 * (n + 1));
  }
  const headers = browser.packets.map(({ header }) => header);
  const first = headers[0]!;
  deepEqual(
    headers.map(({ sequenceNumber }) => sequenceNumber),
    headers.map((_, index) => first.sequenceNumber + index),
  );
  deepEqual(browser.packets.map(({ payload }) => payload[1]), headers.map((_, n) => n % 40));
  deepEqual(headers.map(({ marker }) => marker), headers.map((_, n) => n % 40 === 39));
  deepEqual(
    headers.map(({ timestamp }) => timestamp),
    headers.map((_, n) => 1500 * Math.floor(n / 40)),
  );
  // Section id, time of sending, playout delay.
  deepEqual(first.extensions.map(({ payload }) => payload.length), [1, 3, 3, 8]);
  deepEqual([...first.extensions[2]!.payload], [0, 0, 0]);
});

Deno.test("[PEE18] pictures and sound share one row of numbers, and feedback reaches the owner by them", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser({ feedback: true });
  await connect(worker, browser);
  for (let n = 0; n < 3; n++) {
    worker.peer.sendVideo(frame({ size: 10, timestamp: 1500 * n }));
    worker.peer.sendAudio({ data: Uint8Array.of(1, 2, 3), timestamp: 480 * n });
  }
  await until(() => browser.packets.length === 33);
  const numbered = browser.packets.map(({ header }) =>
    header.extensions.find(({ payload }) => payload.length === 2)!
  );
  equal(new Set(numbered.map(({ id }) => id)).size, 1);
  const numbers = numbered.map(({ payload }) => payload.readUInt16BE());
  deepEqual(numbers.sort((a, b) => a - b), Array.from({ length: 33 }, (_, n) => n));
  await browser.reportArrivals(0, 33);
  await until(() => worker.packets.length === 33);
  const sound = worker.packets.filter((_, n) => n % 11 === 10);
  ok(sound.every(({ bytes }) => bytes === sound[0]!.bytes));
  ok(worker.packets.every(({ receivedAt }) => receivedAt === 0));
});

Deno.test("[BRW3] a browser without H.264 and without the playout delay gets VP8 with the extensions that it has", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser({ video: ["VP8"], playoutDelay: false });
  await connect(worker, browser);
  equal(worker.peer.codec, "vp8");
  worker.peer.sendVideo(frame({ codec: "vp8" }));
  worker.peer.sendAudio({ data: Uint8Array.of(1, 2, 3), timestamp: 480 });
  await until(() => browser.packets.length === 4);
  const picture = browser.packets.find(({ payload }) => payload[0] === 0x65)!;
  // Section id, time of sending.
  deepEqual(picture.header.extensions.map(({ payload }) => payload.length), [1, 3]);
});

Deno.test("[PEE5] sound has its own stream and is sent first", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  worker.peer.sendVideo(frame({ size: 60 }));
  worker.peer.sendAudio({ data: Uint8Array.of(1, 2, 3), timestamp: 480 });
  await until(() => browser.packets.length === 61);
  const place = browser.packets.findIndex(({ header }) => header.timestamp === 480);
  ok(place < 40, `the sound came as packet ${place}`);
  const { header, payload } = browser.packets[place]!;
  deepEqual([...payload], [1, 2, 3]);
  equal(browser.packetsOf({ ssrc: header.ssrc }).length, 1);
});

Deno.test("[PEE6] no picture is sent before a keyframe, and a dropped picture requests one", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  worker.peer.sendVideo(frame({ keyframe: false, timestamp: 1 }));
  deepEqual(worker.events, ["connected", "keyframe"]);
  worker.peer.sendVideo(frame({ codec: "vp8", timestamp: 2 }));
  worker.peer.sendVideo(frame({ keyframe: true, timestamp: 3 }));
  worker.peer.sendVideo(frame({ keyframe: false, timestamp: 4 }));
  await until(() => browser.packets.length === 6);
  deepEqual(browser.packets.map(({ header }) => header.timestamp), [3, 3, 3, 4, 4, 4]);
  deepEqual(worker.events, ["connected", "keyframe"]);
});

Deno.test("[PEE7] feedback reaches the owner: keyframe, REMB, loss", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  worker.peer.sendVideo(frame());
  await until(() => browser.packets.length === 3);
  const { ssrc } = browser.packets[0]!.header;
  await browser.requestKeyframe(ssrc);
  await browser.estimate({ mantissa: 200_000, exponent: 4 });
  await until(() => worker.events.includes("keyframe") && worker.rembs.length > 0);
  equal(worker.rembs.at(-1), 3_200_000);
  await until(() => worker.losses.length > 0);
  equal(worker.losses[0], 0);
});

Deno.test("[PEE8] a packet lost hundreds of packets ago is sent again on the retransmission stream", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  for (let n = 0; n < 30; n++) {
    worker.peer.sendVideo(frame({ size: 10, timestamp: 1500 * n, keyframe: n === 0 }));
    await until(() => browser.packets.length >= 10 * (n + 1));
  }
  const lost = browser.packets[7]!;
  await browser.reportLost(lost.header.ssrc, [lost.header.sequenceNumber]);
  await until(() => browser.packets.length === 301);
  const again = browser.packets[300]!;
  ok(again.header.ssrc !== lost.header.ssrc);
  ok(again.header.payloadType !== lost.header.payloadType);
  equal(again.payload.readUInt16BE(0), lost.header.sequenceNumber);
  deepEqual(again.payload.subarray(2), lost.payload);
});

Deno.test("[CHN3] a channel with 16 KiB waiting drops instead of queueing", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  const kibibyte = new Uint8Array(1024);
  const sent = Array.from({ length: 40 }, () => worker.peer.send("state", kibibyte));
  const first = sent.indexOf(false);
  ok(first > 0 && first <= MAX_BUFFERED / 1024 + 1, `the first that was dropped is ${first}`);
  await until(() => browser.messages.length === sent.filter(Boolean).length);
  equal(worker.peer.send("state", kibibyte), true);
});

Deno.test("[SIG9] VP8 is agreed on with a browser that has no H.264", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser({ video: ["VP8"] });
  await connect(worker, browser);
  equal(worker.peer.codec, "vp8");
  worker.peer.sendVideo(frame({ codec: "vp8" }));
  await until(() => browser.packets.length === 3);
  const { ssrc, sequenceNumber } = browser.packets[0]!.header;
  await browser.reportLost(ssrc, [sequenceNumber]);
  await until(() => browser.packets.length === 4);
});

Deno.test("[SIG9] an answer without a codec in common is refused with a sentence", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser({ video: ["AV1X"] });
  const { error } = await worker.peer.accept(await browser.answer(await worker.peer.offer()));
  match(error!, /rejects the video|neither H\.264 nor VP8/);
  deepEqual(worker.events, []);
});

Deno.test("[PEE2] invalid answers and candidates are refused with a sentence and change nothing", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  const { peer } = worker;
  const candidate = "candidate:1 1 udp 1 127.0.0.1 9 typ host";
  match((await peer.accept("v=0")).error!, /the peer connection is new/);
  match((await peer.addCandidate({ candidate })).error!, /the peer connection is new/);
  const answer = await browser.answer(await peer.offer());
  match((await peer.accept("garbage")).error!, /not a session description/);
  match((await peer.addCandidate({ candidate: "garbage" })).error!, /"garbage": it is malformed/);
  deepEqual(await peer.addCandidate({ candidate, sdpMid: "nowhere" }), {});
  deepEqual(await peer.addCandidate({ candidate: "" }), {});
  deepEqual(await peer.accept(answer), {});
  match((await peer.accept(answer)).error!, /the peer connection is answered/);
  await until(() => worker.events.includes("connected"));
  const elsewhere = (port: number) => ({ candidate: candidate.replace(" 9 ", ` ${port} `) });
  for (let port = 10; port < 30; port++) await peer.addCandidate(elsewhere(port));
  match((await peer.addCandidate(elsewhere(30))).error!, /has sent too many already/);
});

Deno.test("[PEE9] the close of a browser is noticed at once, and reported once", async () => {
  using worker = openPeer();
  const browser = new WeriftBrowser();
  await connect(worker, browser);
  await browser.pc.close();
  await until(() => worker.events.includes("closed"));
  match(worker.reasons[0]!, /The browser closed the media connection/);
  equal(worker.peer.send("state", Uint8Array.of(1)), false);
  worker.peer.sendVideo(frame());
  worker.peer.sendAudio({ data: Uint8Array.of(1), timestamp: 0 });
  deepEqual(worker.events, ["connected", "closed"]);
});

Deno.test("[PEE9] every RTCP packet of the browser is reported as a sign of life, also one without a request", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  worker.peer.sendVideo(frame());
  await until(() => worker.rtcp.length >= 2);
  deepEqual(worker.events, ["connected"]);
});

Deno.test("[PEE10] a peer that is not connected within 15 s closes with the reason", async () => {
  for (const answered of [false, true]) {
    const clock = new FakeClock();
    using worker = openPeer({ clock });
    const offer = await worker.peer.offer();
    await until(() => worker.candidates.length > 0);
    if (answered) {
      await using browser = new WeriftBrowser();
      const answer = await browser.answer(offer);
      const unreachable = answer.replaceAll(/a=(candidate:|end-of-candidates).*\r\n/g, "");
      deepEqual(await worker.peer.accept(unreachable), {});
    }
    clock.advance(CONNECT_TIMEOUT - 1);
    deepEqual(worker.reasons, []);
    clock.advance(1);
    match(
      worker.reasons[0]!,
      answered ? /received no packet of the browser/ : /did not answer the offer/,
    );
    equal(clock.pending, 0);
  }
});

Deno.test("[PEE11] disposing in any phase causes no error and ends the timers", async () => {
  const clock = new FakeClock();
  const phases = ["new", "offered", "answered", "connected"] as const;
  for (const phase of phases) {
    const worker = openPeer({ clock });
    await using browser = new WeriftBrowser();
    if (phase !== "new") {
      const answer = await browser.answer(await worker.peer.offer());
      if (phase !== "offered") await worker.peer.accept(answer);
      if (phase === "connected") await until(() => worker.events.includes("connected"));
    }
    if (phase === "connected") worker.peer.sendVideo(frame({ size: 200 }));
    const before = worker.events.length;
    worker[Symbol.dispose]();
    worker[Symbol.dispose]();
    worker.peer.sendVideo(frame());
    equal(clock.pending, 0);
    clock.advance(60_000);
    equal(worker.events.length, before, phase);
  }
});

Deno.test("[PEE12] candidates have the configured addresses and ports", async () => {
  const portRange = [45_300, 45_340] as const;
  using worker = openPeer({ portRange });
  await worker.peer.offer();
  await until(() => worker.candidates.includes(undefined));
  const lines = worker.candidates.flatMap((found) => found?.candidate ?? []);
  ok(lines.some((line) => line.includes(" 127.0.0.1 ")), lines.join("\n"));
  for (const line of lines) {
    const port = Number(line.split(" ")[5]);
    ok(port >= portRange[0] && port <= portRange[1], line);
    match(line, /typ host/);
  }
});

Deno.test("[PEE12] a range without a free port ends the peer with a sentence", async () => {
  const portRange = [45_350, 45_351] as const;
  const sockets = portRange.map((port) => createSocket("udp4").bind(port));
  await Promise.all(sockets.map((socket) => once(socket, "listening")));
  using worker = openPeer({ portRange });
  await worker.peer.offer();
  await until(() => worker.reasons.length > 0);
  match(worker.reasons[0]!, /no UDP port between 45350 and 45351 is free/);
  for (const socket of sockets) socket.close();
});

// A process that ends by itself has no socket and no lasting timer; werift's own last ones take a second.
Deno.test("[PEE11] a process whose peers are disposed ends by itself", async () => {
  const script = new URL("../support/media/peers_come_and_go.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script],
    signal: AbortSignal.timeout(20_000),
  }).output();
  const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  equal(printed.trim(), "disposed");
  equal(code, 0);
});

Deno.test("[PEE13] warming up connects a peer and ends", async () => {
  await prewarm(weriftPeers({ clock: systemClock, random: new SeededRandom() }));
});
