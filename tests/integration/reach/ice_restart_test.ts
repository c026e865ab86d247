import { equal, match, notEqual, ok } from "node:assert/strict";
import type { PacketizedFrame } from "../../../worker/sending/ports.ts";
import { RESTART_LIMIT, RESTART_PERIOD } from "../../../worker/werift/ice/restart.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { connect, openPeer, until, WeriftBrowser } from "../../support/media/werift_browser.ts";

const KEYFRAME: PacketizedFrame = {
  codec: "h264",
  keyframe: true,
  timestamp: 3000,
  capturedAt: 0,
  data: new Uint8Array(),
  payloads: [Uint8Array.of(0x65, 1, 2, 3)],
};

const nameIn = (sdp: string) => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];

/** The browser's answer to an offer of a new path. werift starts no checks by itself where DTLS is connected. */
async function answerRestart({ pc }: WeriftBrowser, sdp: string): Promise<string> {
  await pc.setRemoteDescription({ type: "offer", sdp });
  await pc.setLocalDescription(await pc.createAnswer());
  pc.iceTransports[0]!.start().catch(() => {});
  return pc.localDescription?.sdp ?? "";
}

Deno.test("[SIG10] a restart takes other names and another pair; DTLS, channels and the row of packets go on", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  const offer = await worker.peer.offer();
  equal((await worker.peer.accept(await browser.answer(offer))).error, undefined);
  await until(() => worker.events.includes("connected"));
  worker.peer.sendVideo(KEYFRAME);
  await until(() => browser.packets.length === 1);
  const restarted = await worker.peer.restart();
  ok("sdp" in restarted);
  notEqual(nameIn(restarted.sdp), nameIn(offer));
  worker.peer.sendVideo(KEYFRAME);
  await until(() => browser.packets.length === 2);
  const answer = await answerRestart(browser, restarted.sdp);
  equal((await worker.peer.accept(answer)).error, undefined);
  await until(() => worker.events.includes("keyframe"));
  worker.peer.sendVideo(KEYFRAME);
  await until(() => browser.packets.length === 3);
  const [first, , last] = browser.packets.map(({ header }) => header.sequenceNumber);
  equal(last, first! + 2);
  browser.send("state", "up");
  await until(() => worker.events.includes("state: up"));
  equal(worker.peer.send("state", new TextEncoder().encode("down")), true);
  await until(() => browser.messages.length === 1);
});

Deno.test("[SIG11] restarts are at least a second apart, and one that is not answered closes the connection", async () => {
  const clock = new FakeClock();
  using worker = openPeer({ clock });
  await using browser = new WeriftBrowser();
  const early = await worker.peer.restart();
  match("error" in early ? early.error : "", /the peer connection is new$/);
  await connect(worker, browser);
  ok("sdp" in await worker.peer.restart());
  const refused = await worker.peer.restart();
  match("error" in refused ? refused.error : "", /restarted a moment ago/);
  clock.advance(RESTART_PERIOD);
  ok("sdp" in await worker.peer.restart());
  clock.advance(RESTART_LIMIT - 1);
  equal(worker.reasons.length, 0);
  clock.advance(1);
  match(worker.reasons[0]!, /No new path to the browser was found within 10 s/);
});
