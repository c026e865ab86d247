/**
 * The vehicle's connection to the worker of its stream: the vehicle's end of a control channel, over a link on each
 * network path of the stream. It lasts from the first link that opens to the end of the last one.
 *
 * @module
 */
import type { Resolve } from "../../protocol/addresses/reach.ts";
import { systemResolve } from "../../protocol/addresses/system_resolve.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { dialSealed } from "../../protocol/datagram/endpoint.ts";
import type { LinkEvents } from "../../protocol/datagram/link.ts";
import type { Address } from "../../protocol/datagram/ports.ts";
import type { openUdp } from "../../protocol/datagram/udp.ts";
import { ControlPaths } from "../../protocol/driving/links/control_paths.ts";
import type { ControlLink } from "../../protocol/driving/ports.ts";
import { compactProfile } from "../../protocol/driving/profile.ts";
import { keepAdvanced, type Timed } from "../../protocol/driving/timed.ts";
import { VehicleEnd } from "../../protocol/driving/vehicle_end.ts";
import { readDriveSecret, readOrder } from "../../protocol/driving/vehicle_telemetry.ts";
import { MAX_PATHS } from "../../protocol/field/max_paths.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import { keepDialled } from "./dialled_link.ts";
import type { DrivePath, DriveTarget, WorkerLink, WorkerLinkEvents } from "./ports.ts";

/** Reports to the worker in a second. */
export const TELEMETRY_RATE = 10;

/** The dependencies of a link. */
export interface WorkerLinkPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How long control may be missing, in milliseconds. */
  readonly silence: number;
  readonly dial?: typeof dialSealed;
  readonly resolve?: Resolve;
  /** How a socket for a path to an address is bound; default: by the routes of the system. */
  readonly openerFor?: (path: DrivePath, to: Address) => typeof openUdp | undefined;
}

/** A control channel over the links that are open. */
interface Channel {
  readonly end: VehicleEnd;
  readonly timed: Timed;
  readonly paths: ControlPaths;
}

/** Connects to a worker until disposed. */
export function linkToWorker(
  { silence, openerFor, resolve = systemResolve, ...ports }: WorkerLinkPorts,
  { host, port, secret, paths = [{ host }] }: DriveTarget,
  events: WorkerLinkEvents,
): WorkerLink {
  const { clock, log } = ports;
  let channel: Channel | undefined;
  const links = new DisposableStack();
  for (const [index, path] of paths.slice(0, MAX_PATHS).entries()) {
    const target = { ...path, port, secret: readDriveSecret(secret, index) };
    const opener = openerFor && ((to: Address) => openerFor(path, to));
    links.use(keepDialled({ ...ports, resolve, openerFor: opener }, target, opened));
  }

  function opened(link: ControlLink): Pick<LinkEvents, "direct" | "closed"> {
    channel?.paths.add(link);
    const { end, timed, paths } = channel ??= begin(link);
    return {
      direct(bytes) {
        if (!paths.isFirst(bytes)) return;
        end.receive(bytes, clock.now());
        timed.touch();
      },
      closed(reason) {
        paths.remove(link);
        if (paths.size > 0) return end.pathEnded();
        timed[Symbol.dispose]();
        channel = undefined;
        events.lost(reason === "done" || reason === "replaced" ? "worker_lost" : "disconnected");
      },
    };
  }

  function begin(first: ControlLink): Channel {
    const paths = new ControlPaths();
    // The handshake begins at once.
    paths.add(first);
    const end = new VehicleEnd({
      profile: compactProfile,
      port: paths,
      options: { controlSilence: silence, telemetryRate: TELEMETRY_RATE },
      events: {
        changed(state) {
          log.info("control channel", { state });
          // The worker may have begun anew, with orders that count from 1.
          if (state === "connected") events.opened();
          if (state === "disconnected") events.lost("disconnected");
        },
        control: (wish, sentAt) => events.control(wish, sentAt),
        // The guard counts the silence itself, also when this process hangs.
        controlLost: () => {},
        command(command) {
          const order = readOrder(command);
          if (order) events.order(order);
          else log.warn("unknown command of the worker", { command: command.command });
        },
        error: (code) => log.warn("the worker reports an error", { code }),
      },
    }, { epoch: clock.epoch(), now: clock.now() });
    return { end, paths, timed: keepAdvanced(clock, end) };
  }

  return {
    telemetry(value) {
      channel?.end.telemetry(value);
      channel?.timed.touch();
    },
    paths(paths) {
      channel?.end.beside({ paths }, clock.now());
      channel?.timed.touch();
    },
    [Symbol.dispose]() {
      links[Symbol.dispose]();
      channel?.timed[Symbol.dispose]();
      channel = undefined;
    },
  };
}
