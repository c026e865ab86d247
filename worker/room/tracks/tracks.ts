/**
 * The tracks of a room: who sends what to whom on the channel `media`. The owner's packets go to those who subscribed,
 * within the limits of their kind; all others are dropped and counted.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { type Bucket, createBucket } from "../../../protocol/connection/bucket.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import {
  encodeTrackPacket,
  TRACK_LIMITS,
  type TrackId,
  type TrackKind,
  type TrackPacket,
} from "../../../protocol/room_media/tracks.ts";
import { Outlet } from "./outlet.ts";

/** Most tracks of a room that are heard at once; packets of further ones are dropped. */
export const MOST_TALKING = 8;
/**
 * Most subscribers of all the tracks that are sent at once, each counted once for each track. One track is passed on to
 * however many: a room that passes on 2,400 packets a second has still time for its pictures.
 */
export const MOST_RECEIVERS = 48;
/** A track whose owner sends nothing for this long is silent, in milliseconds. */
export const TALK_SILENCE = 300;

/** Why packets were dropped. */
export interface DroppedPackets {
  /** What is no packet of a track. */
  malformed: number;
  /** Those of a track that is not the sender's, or is none. */
  foreign: number;
  /** Those of a person who may not send any more. */
  forbidden: number;
  too_large: number;
  /** Those beyond the rate of their kind. */
  rate: number;
  /** Those of a track beyond {@linkcode MOST_TALKING} or {@linkcode MOST_RECEIVERS}. */
  crowded: number;
  /** Those that a subscriber's link did not take in time. */
  link: number;
}

/** A track as those in the room see it. */
export interface TrackView {
  readonly track: TrackId;
  readonly talking: boolean;
}

/** The dependencies of tracks. */
export interface TrackPorts {
  readonly clock: Clock;
  /** Bytes that wait in the channel `media` of a session's viewer. */
  waiting(session: SessionId): number;
  /** Sends bytes on that channel; false: it is full or not open. */
  send(session: SessionId, bytes: Uint8Array<ArrayBuffer>): boolean;
  /** Whether a person may send on its tracks at this moment. */
  maySend(session: SessionId): boolean;
  /** Whether a person is heard before others where not all can be: it holds a seat. */
  comesFirst(session: SessionId): boolean;
  /** Who has a track, or talks, is different. */
  changed(): void;
}

interface Track {
  readonly id: TrackId;
  readonly kind: TrackKind;
  readonly owner: SessionId;
  readonly rate: Bucket;
  readonly subscribers: Set<SessionId>;
  /** When its owner last sent; `undefined` while it is silent. */
  receivedAt: Millis | undefined;
}

/** The tracks of one room. Disposing drops what waits. */
export class Tracks implements Disposable {
  readonly dropped: DroppedPackets = {
    malformed: 0,
    foreign: 0,
    forbidden: 0,
    too_large: 0,
    rate: 0,
    crowded: 0,
    link: 0,
  };
  /** Packets that were passed on, each once for each subscriber. */
  passed = 0;
  readonly #ports: TrackPorts;
  readonly #tracks = new Map<TrackId, Track>();
  readonly #outlets = new Map<SessionId, Outlet>();
  #count = 0;
  #silence: Disposable | undefined;

  constructor(ports: TrackPorts) {
    this.#ports = ports;
  }

  /** The track of a session for this kind: the one that it has, or a new one. */
  allocate(session: SessionId, kind: TrackKind): TrackId {
    const known = this.#ownOf(session, kind);
    if (known) return known.id;
    const { clock } = this.#ports;
    const id = ++this.#count;
    this.#tracks.set(id, {
      id,
      kind,
      owner: session,
      rate: createBucket(clock, TRACK_LIMITS[kind]),
      subscribers: new Set(),
      receivedAt: undefined,
    });
    this.#ports.changed();
    return id;
  }

  /** Ends a track, if it is there. */
  release(track: TrackId): void {
    if (this.#tracks.delete(track)) this.#ports.changed();
  }

  /** Whether a track is that of a session. */
  owns(session: SessionId, track: TrackId): boolean {
    return this.#tracks.get(track)?.owner === session;
  }

  /** Sends a session the packets of a track from now on; false: there is none. */
  subscribe(session: SessionId, track: TrackId): boolean {
    return this.#tracks.get(track)?.subscribers.add(session) !== undefined;
  }

  /** Sends a session no more packets of a track. */
  unsubscribe(session: SessionId, track: TrackId): void {
    this.#tracks.get(track)?.subscribers.delete(session);
  }

  /** The voice of a session; `undefined`: it has none. */
  voiceOf(session: SessionId): TrackView | undefined {
    const track = this.#ownOf(session, "voice");
    return track && { track: track.id, talking: track.receivedAt !== undefined };
  }

  /** Passes a packet of a session on to the subscribers, or drops it. `packet`: none where it was malformed. */
  receive(session: SessionId, packet: TrackPacket | undefined): void {
    if (!packet) return void this.dropped.malformed++;
    const track = this.#tracks.get(packet.track);
    if (track?.owner !== session) return void this.dropped.foreign++;
    if (!track.rate.take()) return void this.dropped.rate++;
    const { mostBytes } = TRACK_LIMITS[track.kind];
    if (packet.payload.length > mostBytes) return void this.dropped.too_large++;
    if (!this.#ports.maySend(session)) return void this.dropped.forbidden++;
    if (track.receivedAt === undefined && !this.#makesRoomFor(track)) {
      return void this.dropped.crowded++;
    }
    this.#received(track);
    const bytes = encodeTrackPacket(packet);
    for (const subscriber of track.subscribers) {
      if (subscriber === session) continue;
      this.passed++;
      this.#outletOf(subscriber).send(bytes);
    }
  }

  /** The media connection of a session ended: its tracks and subscriptions do too. */
  leave(session: SessionId): void {
    this.#outlets.get(session)?.[Symbol.dispose]();
    this.#outlets.delete(session);
    for (const { id, owner, subscribers } of [...this.#tracks.values()]) {
      if (owner === session) this.release(id);
      else subscribers.delete(session);
    }
  }

  [Symbol.dispose](): void {
    this.#silence?.[Symbol.dispose]();
    for (const outlet of this.#outlets.values()) outlet[Symbol.dispose]();
    this.#outlets.clear();
    this.#tracks.clear();
  }

  get #talking(): Track[] {
    return [...this.#tracks.values()].filter(({ receivedAt }) => receivedAt !== undefined);
  }

  /**
   * Whether a track can be heard. For a person who comes first, those who do not are silenced, the newest track first.
   */
  #makesRoomFor(track: Track): boolean {
    const { comesFirst } = this.#ports;
    const talking = this.#talking;
    const others = comesFirst(track.owner)
      ? talking.filter(({ owner }) => !comesFirst(owner)).reverse()
      : [];
    for (let count = 0; count <= others.length; count++) {
      const silenced = others.slice(0, count);
      if (isCrowdedFor(track, talking.filter((each) => !silenced.includes(each)))) continue;
      for (const each of silenced) each.receivedAt = undefined;
      return true;
    }
    return false;
  }

  #ownOf(session: SessionId, wanted: TrackKind): Track | undefined {
    return [...this.#tracks.values()].find(({ owner, kind }) =>
      owner === session && kind === wanted
    );
  }

  #outletOf(session: SessionId): Outlet {
    const known = this.#outlets.get(session);
    if (known) return known;
    const outlet = new Outlet(this.#ports.clock, {
      waiting: () => this.#ports.waiting(session),
      send: (bytes) => this.#ports.send(session, bytes),
    }, () => void this.dropped.link++);
    this.#outlets.set(session, outlet);
    return outlet;
  }

  #received(track: Track): void {
    const began = track.receivedAt === undefined;
    track.receivedAt = this.#ports.clock.now();
    this.#silence ??= this.#ports.clock.after(TALK_SILENCE, () => this.#lookForSilence());
    if (began) this.#ports.changed();
  }

  #lookForSilence(): void {
    this.#silence = undefined;
    const now = this.#ports.clock.now();
    const talking = this.#talking;
    const silent = talking.filter(({ receivedAt }) => now - receivedAt! >= TALK_SILENCE);
    for (const track of silent) track.receivedAt = undefined;
    if (silent.length > 0) this.#ports.changed();
    if (silent.length === talking.length) return;
    this.#silence = this.#ports.clock.after(TALK_SILENCE / 3, () => this.#lookForSilence());
  }
}

function isCrowdedFor({ subscribers }: Track, talking: readonly Track[]): boolean {
  if (talking.length === 0) return false;
  const receivers = talking.reduce((sum, each) => sum + each.subscribers.size, subscribers.size);
  return talking.length >= MOST_TALKING || receivers > MOST_RECEIVERS;
}
