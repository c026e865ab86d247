/**
 * Bad networks between a device and its worker: passes the device's control messages on to the coordinator and back,
 * with the ports of relays in place of the worker's in the start of a stream.
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

/** The networks. Disposing ends the connections. */
export interface RelayedDevice extends Disposable {
  /** What the device dials, with `http` for `ws`. */
  readonly url: string;
  /** One a path of the stream, which also carries control of a vehicle. Each has an address of loopback of its own. */
  readonly relays: readonly Relay[];
}

/**
 * Opens a network of each regime between a device and its worker, for the paths of a stream in their order. The messages
 * to the coordinator at `target` (`http…`) are not impaired.
 */
export async function relayDevice(
  target: string,
  ...regimes: readonly [Regime, ...Regime[]]
): Promise<RelayedDevice> {
  const relays = regimes.map((regime, n) =>
    new Relay({ clock: systemClock, regime, seed: 7 + n, host: hostOf(n) })
  );
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
      order = order.then(async () => near.send(await throughRelays(String(data), relays)));
    });
    for (const [one, other] of [[near, far], [far, near]] as const) {
      one.on("close", () => other.terminate());
      one.on("error", () => other.terminate());
    }
  });
  return {
    url: `http://${host}`,
    relays,
    [Symbol.dispose]() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      for (const relay of relays) relay[Symbol.dispose]();
    },
  };
}

async function throughRelays(text: string, relays: readonly Relay[]): Promise<string> {
  const read = toAgent.decode(text);
  if (!read.ok || read.message.type !== "stream.start") return text;
  const { payload } = read.message;
  const moved = async (url: string, path: number) => {
    const n = path % relays.length;
    const { hostname: host, port } = new URL(url);
    const front = await relays[n]!.front({ host, port: Number(port) });
    return url.replace(`${host}:${port}`, `${hostOf(n)}:${front}`);
  };
  const destinations = await Promise.all(payload.destinations.map(moved));
  const links = await Promise.all(
    payload.bonding_config.links.map(async (link, n) => ({
      ...link,
      uri: await moved(link.uri, n),
    })),
  );
  const drive = payload.drive && await driveThrough(payload.drive, relays);
  const message: ToAgent = {
    ...read.message,
    payload: {
      ...payload,
      destinations,
      bonding_config: { ...payload.bonding_config, links },
      ...(drive && { drive }),
    },
  };
  return toAgent.encode(message);
}

/** Control goes to the same port of each path. */
async function driveThrough(
  drive: { readonly host: string; readonly port: number; readonly secret: string },
  [first, ...others]: readonly Relay[],
) {
  const port = await first!.front(drive);
  for (const relay of others) await relay.front(drive, port);
  return { ...drive, host: hostOf(0), port };
}

/** The address of loopback that the device dials for a path. */
function hostOf(path: number): string {
  return `127.0.0.${path + 1}`;
}
