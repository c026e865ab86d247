/**
 * The vehicle's connection to the worker of its stream: a sealed datagram link that is dialled again whenever it ends,
 * with the vehicle's end of a control channel on it.
 *
 * ```text
 *  dialling ──opened──▶ open ──closed──▶ waiting (1 s) ──▶ dialling
 *      └──────── failed, unanswered ────────▲
 * ```
 *
 * @module
 */
import { systemResolve } from "../../protocol/addresses/system_resolve.ts";
import type { Resolve } from "../../protocol/addresses/reach.ts";
import type { Clock } from "../../protocol/clock.ts";
import { dialSealed } from "../../protocol/datagram/endpoint.ts";
import { DRIVE_LINK } from "../../protocol/driving/link_options.ts";
import { overLink } from "../../protocol/driving/ports.ts";
import { compactProfile } from "../../protocol/driving/profile.ts";
import { keepAdvanced, type Timed } from "../../protocol/driving/timed.ts";
import { VehicleEnd } from "../../protocol/driving/vehicle_end.ts";
import { readDriveSecret, readOrder } from "../../protocol/driving/vehicle_telemetry.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { DriveTarget, WorkerLink, WorkerLinkEvents } from "./ports.ts";

/** Until a link that ended is dialled again, in milliseconds. */
const AGAIN = 1_000;
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
}

/** Connects to a worker until disposed. */
export function linkToWorker(
  { clock, random, log, silence, dial = dialSealed, resolve = systemResolve }: WorkerLinkPorts,
  target: DriveTarget,
  events: WorkerLinkEvents,
): WorkerLink {
  let dialled: Disposable | undefined;
  let open: { readonly end: VehicleEnd; readonly timed: Timed } | undefined;
  let wait: Disposable | undefined;
  let isOver = false;
  const { host, port } = target;
  const secret = readDriveSecret(target.secret);
  void begin();

  async function begin(): Promise<void> {
    try {
      const [address] = await resolve(host);
      if (address === undefined) throw new Error(`${host} does not resolve to an address`);
      const link = await dial({ clock, random }, {
        host: address.includes(":") ? "::" : "0.0.0.0",
        port: 0,
        options: DRIVE_LINK,
        secret,
        to: { host: address, port },
        events: { opened, direct, batch: () => {}, closed },
      });
      dialled = link;
      if (isOver) link[Symbol.dispose]();
    } catch (error) {
      log.warn("the worker cannot be reached for control", { host, port, error: errorText(error) });
      again();
    }
  }

  function opened(link: Parameters<typeof overLink>[0]): void {
    if (isOver) return;
    const end = new VehicleEnd({
      profile: compactProfile,
      port: overLink(link),
      options: { controlSilence: silence, telemetryRate: TELEMETRY_RATE },
      events: {
        changed(state) {
          log.info("control channel", { state });
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
    events.opened();
    open = { end, timed: keepAdvanced(clock, end) };
  }

  function direct(bytes: Uint8Array): void {
    open?.end.receive(bytes, clock.now());
    open?.timed.touch();
  }

  function closed(reason: string): void {
    open?.timed[Symbol.dispose]();
    const wasOpen = open !== undefined;
    open = dialled = undefined;
    if (isOver) return;
    if (wasOpen) {
      events.lost(reason === "done" || reason === "replaced" ? "worker_lost" : "disconnected");
    }
    log.warn("the link for control ended; it is dialled again", { host, port, reason });
    again();
  }

  function again(): void {
    if (!isOver) wait = clock.after(AGAIN, () => void begin());
  }

  return {
    telemetry(value) {
      open?.end.telemetry(value);
      open?.timed.touch();
    },
    paths(paths) {
      open?.end.beside({ paths }, clock.now());
      open?.timed.touch();
    },
    [Symbol.dispose]() {
      isOver = true;
      wait?.[Symbol.dispose]();
      open?.timed[Symbol.dispose]();
      open = undefined;
      dialled?.[Symbol.dispose]();
    },
  };
}
