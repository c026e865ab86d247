/**
 * A bad network between a device and its worker: passes the device's control messages on to the coordinator and back,
 * with a relay's ports in place of the worker's in the start of a stream.
 *
 * @module
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { systemClock } from "../../../protocol/clock.ts";
import { type ToAgent, toAgent } from "../../../protocol/legs/agent_leg.ts";
import type { Regime } from "../relay/regimes.ts";
import { Relay } from "../relay/relay.ts";

/** The network. Disposing ends the connections. */
export interface RelayedDevice extends Disposable {
  /** What the device dials, with `http` for `ws`. */
  readonly url: string;
  readonly relay: Relay;
}

/** Opens a network between a device and the coordinator at `target` (`http…`). The control messages are not impaired. */
export async function relayDevice(target: string, regime: Regime): Promise<RelayedDevice> {
  const relay = new Relay({ clock: systemClock, regime, seed: 7 });
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/agent/ws" });
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on("connection", (near) => {
    // The device signs for the host that it dialled.
    const far = new WebSocket(`${target.replace(/^http/, "ws")}/agent/ws`, { headers: { host } });
    const early: string[] = [];
    near.on("message", (data) => {
      if (far.readyState === WebSocket.OPEN) far.send(String(data));
      else early.push(String(data));
    });
    far.on("open", () => early.splice(0).forEach((text) => far.send(text)));
    let order = Promise.resolve();
    far.on("message", (data) => {
      order = order.then(async () => near.send(await throughRelay(String(data), relay)));
    });
    for (const [one, other] of [[near, far], [far, near]] as const) {
      one.on("close", () => other.terminate());
      one.on("error", () => other.terminate());
    }
  });
  return {
    url: `http://${host}`,
    relay,
    [Symbol.dispose]() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      relay[Symbol.dispose]();
    },
  };
}

async function throughRelay(text: string, relay: Relay): Promise<string> {
  const read = toAgent.decode(text);
  if (!read.ok || read.message.type !== "stream.start") return text;
  const { payload } = read.message;
  const moved = (url: string) => move(url, relay);
  const destinations = await Promise.all(payload.destinations.map(moved));
  const links = await Promise.all(
    payload.bonding_config.links.map(async (link) => ({ ...link, uri: await moved(link.uri) })),
  );
  const bonding_config = { ...payload.bonding_config, links };
  const message: ToAgent = {
    ...read.message,
    payload: { ...payload, destinations, bonding_config },
  };
  return toAgent.encode(message);
}

/** The address with the relay's port, which leads to the worker's. */
async function move(url: string, relay: Relay): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const front = await relay.front({ host, port: Number(port) });
  return url.replace(`:${port}`, `:${front}`);
}
