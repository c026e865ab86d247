/**
 * Receives RIST: the receiving core on UDP sockets, one for each path of the stream. It answers on each path to the
 * address that the newest sound datagram came from, so a device may change its address while the stream goes on.
 *
 * @module
 */
import {
  type ReceiverPathFigures,
  RistReceiver,
  TURN,
} from "../../../media/links/rist/receiver.ts";
import { type Clock, every } from "../../../protocol/clock.ts";
import type { Address, DatagramSocket } from "../../../protocol/datagram/ports.ts";
import { openUdp } from "../../../protocol/datagram/udp.ts";
import { errorText } from "../../../protocol/error_text.ts";
import type { Random } from "../../../protocol/random.ts";
import type { FieldReceiver, ReceiverFigures } from "../srt/ports.ts";

/** Most ports that are tried for one path. */
const ATTEMPTS = 20;

/** Where a stream is received, and its settings. */
export interface RistReceiverOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds since 1970, with fractions, at time 0 of `clock`: devices are told the time by it. */
  readonly epochOrigin: number;
  /** IP address to listen at. */
  readonly address: string;
  /** The leased port of each path; another of `range` is bound where one is taken. */
  readonly ports: readonly number[];
  readonly range: readonly [number, number];
  readonly latency: number;
  readonly passphrase: string;
  readonly listener: {
    /** The bound ports, in the order of the paths; reported once. */
    bound(ports: number[]): void;
    connected(): void;
    bytes(bytes: Uint8Array): void;
    disconnected(): void;
    failed(error: string): void;
  };
}

/** Receives until the process ends. */
export function receiveRist(options: RistReceiverOptions): FieldReceiver {
  const { clock, random, epochOrigin, latency, passphrase, listener } = options;
  const sockets: DatagramSocket[] = [];
  const senders: (Address | undefined)[] = [];
  const core = new RistReceiver({
    ...{ paths: options.ports.length, secret: passphrase, latency, random, now: clock.now() },
    epochOrigin,
    emit(index, datagram) {
      const sender = senders[index];
      if (sender) sockets[index]?.send(datagram, sender);
    },
    listener: {
      connected: () => listener.connected(),
      packet: (payload) => listener.bytes(payload),
      disconnected: () => listener.disconnected(),
    },
  });
  const rates = new PathRates(clock);
  void run();

  async function run(): Promise<void> {
    for (const [index, leased] of options.ports.entries()) {
      const socket = await bind(index, leased);
      if (typeof socket === "string") {
        return listener.failed(`Cannot listen for a field stream: ${socket}`);
      }
      sockets.push(socket);
    }
    listener.bound(sockets.map(({ port }) => port));
    every(clock, TURN, () => core.turn(clock.now()));
  }

  async function bind(index: number, leased: number): Promise<DatagramSocket | string> {
    const [first, last] = options.range;
    const even = Array.from({ length: (last - first >> 1) + 1 }, (_, step) => first + step * 2)
      .filter((port) => !options.ports.includes(port));
    let fault = "there is no port to try";
    for (const port of [leased, ...even].slice(0, ATTEMPTS)) {
      const socket = await openUdp({
        host: options.address,
        port,
        received(datagram, from) {
          if (!core.receive(index, datagram, clock.now())) return;
          senders[index] = from;
        },
      }).catch(errorText);
      if (typeof socket !== "string") return socket;
      fault = socket;
    }
    return fault;
  }

  return {
    get figures(): ReceiverFigures | undefined {
      if (!core.isConnected) return undefined;
      const { delivered, recovered, lost, late } = core.counts;
      const paths = core.figures;
      const rtts = paths.flatMap(({ rtt }) => rtt === undefined ? [] : [rtt]);
      return {
        ...(rtts.length > 0 && { rtt: Math.min(...rtts) }),
        ...{ delivered, recovered, lost, late },
        paths: rates.take(paths, sockets.map(({ port }) => port)),
      };
    },
    requestKeyframe: () => core.requestKeyframe(),
  };
}

/** The bitrate of each path between two looks. */
class PathRates {
  readonly #clock: Clock;
  #at: number;
  #bytes: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.now();
  }

  take(paths: readonly ReceiverPathFigures[], ports: readonly number[]) {
    const now = this.#clock.now();
    const seconds = Math.max(0.001, (now - this.#at) / 1000);
    const before = this.#bytes;
    this.#at = now;
    this.#bytes = paths.map(({ bytes }) => bytes);
    return ports.map((port, index) => {
      const { bytes = 0, lossRate, rtt } = paths[index] ?? {};
      const bitrate = (bytes - (before[index] ?? 0)) * 8 / seconds;
      return { port, bitrate, lossRate, rtt };
    });
  }
}
