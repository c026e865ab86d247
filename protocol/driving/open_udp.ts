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
  /** The end; times are of the clock. Another one after a vehicle began anew. */
  readonly end: End;
  /** Who is at the other end; `undefined` before a vehicle came. */
  readonly peer: Address | undefined;
}

/** A part of both ends that is run here. */
interface Core {
  receive(bytes: Uint8Array, now: Millis): void;
  advance(now: Millis): void;
  readonly state: DrivingEnd["state"];
}

/**
 * A vehicle that comes back from another port of its host takes the place of the one from which nothing came for this
 * long, in milliseconds: v3xctrl opens a new socket after each loss.
 */
const REPLACED_AFTER = 500;
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
  { events, options, replaced, ...settings }: OpenUdpSettings & {
    readonly events: DrivingEvents;
    readonly options?: Partial<DrivingOptions>;
    /** A connected vehicle began anew with another Syn: it lost this end, or another program took its place. */
    readonly replaced?: () => void;
  },
): Promise<OpenUdpEnd<DrivingEnd>> {
  const { clock, random } = ports;
  return open(ports, settings, {
    peer: undefined,
    replaced,
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
  { peer, replaced = () => {}, create }: {
    readonly peer: Address | undefined;
    readonly replaced?: (() => void) | undefined;
    readonly create: (port: { send(bytes: Uint8Array): boolean }) => End;
  },
): Promise<OpenUdpEnd<End>> {
  let other = peer;
  let end: End | undefined;
  let seenAt = clock.now();
  const socket = await openUdp({
    host,
    port,
    received(datagram, from) {
      if (!end) return;
      const now = clock.now();
      // A vehicle behind a NAT may come back from another port; a viewer is dialled by its address.
      const isKnown = other?.host === from.host && (peer !== undefined || other.port === from.port);
      if (peer === undefined && !takesFrom(from, isKnown, datagram)) return;
      if (!isKnown && peer !== undefined) return;
      seenAt = now;
      end.receive(datagram, now);
      end.advance(now);
    },
  });
  log.warn("control port without authentication: anybody who can send to it can drive", {
    host,
    port: socket.port,
  });
  const begin = () =>
    create({
      send(bytes) {
        if (other) socket.send(bytes, other);
        return other !== undefined;
      },
    });
  let current = begin();
  end = current;
  let timer = clock.after(0, look);
  function look(): void {
    current.advance(clock.now());
    timer = clock.after(current.state === "connected" ? LOOK.connected : LOOK.otherwise, look);
  }

  /** Whether the driving end takes a datagram of this address, which may become that of the vehicle. */
  function takesFrom(from: Address, isKnown: boolean, datagram: Uint8Array): boolean {
    const isConnected = current.state === "connected";
    const isBack = from.host === other?.host && clock.now() - seenAt >= REPLACED_AFTER;
    if (isConnected && !isKnown && !isBack) return false;
    if (mapProfile.codec.decode(datagram)?.type !== "Syn") return isKnown;
    other = from;
    if (!isConnected) return true;
    end = current = begin();
    replaced();
    return true;
  }

  return {
    port: socket.port,
    get end() {
      return current;
    },
    get peer() {
      return other;
    },
    [Symbol.dispose]() {
      end = undefined;
      timer[Symbol.dispose]();
      socket[Symbol.dispose]();
    },
  };
}
