/**
 * The program of a test process: opens a peer, disposes it in each of its phases, and ends.
 *
 * @module
 */
import { connect, openPeer, WeriftBrowser } from "./werift_browser.ts";

{
  using fresh = openPeer();
  using offered = openPeer();
  await offered.peer.offer();
  using connected = openPeer();
  await using browser = new WeriftBrowser();
  await connect(connected, browser);
  const payloads = Array.from({ length: 100 }, () => new Uint8Array(1000));
  const data = new Uint8Array();
  connected.peer.sendVideo({
    codec: "h264",
    keyframe: true,
    timestamp: 0,
    capturedAt: 0,
    data,
    payloads,
  });
  if (fresh.peer.codec !== undefined) throw new Error("A fresh peer has agreed on a codec");
}
console.log("disposed");
