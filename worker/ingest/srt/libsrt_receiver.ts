/**
 * Receives SRT by the system's libsrt. It listens all the time: a caller that connects takes the place of the one
 * before, because a device that lost its link calls again before the old connection has timed out.
 *
 * @module
 */
import { KEYFRAME_REQUEST } from "../../../media/links/keyframe_request.ts";
import { type Libsrt, OPTION } from "../../../media/links/libsrt.ts";
import { encodeReceiverTime, RECEIVER_TIME_PERIOD } from "../../../media/links/receiver_time.ts";
import { socketAddress } from "../../../media/socket_address.ts";
import { every } from "../../../protocol/clock.ts";
import { isUdpPortFree } from "../udp_ports.ts";
import type { FieldReceiver, ReceiverFigures, ReceiverOptions } from "./ports.ts";

/** Longest SRT message, in bytes. */
const MAX_MESSAGE = 1_500;
/** How long a wait for messages lasts at most, in milliseconds; then it is seen whether another caller came. */
const WAIT = 500;
/** Most messages that are read before other work of the thread has its turn. */
const AT_ONCE = 64;
const NO_COUNTS: ReceiverFigures = { recovered: 0, late: 0 };

/** Receives until the process ends. */
export function receiveByLibsrt(
  options: ReceiverOptions,
  library: Libsrt,
  isFree: (address: string, port: number) => Promise<boolean> = isUdpPortFree,
): FieldReceiver {
  const { listener, clock, instant } = options;
  let caller: number | undefined;
  /** The counts of all callers as they were read last, and of those before this one. */
  let newest = NO_COUNTS;
  let earlier = NO_COUNTS;

  function figures(): ReceiverFigures | undefined {
    const now = caller === undefined ? undefined : library.figures(caller);
    if (!now) return undefined;
    newest = {
      ...(now.rtt !== undefined && { rtt: now.rtt }),
      recovered: earlier.recovered + now.recovered,
      late: earlier.late + now.late,
    };
    return newest;
  }

  async function run(): Promise<void> {
    const bound = await bind(options, library, isFree);
    if (typeof bound === "string") {
      return listener.failed(`Cannot listen for a field stream: ${bound}`);
    }
    listener.bound(bound.port);
    while (true) {
      const accepted = await library.accept(bound.socket);
      if (accepted < 0) break;
      if (caller !== undefined) leave(caller);
      caller = accepted;
      listener.connected();
      void read(accepted);
    }
    listener.failed(`Cannot listen on port ${bound.port} any more: SRT refuses it`);
  }

  async function read(socket: number): Promise<void> {
    library.setOption(socket, OPTION.receiveWaits, 0);
    library.setOption(socket, OPTION.sendWaits, 0);
    const message = new Uint8Array(new ArrayBuffer(MAX_MESSAGE));
    while (caller === socket) {
      await library.readable(socket, WAIT);
      for (let count = 0; count < AT_ONCE && caller === socket; count++) {
        const length = library.receive(socket, message);
        if (length === 0) break;
        if (length > 0) listener.bytes(message.subarray(0, length));
        else leave(socket);
      }
    }
    library.close(socket);
  }

  function leave(socket: number): void {
    // A socket that broke has no figures any more.
    earlier = figures() ?? newest;
    if (caller === socket) caller = undefined;
    listener.disconnected();
  }

  every(clock, RECEIVER_TIME_PERIOD, () => {
    if (caller !== undefined) library.send(caller, encodeReceiverTime(instant()));
  });
  void run();
  return {
    get figures() {
      return figures();
    },
    requestKeyframe() {
      if (caller !== undefined) library.send(caller, KEYFRAME_REQUEST);
    },
  };
}

async function bind(
  { address, ports, latency, passphrase }: ReceiverOptions,
  library: Libsrt,
  isFree: (address: string, port: number) => Promise<boolean>,
): Promise<{ readonly socket: number; readonly port: number } | string> {
  const faults: string[] = [];
  for (const port of ports) {
    const place = socketAddress({ address, port });
    if (!place) return `${address} is no address`;
    if (!await isFree(address, port)) {
      faults.push(`port ${port}: another socket has it`);
      continue;
    }
    const socket = library.createSocket();
    const wishes: readonly (readonly [number, number | string | undefined])[] = [
      [OPTION.receiveLatency, Math.round(latency)],
      [OPTION.peerLatency, 0],
      [OPTION.passphrase, passphrase],
      // Bound to every IPv6 address, a listener takes IPv4 callers too; libsrt requires the choice.
      [OPTION.ipv6Only, address === "::" ? 0 : undefined],
    ];
    const isReady = wishes.every(([option, value]) =>
      value === undefined || library.setOption(socket, option, value)
    );
    if (isReady && library.listen(socket, place)) return { socket, port };
    library.close(socket);
    faults.push(`port ${port}: SRT cannot bind it`);
  }
  return faults[0] ?? "there is no port to try";
}
