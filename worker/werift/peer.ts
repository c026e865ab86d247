/**
 * {@linkcode PeerTransport} on werift: the worker offers; the browser answers and is therefore the DTLS client
 * (RFC 8842 §5.3).
 *
 * ```text
 * new ──offer──▶ offered ──accept──▶ answered ──all channels open──▶ connected ◀─┐ restart,
 *  └───────────────┴── 15 s passed, failed, disposed ──┴──▶ closed        └──────┘ accept
 * ```
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import { type ChannelName, CHANNELS } from "../../protocol/control/channels.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Random } from "../../protocol/random.ts";
import { Candidates, checkAnswer } from "./answer.ts";
import { addRemoteCandidate, takeFeedback } from "./answering/remote.ts";
import { filterDtls } from "./dtls_filter.ts";
import { pairRelays, relaysOf, releaseRelays } from "./ice/relays.ts";
import { IceRestart, RESTART_LIMIT } from "./ice/restart.ts";
import { openWire, type WireDependencies } from "./media.ts";
import type {
  CreatePeer,
  PacketizedFrame,
  PeerListener,
  PeerOptions,
  PeerTransport,
} from "../sending/ports.ts";
import { SentPackets } from "../sending/rate/sent_packets.ts";
import { createSender, type Sender } from "../sending/sender.ts";
import { portWindows } from "./port_windows.ts";
import { boundSctp } from "./sctp/bounds.ts";
import { filterSources, SourceFilter } from "./source_filter.ts";
import { takeRtcp } from "./rtcp.ts";
import { type Connection, createConnection, iceCredentials } from "./settings.ts";

/** A peer that is not connected after this long is closed, in milliseconds. */
export const CONNECT_TIMEOUT = 15_000;

/** A worker finds its own addresses at once; without one for this long a peer is closed, in milliseconds. */
export const ADDRESS_LIMIT = 2_000;

type State =
  | { readonly state: "new" | "offered" | "answered" | "closed" }
  | { readonly state: "connected"; readonly sender: Sender; readonly restart?: IceRestart };

/** The clock and the source of chance of every peer of a process, and how its media is sent. */
export interface PeerDependencies extends WireDependencies {
  readonly random: Random;
}

/**
 * Returns a function that makes peers on werift. Each peer looks for free UDP ports from another port of the range on
 * ({@linkcode portWindows}).
 */
export function weriftPeers(dependencies: PeerDependencies): CreatePeer {
  const windows = portWindows(dependencies.random);
  return (options, listener) => {
    const portRange = options.portRange && windows(options.portRange);
    return new WeriftPeer(dependencies, {
      options: portRange ? { ...options, portRange } : options,
      listener,
    });
  };
}

class WeriftPeer implements PeerTransport {
  readonly #dependencies: PeerDependencies;
  readonly #options: PeerOptions;
  readonly #listener: PeerListener;
  readonly #connection: Connection;
  readonly #timers = new DisposableStack();
  #state: State = { state: "new" };
  #codec: VideoCodec | undefined;
  /** The number of local candidates reported. */
  #gathered = 0;
  #candidates = new Candidates();

  constructor(
    dependencies: PeerDependencies,
    { options, listener }: { options: PeerOptions; listener: PeerListener },
  ) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#listener = listener;
    this.#connection = createConnection(options);
    this.#listen();
    this.#timers.use(dependencies.clock.after(CONNECT_TIMEOUT, () => {
      if (this.#state.state === "connected") return;
      this.#end(
        `The media connection was not made within ${CONNECT_TIMEOUT / 1000} s: ` +
          (this.#state.state === "answered"
            ? "this worker received no packet of the browser over UDP"
            : "the browser did not answer the offer"),
      );
    }));
  }

  get codec(): VideoCodec | undefined {
    return this.#codec;
  }

  async offer(): Promise<string> {
    if (this.#state.state !== "new") throw new Error("Cannot offer twice on one peer connection");
    const { pc } = this.#connection;
    const offer = await pc.createOffer();
    if (this.#isClosed()) return offer.sdp;
    this.#state = { state: "offered" };
    this.#expectAddress();
    // Not awaited: gathering may take seconds, and candidates are reported as they are found.
    this.#gather().catch((cause) => this.#end(sentence("gather candidates", cause)));
    return offer.sdp;
  }

  async restart(): Promise<{ readonly sdp: string } | { readonly error: string }> {
    const state = this.#state;
    if (state.state !== "connected") {
      return { error: `Cannot restart the path: the peer connection is ${state.state}` };
    }
    if (state.restart?.isFresh) {
      return { error: "Cannot restart the path: it was restarted a moment ago" };
    }
    state.restart?.[Symbol.dispose]();
    const restart = new IceRestart(this.#connection.pc, this.#dependencies.clock, {
      // What was sent on the old path is lost.
      done: () => this.#listener.keyframeRequested(),
      late: () =>
        this.#end(`No new path to the browser was found within ${RESTART_LIMIT / 1000} s`),
    });
    this.#state = { ...state, restart };
    this.#candidates = new Candidates();
    try {
      return { sdp: await restart.offer() };
    } catch (cause) {
      return { error: sentence("restart the path", cause) };
    }
  }

  async accept(answer: string): Promise<{ readonly error?: string }> {
    if (this.#state.state === "connected" && this.#state.restart?.isOffered) {
      return await this.#acceptRestart(this.#state.restart, answer);
    }
    if (this.#state.state !== "offered") {
      return { error: `Cannot take the answer: the peer connection is ${this.#state.state}` };
    }
    const checked = checkAnswer(answer, this.#candidates);
    if ("error" in checked) return checked;
    this.#state = { state: "answered" };
    try {
      await this.#connection.pc.setRemoteDescription({ type: "answer", sdp: checked.sdp });
    } catch (cause) {
      return { error: sentence("take the answer", cause) };
    }
    const name = this.#connection.video.sender.codec?.name.toLowerCase();
    if (name !== "h264" && name !== "vp8") {
      return { error: "Cannot take the answer: it has no video codec in common with the offer" };
    }
    this.#codec = name;
    return {};
  }

  async addCandidate(
    { candidate }: { readonly candidate: string },
  ): Promise<{ readonly error?: string }> {
    const { state } = this.#state;
    if (state === "new" || state === "closed") {
      return { error: `Cannot add a candidate: the peer connection is ${state}` };
    }
    return await addRemoteCandidate(this.#connection.pc, this.#candidates, candidate);
  }

  sendVideo(frame: PacketizedFrame): void {
    if (this.#state.state !== "connected" || frame.codec !== this.#codec) return;
    // After a dropped frame the viewer needs a keyframe. The room combines the requests of all viewers.
    if (!this.#state.sender.sendVideo(frame)) this.#listener.keyframeRequested();
  }

  sendAudio(packet: EncodedAudio): void {
    if (this.#state.state === "connected") this.#state.sender.sendAudio(packet);
  }

  send(channel: ChannelName, bytes: Uint8Array): boolean {
    const found = this.#connection.channels.get(channel)!;
    if (this.#isClosed() || found.readyState !== "open") return false;
    if (found.bufferedAmount + bytes.length > CHANNELS[channel].buffer) return false;
    found.send(Buffer.from(bytes));
    return true;
  }

  waiting(channel: ChannelName): number {
    return this.#connection.channels.get(channel)!.bufferedAmount;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed()) return;
    if (this.#state.state === "connected") {
      this.#state.sender[Symbol.dispose]();
      this.#state.restart?.[Symbol.dispose]();
    }
    this.#state = { state: "closed" };
    this.#timers.dispose();
    const { pc } = this.#connection;
    // No code waits until the sockets are closed, and a socket that cannot be closed cannot be helped.
    const close = () => void pc.close().catch(() => {});
    if (relaysOf(pc).length === 0) return close();
    void releaseRelays(pc, this.#dependencies.clock).then(close);
  }

  async #acceptRestart(
    restart: IceRestart,
    answer: string,
  ): Promise<{ readonly error?: string }> {
    const checked = checkAnswer(answer, this.#candidates);
    if ("error" in checked) return checked;
    try {
      await restart.accept(checked.sdp);
      return {};
    } catch (cause) {
      return { error: sentence("take the answer", cause) };
    }
  }

  async #gather(): Promise<void> {
    await this.#connection.pc.setLocalDescription();
    this.#endWithoutAddress();
  }

  /** A socket that the system refuses is no end of werift's search for addresses. */
  #expectAddress(): void {
    const { clock } = this.#dependencies;
    this.#timers.use(clock.after(ADDRESS_LIMIT, () => this.#endWithoutAddress()));
  }

  #endWithoutAddress(): void {
    if (this.#gathered > 0) return;
    const { portRange } = this.#options;
    const ports = portRange ? ` between ${portRange[0]} and ${portRange[1]}` : "";
    this.#end(
      `Cannot offer a media connection: no UDP port${ports} is free on this worker, ` +
        "or it has as many files open as it may have",
    );
  }

  #isClosed(): boolean {
    return this.#state.state === "closed";
  }

  #end(reason: string): void {
    if (this.#isClosed()) return;
    this[Symbol.dispose]();
    this.#listener.closed(reason);
  }

  #listen(): void {
    const { pc, video, channels } = this.#connection;
    const sources = new SourceFilter(() => iceCredentials(pc));
    pc.onIceCandidate.subscribe((candidate) => {
      if (this.#isClosed()) return;
      // A candidate names a new socket, which nobody knows before.
      filterSources(pc, sources);
      pairRelays(pc);
      if (candidate?.candidate) this.#gathered++;
      this.#listener.candidate(
        candidate?.candidate
          ? {
            candidate: candidate.candidate,
            sdpMid: candidate.sdpMid ?? undefined,
            sdpMLineIndex: candidate.sdpMLineIndex ?? undefined,
          }
          : undefined,
      );
    });
    pc.connectionStateChange.subscribe((state) => {
      if (state === "failed") {
        this.#end("The media connection failed: packets stopped arriving from the browser");
      }
      if (state === "closed") this.#end("The media connection was closed");
    });
    filterDtls(video.sender.dtlsTransport);
    if (pc.sctpTransport) {
      const exceeded = () => this.#end("The browser sent more than a viewer may");
      boundSctp(pc.sctpTransport, { ...this.#dependencies, exceeded });
    }
    for (const [name, channel] of channels) {
      channel.onMessage.subscribe((data) => {
        if (this.#isClosed()) return;
        this.#listener.message(name, Buffer.from(data));
      });
      channel.stateChanged.subscribe((state) => {
        if (state === "open") this.#connected();
        if (state === "closed") this.#end("The browser closed the media connection");
      });
    }
  }

  /** Connected once all data channels are open: their SCTP association is the last step of connecting. */
  #connected(): void {
    if (this.#state.state !== "answered") return;
    for (const name of Object.keys(CHANNELS) as ChannelName[]) {
      if (this.#connection.channels.get(name)!.readyState !== "open") return;
    }
    const sent = new SentPackets();
    const wire = openWire(this.#connection, { ...this.#dependencies, sent });
    const sender = createSender(wire, {
      ...this.#dependencies,
      sent: (age) => this.#listener.sent(age),
    });
    const { sender: { dtlsTransport, ssrc } } = this.#connection.video;
    takeRtcp(dtlsTransport, (datagram) =>
      takeFeedback(datagram, {
        ...{ sender, sent, listener: this.#listener, videoSsrc: ssrc },
        isOpen: () => !this.#isClosed(),
      }));
    this.#state = { state: "connected", sender };
    this.#listener.connected();
  }
}

function sentence(what: string, cause: unknown): string {
  return `Cannot ${what}: ${errorText(cause)}`;
}
