/**
 * The viewers of a room, at most one for each session: a new connection of a session replaces the one before.
 *
 * @module
 */
import type { EncodedAudio } from "../../media/ports.ts";
import type { ChannelName } from "../../protocol/control/channels.ts";
import type { Millis } from "../../protocol/clock.ts";
import type { Outgoing } from "../../protocol/driving/session.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import { errorText } from "../../protocol/error_text.ts";
import { newPrefixedId, PeerId, type SessionId } from "../../protocol/ids.ts";
import type { SessionPass } from "../../protocol/signed_pass.ts";
import type { Candidate, IceServer } from "../../protocol/legs/webrtc.ts";
import type { AnsweringPeer, CreatePeer, PacketizedFrame } from "../sending/ports.ts";
import { type LayerDemand, type LayeredViewer, Layers } from "../sending/layers/layers.ts";
import { Delivery } from "../sending/layers/delivery.ts";
import { type Layer, type LayerFrame, LAYERS } from "../sending/layers/ports.ts";
import { qualityOf } from "./document/build.ts";
import type {
  AudienceListener,
  AudienceOptions,
  LinkView,
  ServedViewer,
  Watching,
} from "./ports.ts";
import { Admission, BUSY, CONNECTING_FOR, type Crowd } from "./admission/admission.ts";
import { candidateOnWire, Viewer } from "./viewer.ts";

/** How soon a session may be offered another connection while it has one that is not connected, in milliseconds. */
const OFFER_PERIOD = 1_000;

/** While a viewer waits for the other layer, a keyframe of that is requested every so many checks. */
const CHANGING_CHECKS = 4;

interface Member {
  readonly viewer: Viewer;
  readonly since: Millis;
  readonly delivery: Delivery;
}

type Outcome = { readonly error?: string };
type Answered = { readonly peer_id: PeerId; readonly sdp: string } | Refusal;

/** Connects viewers and sends media to them. Disposing closes every connection. */
export class Audience implements Disposable {
  readonly #members = new Map<SessionId, Member>();
  /** The sessions that are previews, each with the layer that it wishes for. */
  readonly #previews = new Map<SessionId, Layer | undefined>();
  readonly #options: AudienceOptions;
  readonly #listener: AudienceListener;
  readonly #layers: Layers;
  readonly #admission: Admission;
  #checks = 0;

  constructor(options: AudienceOptions, listener: AudienceListener) {
    this.#options = options;
    this.#layers = new Layers(options);
    this.#listener = listener;
    this.#admission = new Admission(options.clock, () => this.#crowd);
  }

  /** The number of connected sessions, previews included. */
  get size(): number {
    return this.#connected().length;
  }

  /** The numbers of connected viewers and previews. */
  get watching(): Watching {
    const previews =
      [...this.#previews.keys()].filter((session) => this.isConnected(session)).length;
    return { viewers: this.size - previews, ...(previews > 0 && { previews }) };
  }

  /** Decides which viewer gets which layer, and what each layer is to be encoded for. */
  plan(): Readonly<Record<Layer, LayerDemand>> {
    const viewers = this.#connected().map((member) => this.#layered(member));
    for (const layer of this.#layers.decide(viewers)) this.#listener.keyframeRequested(layer);
    return {
      main: this.#layers.demand("main", viewers),
      small: this.#layers.demand("small", viewers),
    };
  }

  /** The largest share of packets that a viewer loses, 0 … 1. Those that are silent do not count. */
  get loss(): number {
    const present = this.#connected().filter(({ viewer }) => viewer.presence === "present");
    return Math.max(0, ...present.map(({ delivery }) => delivery.bitrate.loss));
  }

  /** Whether a session has a connected viewer. */
  isConnected(session: SessionId): boolean {
    return this.#members.get(session)?.viewer.connected ?? false;
  }

  /** The sessions that have a connection, or are offered one. */
  get sessions(): SessionId[] {
    return [...this.#members.keys()];
  }

  /** Whether this is the connection of a session. */
  holds(session: SessionId, peer: PeerId): boolean {
    return this.#find(session, peer) !== undefined;
  }

  /**
   * Offers a session a new connection; an older one of the same session is closed. A full room offers none. `asked`:
   * the id of the request for a connection in advance.
   */
  connect(session: SessionId, iceServers: readonly IceServer[], asked?: string): void {
    const known = this.#members.get(session);
    const isOpen = known
      ? this.#isRenewable(known)
      : this.#admission.isOpen(this.#options.rankOf(session));
    if (isOpen) return this.#offer(session, iceServers, asked);
    const refuse = (refusal: Refusal) => this.#listener.offerFailed(session, refusal, asked);
    // A connection in advance is no hurry.
    if (known || asked !== undefined) return refuse(BUSY);
    const begin = () => this.#offer(session, iceServers);
    this.#admission.ask({ session, rank: this.#options.rankOf(session), begin, refuse });
  }

  #offer(session: SessionId, iceServers: readonly IceServer[], asked?: string): void {
    const { viewer, peerId } = this.#join(session, iceServers, this.#options.createPeer);
    viewer.offer().then(
      (sdp) => this.#listener.offer(session, { peer_id: peerId, sdp }, asked),
      (error) =>
        this.#listener.offerFailed(session, {
          code: "webrtc.failed",
          message: `Cannot make an offer: ${errorText(error)}`,
        }, asked),
    );
  }

  /** Answers the offer of a session at once or in its turn; an older connection of it is closed. */
  async answer(...asked: [SessionId, readonly IceServer[], offer: string]): Promise<Answered> {
    const [session] = asked;
    const known = this.#members.get(session);
    if (known) return this.#isRenewable(known) ? await this.#answer(...asked) : BUSY;
    const rank = this.#options.rankOf(session);
    return await this.#admission.turn({ session, rank }, () => this.#answer(...asked));
  }

  async #answer(
    session: SessionId,
    iceServers: readonly IceServer[],
    offer: string,
  ): Promise<Answered> {
    const made: AnsweringPeer[] = [];
    const { peerId } = this.#join(session, iceServers, (options, listener) => {
      made.push(this.#options.createAnsweringPeer(options, listener));
      return made[0]!;
    });
    const answered = await made[0]!.answer(offer);
    if ("sdp" in answered) return { peer_id: peerId, sdp: answered.sdp };
    if (this.#find(session, peerId)) this.remove(session);
    return { code: "webrtc.refused", message: answered.error.slice(0, 1000) };
  }

  /** Connects a session over a media socket, in place of the connection that it was offered. */
  attach(session: SessionId, peer: PeerId, open: Parameters<Viewer["attach"]>[0]): void {
    this.#find(session, peer)?.attach(open);
  }

  /** Offers a new path for the connection of a session; `error` is a sentence. */
  restart(session: SessionId, peer: PeerId): ReturnType<Viewer["restart"]> {
    const viewer = this.#find(session, peer);
    return viewer ? viewer.restart() : Promise.resolve(refuseUnknown("restart", peer));
  }

  /** Applies the answer of a session; `error` is a sentence. */
  accept(session: SessionId, answer: { peer_id: PeerId; sdp: string }): Promise<Outcome> {
    const viewer = this.#find(session, answer.peer_id);
    return viewer
      ? viewer.accept(answer.sdp)
      : Promise.resolve(refuseUnknown("answer", answer.peer_id));
  }

  /** Adds a remote candidate of a session; `error` is a sentence. */
  addCandidate(session: SessionId, candidate: Candidate): Promise<Outcome> {
    const viewer = this.#find(session, candidate.peer_id);
    if (!viewer) return Promise.resolve(refuseUnknown("candidate", candidate.peer_id));
    return viewer.addCandidate({
      candidate: candidate.candidate,
      sdpMid: candidate.sdp_mid,
      sdpMLineIndex: candidate.sdp_m_line_index,
    });
  }

  /**
   * Sends a frame to every viewer of its codec and layer whose link is not known to be too narrow for it. Of a silent
   * viewer nothing is known, so it gets what the narrowest link carries.
   */
  sendVideo(frame: LayerFrame): void {
    this.#layers.measure(frame);
    const needs = this.#layers.needs(frame.layer ?? "main", frame.codec);
    let packetized: PacketizedFrame | undefined;
    for (const { viewer, delivery } of this.#members.values()) {
      if (viewer.codec !== frame.codec) continue;
      const decision = delivery.decide(frame, { presence: presenceOf(viewer), needs });
      if (decision.type === "request") this.#listener.keyframeRequested(delivery.path.wanted);
      if (decision.type !== "send") continue;
      const { timestamp } = decision;
      packetized ??= this.#options.packetize(frame);
      viewer.sendVideo(timestamp === frame.timestamp ? packetized : { ...packetized, timestamp });
    }
  }

  /** Sends a sound packet to every viewer. */
  sendAudio(packet: EncodedAudio): void {
    for (const { viewer } of this.#members.values()) {
      if (viewer.presence !== "away") viewer.sendAudio(packet);
    }
  }

  /** Sends figures to every viewer, for the statistics that its page shows. */
  telemetry(readings: (viewer: ServedViewer) => Record<string, unknown>): void {
    for (const { viewer, delivery: { bitrate, path } } of this.#members.values()) {
      const link = bitrate.isNarrow
        ? { target: bitrate.target, carries: bitrate.onWire }
        : undefined;
      const layer = path.current;
      const isForwarded = viewer.codec !== undefined &&
        this.#layers.isForwarded(layer, viewer.codec);
      viewer.telemetry(readings({ layer, isForwarded, link }));
    }
  }

  /** Sends a control message to every viewer, or to that of one session. */
  send(channel: "state" | "commands", message: Outgoing, to?: SessionId): void {
    for (const [session, { viewer }] of this.#members) {
      if (to === undefined || to === session) viewer.send(channel, message);
    }
  }

  /** Sends bytes of a room's own message to the viewer of one session; dropped when the channel is full. */
  pass(session: SessionId, channel: ChannelName, bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.#members.get(session)?.viewer.pass(channel, bytes) ?? false;
  }

  /** Bytes that wait in a channel of a session's viewer. */
  waiting(session: SessionId, channel: ChannelName): number {
    return this.#members.get(session)?.viewer.waiting(channel) ?? 0;
  }

  /** The link of a session's viewer; `undefined` while it is not connected. */
  linkOf(session: SessionId): LinkView | undefined {
    const member = this.#members.get(session);
    if (!member?.viewer.connected) return undefined;
    const { viewer: { ping, presence }, delivery: { bitrate: { loss, isNarrow } } } = member;
    return { ping, quality: qualityOf({ loss, isNarrow, isPresent: presence === "present" }) };
  }

  /** Closes silent viewers, and decides each viewer's bitrate anew. Call it every {@linkcode CHECK_PERIOD}. */
  check(): void {
    for (const { viewer, delivery } of this.#members.values()) {
      viewer.checkSilence();
      if (viewer.presence === "present") delivery.bitrate.decide();
    }
    this.#requestWanted();
    this.#admission.next();
  }

  /** Notes whether a session is a preview, and the layer that the preview wishes for. */
  admit(session: SessionId, { preview, layer }: Pick<SessionPass, "preview" | "layer">): void {
    if (preview) this.#previews.set(session, layer);
    else this.#previews.delete(session);
  }

  /** Closes the connection of a session, which has ended. */
  leave(session: SessionId): void {
    this.#admission.leave(session);
    this.remove(session);
    this.#previews.delete(session);
    this.#admission.next();
  }

  /** Closes the connection of a session, and reports its end; `reason` is a sentence. */
  drop(session: SessionId, reason: string): void {
    if (!this.#members.has(session)) return;
    this.remove(session);
    this.#listener.media(session, { connected: false, reason });
  }

  /** Closes the connection of a session. */
  remove(session: SessionId): void {
    this.#members.get(session)?.viewer[Symbol.dispose]();
    this.#members.delete(session);
  }

  [Symbol.dispose](): void {
    for (const session of [...this.#members.keys()]) this.remove(session);
  }

  /** Makes the viewer of a session, in place of an earlier one. */
  #join(session: SessionId, iceServers: readonly IceServer[], createPeer: CreatePeer) {
    this.remove(session);
    const { clock, random, extraAddresses, onlyExtraAddresses, portRange, limits } = this.#options;
    const peerId = PeerId.parse(newPrefixedId("peer", { clock, random }));
    const delivery = new Delivery(clock, limits);
    const { bitrate, path } = delivery;
    const viewer = new Viewer({
      sessionId: session,
      peerId,
      clock,
      createPeer,
      peer: {
        iceServers,
        extraAddresses,
        ...(onlyExtraAddresses && { onlyExtraAddresses }),
        ...(portRange && { portRange }),
      },
      listener: {
        candidate: (candidate) =>
          this.#listener.candidate(session, { peer_id: peerId, ...candidateOnWire(candidate) }),
        connected: () => {
          this.#listener.media(session, { connected: true });
          this.#admission.next();
        },
        message: (message) => this.#listener.message(session, message),
        keyframeRequested: () => this.#listener.keyframeRequested(path.wanted),
        network: (report) => {
          if (bitrate.reported(report)) this.#listener.bitrateFell();
        },
        returned: () => {
          bitrate.hold();
          this.#listener.returned(path.wanted);
        },
        closed: (reason) => this.#gone(session, peerId, reason),
      },
    });
    this.#members.set(session, { viewer, delivery, since: clock.now() });
    return { viewer, peerId };
  }

  get #crowd(): Crowd {
    const since = this.#options.clock.now() - CONNECTING_FOR;
    const connecting = [...this.#members.values()]
      .filter((member) => !member.viewer.connected && member.since > since);
    return { size: this.#members.size, connecting: connecting.length };
  }

  /** Whether a session that has a connection may be offered another one. */
  #isRenewable({ viewer, since }: Member): boolean {
    return viewer.connected || this.#options.clock.now() - since >= OFFER_PERIOD;
  }

  /** A keyframe may have been dropped on its way: viewers that change their layer request it once more. */
  #requestWanted(): void {
    if (++this.#checks % CHANGING_CHECKS !== 0) return;
    const changing = this.#connected().filter(({ delivery }) => delivery.path.isChanging);
    for (const layer of LAYERS) {
      if (!changing.some(({ delivery }) => delivery.path.wanted === layer)) continue;
      this.#listener.keyframeRequested(layer);
    }
  }

  #layered({ viewer, delivery: { bitrate, path } }: Member): LayeredViewer {
    return {
      id: viewer.peerId,
      codec: viewer.codec!,
      plays: this.#options.plays(viewer.sessionId),
      presence: presenceOf(viewer),
      wantsSmall: this.#previews.get(viewer.sessionId) === "small",
      isNarrow: bitrate.isNarrow,
      target: bitrate.target,
      isChanging: path.isChanging,
      path,
    };
  }

  #connected(): Member[] {
    return [...this.#members.values()].filter(({ viewer }) => viewer.codec !== undefined);
  }

  #find(session: SessionId, peerId: PeerId): Viewer | undefined {
    const viewer = this.#members.get(session)?.viewer;
    return viewer?.peerId === peerId ? viewer : undefined;
  }

  #gone(session: SessionId, peerId: PeerId, reason: string): void {
    if (this.#members.get(session)?.viewer.peerId !== peerId) return;
    this.#members.delete(session);
    this.#listener.media(session, { connected: false, reason });
  }
}

/** One that is gone is removed by the same check, and gets nothing until then. */
function presenceOf({ presence }: Viewer): LayeredViewer["presence"] {
  return presence === "gone" ? "away" : presence;
}

function refuseUnknown(what: string, peerId: string): { readonly error: string } {
  return { error: `Cannot take the ${what}: "${peerId}" is not this session's open connection` };
}
