/**
 * The totals of the installation: running streams, senders and workers, free capacity.
 *
 * @module
 */
import type { FleetRoom, FleetWorker } from "../../../protocol/rest/fleet.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { isAtRest } from "./words.ts";

/** A number of places or ports, and how many of them are free. */
export interface Stock {
  readonly free: number;
  readonly all: number;
}

/** The counts of the overview page. */
export interface Totals {
  readonly live: number;
  /** Streams that start or stop right now. */
  readonly changing: number;
  readonly online: number;
  /** Enrolled senders, without those whose device starts when it is needed. */
  readonly senders: number;
  readonly places: Stock;
  readonly ports: Stock;
  readonly watching: number;
}

/** Counts the senders, streams, workers and rooms of the installation. */
export function totals(
  { senders, streams, workers, rooms }: {
    senders: Iterable<Sender>;
    streams: Iterable<Stream>;
    workers: Iterable<FleetWorker>;
    rooms: Iterable<FleetRoom>;
  },
): Totals {
  const enrolled = [...senders].filter((sender) =>
    sender.state === "enrolled" && !isAtRest(sender)
  );
  const states = [...streams].map(({ state }) => state);
  const there = [...workers].filter(({ state }) => state === "online");
  return {
    live: states.filter((state) => state === "live").length,
    changing: states.filter((state) => state === "starting" || state === "stopping").length,
    online: enrolled.filter(({ online }) => online).length,
    senders: enrolled.length,
    places: placesOf(there),
    ports: portsOf(there),
    watching: sum([...rooms].filter(({ state }) => state !== "closed").map((room) => room.viewers)),
  };
}

function placesOf(workers: readonly FleetWorker[]): Stock {
  return {
    free: sum(workers.map(({ free_places }) => free_places)),
    all: sum(workers.map(({ places }) => places)),
  };
}

function portsOf(workers: readonly FleetWorker[]): Stock {
  return {
    free: sum(workers.map(({ ingest }) => ingest?.pairs_free ?? 0)),
    all: sum(workers.map(({ ingest }) => ingest?.pairs ?? 0)),
  };
}

/** The workers of one zone and their capacity. */
export interface ZoneTotals {
  readonly zone: string;
  readonly workers: number;
  /** Workers of the zone that are not connected. */
  readonly lost: number;
  readonly places: Stock;
  readonly ports: Stock;
}

/** By zone, in order of name. A worker that is lost or drains has no free capacity. */
export function zoneTotals(workers: Iterable<FleetWorker>): readonly ZoneTotals[] {
  const zones = Map.groupBy(workers, ({ zone }) => zone);
  return [...zones].map(([zone, all]) => {
    const there = all.filter(({ state }) => state === "online");
    return {
      zone,
      workers: all.length,
      lost: all.filter(({ state }) => state === "lost").length,
      places: placesOf(there),
      ports: portsOf(there),
    };
  }).sort((a, b) => a.zone.localeCompare(b.zone));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
