/**
 * A link over one SRT path, opened as the caller. It is the system's libsrt by FFI, which measures the path and ties it
 * to a network interface; where that library is not installed, it is FFmpeg's.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { readHostPort } from "../../protocol/addresses/authority.ts";
import { passphraseFault } from "../../protocol/addresses/destination.ts";
import { type Clock, every, sleep } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import { socketAddress } from "../socket_address.ts";
import { createFfmpegSrtOpener } from "./ffmpeg_srt_link.ts";
import { isKeyframeRequest } from "./keyframe_request.ts";
import { type Libsrt, libsrtFault, openLibsrt, OPTION, REJECTED } from "./libsrt.ts";
import { LossWindow } from "./loss_window.ts";
import type { LinkFigures, LinkOptions, OpenLink, SendingLink } from "./ports.ts";
import { ClockComparison, type ReceiverClock } from "./receiver_clock.ts";
import { decodeReceiverTime } from "./receiver_time.ts";
import { SRT_PAYLOAD } from "./srt_url.ts";

/** How long one attempt to reach the other side may take, in milliseconds. */
const CONNECT_LIMIT = 3_000;
/** Round trips of connecting. */
const CONNECT_TRIPS = 2;
/** How often it is looked for requests of the receiver, in milliseconds, and the longest one in bytes. */
const REQUEST_TURN = 10;
const REQUEST_SIZE = 1_500;
/** How long a full buffer is left before the next attempt, in milliseconds. */
const FULL_WAIT = 5;

/** Makes the function that opens SRT links. `missing` gets a sentence when the system has no libsrt. */
export function createSrtOpener(
  { clock, missing, usedInterface, load = openLibsrt }: {
    readonly clock: Clock;
    readonly missing: (sentence: string) => void;
    /** The network interface of the default route. */
    readonly usedInterface?: string | undefined;
    readonly load?: () => Libsrt;
  },
): OpenLink {
  let library: Libsrt;
  try {
    library = load();
  } catch (error) {
    missing(`The round trip and loss of the link are not measured, because ${libsrtFault(error)}`);
    return createFfmpegSrtOpener(usedInterface);
  }
  return (options) => openSrt(library, clock, options);
}

async function openSrt(
  library: Libsrt,
  clock: Clock,
  { url, passphrase, streamId, latency, interface: wanted, keyframeWanted }: LinkOptions,
): Promise<SendingLink | { readonly error: string }> {
  const place = readHostPort(/^srt:\/\/(.+?)\/?$/.exec(url)?.[1] ?? "");
  if (place?.port === undefined) {
    return { error: `Cannot use "${url}": it must be srt://host:port` };
  }
  const fault = passphrase === undefined ? undefined : passphraseFault(passphrase);
  if (fault) return { error: `Cannot open a link to ${url}: ${fault}` };
  const resolved = await lookup(place.host).catch(errorText);
  if (typeof resolved === "string") return { error: `Cannot find ${place.host}: ${resolved}` };
  const address = socketAddress({ address: resolved.address, port: place.port });
  if (!address) return { error: `Cannot send to ${resolved.address}: it is no address` };
  const socket = library.createSocket();
  const wishes: readonly (readonly [option: number, value: number | string | undefined])[] = [
    [OPTION.sendWaits, 0],
    // What the receiver sends back is read at once.
    [OPTION.receiveLatency, 0],
    [OPTION.peerLatency, Math.round(latency)],
    [OPTION.connectTimeout, CONNECT_LIMIT],
    [OPTION.passphrase, passphrase],
    [OPTION.streamId, streamId],
    [OPTION.bindToDevice, wanted],
  ];
  const refused = wishes.find(([option, value]) =>
    value !== undefined && !library.setOption(socket, option, value)
  );
  const began = clock.now();
  const result = refused ? -1 : await library.connect(socket, address);
  if (result === 0) {
    // Set before, it would make connecting return before there is a connection.
    library.setOption(socket, OPTION.receiveWaits, 0);
    const firstRtt = (clock.now() - began) / CONNECT_TRIPS;
    return new SrtLink({ library, clock, url, socket, firstRtt, keyframeWanted });
  }
  library.close(socket);
  if (refused && refused[1] === wanted) {
    return { error: `Cannot send over ${wanted}: the system does not tie a link to it` };
  }
  if (refused) return { error: `Cannot open a link to ${url}: SRT refuses option ${refused[0]}` };
  if (result === REJECTED.badSecret || result === REJECTED.unsecure) {
    return { error: `Cannot open a link to ${url}: the receiver has another passphrase` };
  }
  const over = wanted === undefined ? "" : ` over ${wanted}`;
  if (clock.now() - began < CONNECT_LIMIT / 2) {
    return { error: `Cannot send to ${url}${over}: the system refuses it, or has no route` };
  }
  return { error: `Cannot reach ${url}${over}: no answer within ${CONNECT_LIMIT / 1000} s` };
}

class SrtLink implements SendingLink {
  readonly #library: Libsrt;
  readonly #clock: Clock;
  readonly #url: string;
  readonly #socket: number;
  readonly #losses = new LossWindow();
  readonly #comparison = new ClockComparison();
  readonly #listening: Disposable;
  /** While the path was empty, in milliseconds: libsrt measures it when the stream may have filled it. */
  readonly #firstRtt: number;
  readonly broken: Promise<string>;
  #figures: LinkFigures = { sentBytes: 0, paths: [{ sentBytes: 0 }] };
  #closed = false;

  constructor(
    { library, clock, url, socket, firstRtt, keyframeWanted = () => {} }: {
      readonly library: Libsrt;
      readonly clock: Clock;
      readonly url: string;
      readonly socket: number;
      readonly firstRtt: number;
      readonly keyframeWanted?: (() => void) | undefined;
    },
  ) {
    this.#library = library;
    this.#clock = clock;
    this.#url = url;
    this.#socket = socket;
    this.#firstRtt = firstRtt;
    const message = new Uint8Array(new ArrayBuffer(REQUEST_SIZE));
    const { promise, resolve } = Promise.withResolvers<string>();
    this.broken = promise;
    let looked = clock.now();
    this.#listening = every(clock, REQUEST_TURN, () => {
      const after = looked;
      looked = clock.now();
      let length = library.receive(socket, message);
      for (; length > 0; length = library.receive(socket, message)) {
        const received = message.subarray(0, length);
        if (isKeyframeRequest(received)) keyframeWanted();
        this.#compare(decodeReceiverTime(received), after);
      }
      if (length === 0) return;
      this.#listening[Symbol.dispose]();
      resolve(this.#breakage);
    });
    this.#losses.add({ at: clock.now(), sent: 0, lost: 0 });
  }

  get figures(): LinkFigures {
    const found = this.#closed ? undefined : this.#library.figures(this.#socket);
    if (!found) return this.#figures;
    const { sent, lost, sentBytes, rtt = this.#firstRtt, capacity, waitingMs } = found;
    const lossRate = this.#losses.add({ at: this.#clock.now(), sent, lost });
    const path = { sentBytes, rtt, capacity, ...(lossRate !== undefined && { lossRate }) };
    this.#figures = { sentBytes, waitingMs, rtt, paths: [path] };
    return this.#figures;
  }

  get receiverClock(): ReceiverClock {
    return this.#comparison.clock;
  }

  async send(packets: Uint8Array): Promise<{ readonly error?: string }> {
    for (let at = 0; at < packets.length; at += SRT_PAYLOAD) {
      const message = new Uint8Array(packets.subarray(at, at + SRT_PAYLOAD));
      while (true) {
        if (this.#closed) return { error: `Cannot send to ${this.#url}: the link is closed` };
        const result = this.#library.send(this.#socket, message);
        if (result === "broken") return { error: this.#breakage };
        if (result === "sent") break;
        await sleep(this.#clock, FULL_WAIT);
      }
    }
    return {};
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening[Symbol.dispose]();
    this.#library.close(this.#socket);
  }

  /** The receiver's time `theirs` came since `after`. */
  #compare(theirs: number | undefined, after: number): void {
    if (theirs === undefined) return;
    const { rtt = this.#firstRtt } = this.#library.figures(this.#socket) ?? {};
    this.#comparison.reported({ theirs, after, received: this.#clock.now(), rtt });
  }

  get #breakage(): string {
    return `The link to ${this.#url} broke`;
  }
}
