/**
 * A page that reaches nobody over UDP, as behind a strict firewall.
 *
 * @module
 */
import type { Page } from "playwright-core";

/** Lets the page's peer connections use relays alone, and there are none. Call it before the page's first script. */
export async function withoutUdp(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Original = RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Original {
      constructor(settings?: RTCConfiguration) {
        super({ ...settings, iceServers: [], iceTransportPolicy: "relay" });
      }
    };
  });
}
