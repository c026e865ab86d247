/**
 * Listens for the v3xctrl streamer of a room. A port that another program has is tried again until it is free.
 *
 * @module
 */
import type { Clock } from "../../../../protocol/clock.ts";
import { openDrivingPort } from "../../../../protocol/driving/open_udp.ts";
import type { Log } from "../../../../protocol/log.ts";
import type { Random } from "../../../../protocol/random.ts";
import { keepListening } from "../listen.ts";
import type { V3xctrlVehicle } from "./vehicle.ts";

/** A streamer from which nothing comes for this long is gone, in milliseconds: it sends something each second. */
const GONE_AFTER = 3_000;
/** The most wishes a second. */
const CONTROL_RATE = 100;

/** Listens until disposed. `streamer`: whose pictures count from then on. */
export function listenForStreamer(
  ports: { readonly clock: Clock; readonly random: Random; readonly log: Log },
  { address, port, streamer }: {
    readonly address: string;
    readonly port: number;
    readonly streamer: (host: string | undefined) => void;
  },
  vehicle: V3xctrlVehicle,
): Disposable {
  return keepListening(ports, { port, vehicle }, async () => {
    const open = await openDrivingPort(ports, {
      host: address,
      port,
      options: { silence: GONE_AFTER, controlRate: CONTROL_RATE },
      events: {
        ...vehicle.events,
        changed(state) {
          vehicle.events.changed(state);
          streamer(state === "connected" ? open.peer?.host : undefined);
        },
      },
      replaced() {
        vehicle.lost();
        vehicle.opened(open.end);
        streamer(open.peer?.host);
      },
    });
    vehicle.opened(open.end);
    return open;
  });
}
