/**
 * A page that gets other ICE servers than its coordinator sent.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { IceServer } from "../../../protocol/legs/webrtc.ts";

/** Changes the TURN servers in each message to the page. Call it before the page's first script. */
export async function changeTurnServers(
  page: Page,
  change: (server: IceServer) => IceServer,
): Promise<void> {
  await page.routeWebSocket(({ pathname }) => pathname === "/ws", (browser) => {
    const coordinator = browser.connectToServer();
    coordinator.onMessage((text) => {
      const message = JSON.parse(String(text));
      const servers: IceServer[] | undefined = message.payload?.ice_servers;
      if (servers) {
        message.payload.ice_servers = servers.map((server) =>
          server.username === undefined ? server : change(server)
        );
      }
      browser.send(JSON.stringify(message));
    });
  });
}
