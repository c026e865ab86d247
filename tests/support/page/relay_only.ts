/**
 * A page whose direct paths are all blocked: its peer connections use TURN relays alone.
 *
 * @module
 */
import type { Page } from "playwright-core";

/** Blocks every path but the relays that the coordinator names. Call it before the page's first script. */
export async function relayOnly(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Original = RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Original {
      constructor(settings?: RTCConfiguration) {
        super({ ...settings, iceTransportPolicy: "relay" });
      }

      override setConfiguration(settings?: RTCConfiguration) {
        super.setConfiguration({ ...settings, iceTransportPolicy: "relay" });
      }
    };
  });
}
