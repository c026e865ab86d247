/**
 * Makes the first peer connection of a process in advance. It takes 0.3 s longer than the next, because the certificate
 * is made and the code is compiled.
 *
 * @module
 */
import { RTCPeerConnection } from "werift";
import { type ChannelName, channelOptions, CHANNELS } from "../../protocol/control/channels.ts";
import type { CreatePeer } from "../sending/ports.ts";

/**
 * Connects one peer to a second werift connection over loopback, which stands in for the browser, and closes both.
 *
 * @throws {Error} werift's, when an offer or an answer cannot be made or applied
 */
export async function prewarm(createPeer: CreatePeer): Promise<void> {
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  const browser = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  const peer = createPeer({ iceServers: [], extraAddresses: ["127.0.0.1"] }, {
    // The candidates of the other connection are enough.
    candidate: () => {},
    connected: finish,
    message: () => {},
    rtcpReceived: () => {},
    keyframeRequested: () => {},
    remb: () => {},
    loss: () => {},
    sent: () => {},
    packets: () => {},
    closed: () => finish(),
  });
  try {
    for (const name of Object.keys(CHANNELS) as ChannelName[]) {
      browser.createDataChannel(CHANNELS[name].label, channelOptions(CHANNELS[name]));
    }
    await browser.setRemoteDescription({ type: "offer", sdp: await peer.offer() });
    for (const { connection } of browser.iceTransports) delete connection.stunServer;
    await browser.setLocalDescription(await browser.createAnswer());
    const { error } = await peer.accept(browser.localDescription?.sdp ?? "");
    if (error === undefined) await over;
  } finally {
    peer[Symbol.dispose]();
    await browser.close();
  }
}
