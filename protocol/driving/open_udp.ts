/**
 * Control channels on a UDP port of their own, in the map profile and without any proof of who sends: for vehicles and
 * viewers that use this protocol today (v3xctrl). Anybody who can send to the port can drive, so a program opens it on
 * an explicit wish alone, and the log warns.
 *
 * @module
 */
import type { Clock, Millis } from "../clock.ts";
import type { Address } from "../datagram/ports.ts";
import { openUdp } from "../datagram/udp.ts";
import type { Log } from "../log.ts";
import type { Random } from "../random.ts";
import { DrivingEnd, type DrivingEvents, type DrivingOptions } from "./driving_end.ts";
import { mapProfile } from "./profile.ts";
import { VehicleEnd, type VehicleEvents, type VehicleOptions } from "./vehicle_end.ts";

/** The surroundings of an open port. */
export interface OpenUdpPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Where an open port binds. */
export interface OpenUdpSettings {
  readonly host: string;
  readonly port: number;
}

/** An open port with one end of a control channel. */
export interface OpenUdpEnd<End> extends Disposable {
  readonly port: number;
  /** The end; times are of the clock. */
  readonly end: End;
}

/** A part of both ends that is run here. */
interface Core {
  receive(bytes: Uint8Array, now: Millis): void;
  advance(now: Millis): void;
  readonly state: DrivingEnd["state"];
}

/** Between two looks at an end whose owner calls it at any time, in milliseconds. */
const LOOK = { connected: 5, otherwise: 50 };

/**
 * Opens a port on which a vehicle is driven. The vehicle is the address of the Syn that connected it; while it is
 * connected, datagrams of other addresses are dropped.
 *
 * @throws {Error} when the port cannot be bound.
 */
export function openDrivingPort(
  ports: OpenUdpPorts,
  { events, options, ...settings }: OpenUdpSettings & {
    readonly events: DrivingEvents;
    readonly options?: Partial<DrivingOptions>;
  },
): Promise<OpenUdpEnd<DrivingEnd>> {
  const { clock, random } = ports;
  return open(ports, settings, {
    peer: undefined,
    create: (port) =>
      new DrivingEnd(
        { profile: mapProfile, port, events, random, ...(options ? { options } : {}) },
        { epoch: clock.epoch(), now: clock.now() },
      ),
  });
}

/**
 * Opens a port through which a viewer at `to` drives this vehicle.
 *
 * @throws {Error} when the port cannot be bound; RangeError for a wrong option.
 */
export function openVehiclePort(
  ports: OpenUdpPorts,
  { events, options, to, ...settings }: OpenUdpSettings & {
    readonly to: Address;
    readonly events: VehicleEvents;
    readonly options?: Partial<VehicleOptions>;
  },
): Promise<OpenUdpEnd<VehicleEnd>> {
  const { clock } = ports;
  return open(ports, settings, {
    peer: to,
    create: (port) =>
      new VehicleEnd(
        { profile: mapProfile, port, events, ...(options ? { options } : {}) },
        { epoch: clock.epoch(), now: clock.now() },
      ),
  });
}

async function open<End extends Core>(
  { clock, log }: OpenUdpPorts,
  { host, port }: OpenUdpSettings,
  { peer, create }: {
    readonly peer: Address | undefined;
    readonly create: (port: { send(bytes: Uint8Array): boolean }) => End;
  },
): Promise<OpenUdpEnd<End>> {
  let other = peer;
  let end: End | undefined;
  const socket = await openUdp({
    host,
    port,
    received(datagram, from) {
      if (!end) return;
      // A vehicle behind a NAT may come back from another port; a viewer is dialled by its address.
      const isKnown = other?.host === from.host && (peer !== undefined || other.port === from.port);
      if (!isKnown) {
        const mayChange = peer === undefined && end.state !== "connected";
        if (!mayChange || mapProfile.codec.decode(datagram)?.type !== "Syn") return;
        other = from;
      }
      end.receive(datagram, clock.now());
      end.advance(clock.now());
    },
  });
  log.warn("control port without authentication: anybody who can send to it can drive", {
    host,
    port: socket.port,
  });
  const created = create({
    send(bytes) {
      if (other) socket.send(bytes, other);
      return other !== undefined;
    },
  });
  end = created;
  let timer = clock.after(0, look);
  function look(): void {
    created.advance(clock.now());
    timer = clock.after(created.state === "connected" ? LOOK.connected : LOOK.otherwise, look);
  }
  return {
    port: socket.port,
    end: created,
    [Symbol.dispose]() {
      end = undefined;
      timer[Symbol.dispose]();
      socket[Symbol.dispose]();
    },
  };
}
