/**
 * The lines that a coordinator prints for the person who starts it: its addresses, the way to its dashboard, and the
 * first worker.
 *
 * @module
 */
import { hostInUrl, isEveryAddress } from "../protocol/addresses/hosts.ts";

/** The coordinator after it began to listen. */
export interface Started {
  /** Where browsers reach it, without a slash at its end. */
  readonly url: string;
  /** The address that it listens on, canonical. */
  readonly host: string;
  /** Addresses of this machine's network interfaces. */
  readonly interfaces: readonly string[];
  /** The token that creates the first administrator, while there is no user. */
  readonly setup: string | undefined;
}

/** A worker that can take players. */
export interface ReadyWorker {
  /** Whether a person at a terminal started Farpad. */
  readonly atTerminal: boolean;
  readonly name: string;
  readonly games: number;
  readonly places: number;
}

/** The lines of a coordinator that listens. */
export function startLines({ url, host, interfaces, setup }: Started): string[] {
  const others = isEveryAddress(host) ? elsewhere(url, interfaces) : [];
  return [
    `Farpad is at ${url}`,
    ...others.length > 0 ? [`Other machines reach it at ${others.join(" or ")}`] : [],
    setup === undefined
      ? `Dashboard: ${url}/operator`
      : `Create the first administrator: ${url}/operator/setup#token=${setup}`,
  ];
}

/** The line of the first worker. */
export function workerLine({ name, games, places, atTerminal }: ReadyWorker): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return `Worker ${name} is ready: ${count(games, "game")}, ${count(places, "place")}.${
    atTerminal ? " Ctrl-C ends Farpad." : ""
  }`;
}

/** The same address by the machine's own IPv4 addresses; none when a public name is set. */
function elsewhere(url: string, interfaces: readonly string[]): string[] {
  const address = new URL(url);
  if (address.hostname !== "localhost") return [];
  return interfaces.filter((each) => /^\d+(\.\d+){3}$/.test(each) && !each.startsWith("127."))
    .map((each) => `${address.protocol}//${hostInUrl(each)}:${address.port}`);
}
