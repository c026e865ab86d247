/**
 * What the people in a room share beside its pictures: who is there, what was decided and written, the document that
 * says so to every page, and the commands that change it.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { Log } from "../../../protocol/log.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import { roleAllows } from "../../../protocol/pass.ts";
import type { SessionPass } from "../../../protocol/signed_pass.ts";
import type { RefusalPayload } from "../../../protocol/envelope.ts";
import { type Circumstances, whyNot } from "../../../protocol/room_commands/rights.ts";
import type { Verb } from "../../../protocol/room_commands/verbs.ts";
import type { MemoryTrouble, Unsaved } from "../../../protocol/room_state/components.ts";
import type { Intent } from "../../../protocol/room_state/wire.ts";
import type { Rank } from "../admission/admission.ts";
import type { Audience } from "../audience.ts";
import type { ViewerMessage } from "../ports.ts";
import type { TakenOver } from "../ipc.ts";
import { notOpen, type State } from "../room_state.ts";
import type { SeatKeeper } from "../seats/ports.ts";
import { buildEntities, steadyPing } from "./build.ts";
import { type CommandActions, Commands } from "../commands/commands.ts";
import { refuseBy } from "../commands/refusals.ts";
import { People } from "./people.ts";
import { RoomDocument } from "./room_document.ts";
import { RoomAssets } from "../assets/room_assets.ts";
import { type EncodeScreenshot, Screenshots } from "../assets/screenshots.ts";
import { Rewinds } from "../rewind/rewinds.ts";
import { Rumbles } from "../rumble/rumbles.ts";
import { Tracks } from "../tracks/tracks.ts";
import { SharedState } from "./shared_state.ts";

/** How soon after its first intent a page announces its person, or its connection is closed; in milliseconds. */
export const ANNOUNCE_LIMIT = 10_000;

/** How long seats are kept for sessions that come from another worker, in milliseconds. */
const SEATS_KEPT = 30_000;

/** The room as those in it share it. */
export interface SharedPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly encodeScreenshot: EncodeScreenshot;
  /** What runs. */
  state(): State;
  players(): SeatKeeper;
  readonly audience: Pick<Audience, "linkOf" | "pass" | "waiting" | "drop">;
  readonly actions: Omit<CommandActions, "announced">;
  /** Whether a live picture is shown. */
  isLive(): boolean;
  /** Since when the room's state is not kept, and why. */
  unsaved(): Unsaved | undefined;
  /** Why its cartridge's memory may not be the newest. */
  memoryTrouble?(): MemoryTrouble | undefined;
}

/** Keeps what the people in one room share. Disposing stops sending it. */
export class SharedRoom implements Disposable {
  readonly people = new People();
  readonly #ports: SharedPorts;
  readonly #document: RoomDocument;
  readonly #commands: Commands;
  readonly #tracks: Tracks;
  readonly #assets: RoomAssets;
  readonly #screenshots: Screenshots;
  readonly #rewinds: Rewinds;
  /** The motors of those who play. */
  readonly rumbles: Rumbles;
  readonly #state = new SharedState();
  /** The seats that are kept for each session, its first one first. */
  readonly #keptSeats = new Map<SessionId, readonly number[]>();
  /** As it was measured last. */
  #memoryTrouble: MemoryTrouble | undefined;
  /** The limits of those who have not announced themselves. */
  readonly #limits = new Map<SessionId, Disposable>();

  constructor(ports: SharedPorts) {
    this.#ports = ports;
    this.#document = new RoomDocument({
      clock: ports.clock,
      entities: () => this.#entities(),
      unsent: (session) => ports.audience.waiting(session, "state"),
      send: (session, bytes) => ports.audience.pass(session, "state", bytes),
    });
    this.#tracks = new Tracks({
      clock: ports.clock,
      waiting: (session) => ports.audience.waiting(session, "media"),
      send: (session, bytes) => ports.audience.pass(session, "media", bytes),
      maySend: (session) => this.whyNot("track.allocate", session) === undefined,
      comesFirst: (session) => ports.players().seatOf(session) !== undefined,
      changed: () => this.changed(),
    });
    this.#assets = new RoomAssets({
      clock: ports.clock,
      waiting: (session) => ports.audience.waiting(session, "assets"),
      send: (session, bytes) => ports.audience.pass(session, "assets", bytes),
    });
    this.#screenshots = new Screenshots(ports.clock, ports.encodeScreenshot);
    this.rumbles = new Rumbles({
      clock: ports.clock,
      isRunning: () => {
        const state = ports.state();
        return state.state === "open" && state.playback.isRunning;
      },
      holderOf: (seat) => ports.players().seats[seat],
      send: (session, bytes) => ports.audience.pass(session, "state", bytes),
    });
    this.#rewinds = new Rewinds({
      clock: ports.clock,
      rewound: (by, seconds) => this.#commands.publish("room.rewound", { by, seconds }),
      undone: (by) => this.#commands.publish("room.rewind_undone", { by }),
    });
    this.#commands = new Commands({
      clock: ports.clock,
      people: this.people,
      shared: this.#state,
      tracks: this.#tracks,
      assets: this.#assets,
      rewinds: this.#rewinds,
      screenshot: (session) => this.#screenshot(session),
      actions: { ...ports.actions, announced: (session) => this.#endLimit(session) },
      players: () => ports.players(),
      circumstances: (session, about) => this.#circumstances(session, about),
      unsent: (session) => ports.audience.waiting(session, "commands"),
      send: (session, bytes) => ports.audience.pass(session, "commands", bytes),
    });
  }

  /** Why a session may not do this on any way; `undefined`: it may. */
  whyNot(verb: Verb, session: SessionId, about: Partial<Circumstances> = {}) {
    const code = whyNot(verb, this.#circumstances(session, { announced: true, ...about }));
    return code && refuseBy(code, { ...(about.seat !== undefined && { seat: about.seat }) });
  }

  /** What a session is when it asks for a connection: a seat that is kept for it counts as one that it holds. */
  rankOf(session: SessionId): Rank {
    const role = this.people.passOf(session)?.role;
    const isHeld = this.#ports.players().seatOf(session) !== undefined;
    if (isHeld || this.#keptSeats.has(session)) return "seated";
    if (role === "host") return "host";
    return roleAllows(role, "play") ? "player" : "watcher";
  }

  /** Keeps seats for sessions that come from another worker, for {@linkcode SEATS_KEPT}. */
  keepSeats(seats: TakenOver["seats"]): void {
    for (const { session_id, seat, further } of seats) {
      const kept = this.#keptSeats.get(session_id) ?? [];
      this.#keptSeats.set(session_id, further ? [...kept, seat] : [seat, ...kept]);
    }
    this.#ports.clock.after(SEATS_KEPT, () => this.#keptSeats.clear());
  }

  /** Gives a session that enters a seat, if one is for it, and the further ones that were kept for it. */
  claimSeat(session: SessionId): void {
    const players = this.#ports.players();
    const [first, ...further] = this.#keptSeats.get(session) ?? [];
    this.#keptSeats.delete(session);
    if (first !== undefined && !players.change(session, first)) {
      for (const seat of further) players.add(session, { seat, locked: new Set() });
      return;
    }
    const isHost = this.people.of(session)?.role === "host";
    const closed = [...isHost ? [] : this.#state.locked, ...[...this.#keptSeats.values()].flat()];
    players.claim(session, new Set(closed));
  }

  /** Applies what a session may do in the room; a preview is not among the people. */
  admit(pass: SessionPass): void {
    this.people.admit(pass);
    this.changed();
  }

  /** A session comes into the room; false: its person was sent out of it. */
  enter(session: SessionId): boolean {
    const mayEnter = this.people.enter(session);
    this.changed();
    return mayEnter;
  }

  /** The media connection of a session is there, or it ended. */
  mediaChanged(session: SessionId, connected: boolean): void {
    if (connected) return this.changed();
    this.#endLimit(session);
    this.#document.leave(session);
    this.#tracks.leave(session);
    this.#assets.leave(session);
    this.people.change(session, { ping: undefined, quality: undefined });
    this.changed();
  }

  /** A session has left the room. */
  leave(session: SessionId): void {
    this.#endLimit(session);
    this.#commands.leave(session);
    this.#tracks.leave(session);
    this.#assets.leave(session);
    this.#document.leave(session);
    this.people.leave(session);
    this.changed();
  }

  /** Something that is shared may be different. */
  changed(): void {
    this.#document.changed();
  }

  /** Takes a message of a viewer. */
  receive(session: SessionId, message: ViewerMessage): void {
    if (message.type === "Intent") this.#intent(session, message.intent);
    else if (message.type === "TrackPacket") this.#tracks.receive(session, message.packet);
    else if (message.type === "AssetMessage") this.#assets.receive(session, message.bytes);
    else if (message.type === "RoomCommand") {
      this.#commands.receive(session, message.command);
    } else this.#ports.players().receive(session, message);
  }

  /** Takes the measurements of everybody's link, and what is known of the memory. Call it once a second. */
  measure(): void {
    const memory = this.#ports.memoryTrouble?.();
    let isDifferent = memory !== this.#memoryTrouble;
    this.#memoryTrouble = memory;
    for (const [session, { ping }] of [...this.people.all]) {
      const link = this.#ports.audience.linkOf(session);
      if (!link) continue;
      const change = {
        quality: link.quality,
        ...(link.ping !== undefined && { ping: steadyPing(ping, link.ping) }),
      };
      if (this.people.change(session, change)) isDifferent = true;
    }
    if (isDifferent) this.changed();
  }

  [Symbol.dispose](): void {
    for (const session of [...this.#limits.keys()]) this.#endLimit(session);
    const { passed, dropped } = this.#tracks;
    const isAny = Object.values(dropped).some((count) => count > 0);
    if (isAny) this.#ports.log.warn("packets of tracks dropped", { passed, ...dropped });
    this.#tracks[Symbol.dispose]();
    this.#assets[Symbol.dispose]();
    this.#rewinds[Symbol.dispose]();
    this.rumbles[Symbol.dispose]();
    this.#document[Symbol.dispose]();
  }

  #intent(session: SessionId, { timestamp, acknowledged, control, further = [] }: Intent): void {
    const players = this.#ports.players();
    if (control) players.receive(session, { type: "Control", timestamp, payload: control });
    for (const { seat, pad } of further) {
      players.receive(session, { type: "Control", timestamp, payload: pad }, seat);
    }
    const person = this.people.of(session);
    if (!person) return;
    if (!person.announced) this.#beginLimit(session);
    this.#document.acknowledged(session, acknowledged);
  }

  async #screenshot(session: SessionId): Promise<RefusalPayload | Record<string, never>> {
    const state = this.#ports.state();
    if (state.state !== "open") return notOpen();
    const taken = await this.#screenshots.take(state.playback);
    if ("error" in taken) return taken;
    // A person who has left meanwhile has no channel any more.
    if (this.people.of(session)) await this.#assets.deliver(session, taken);
    return {};
  }

  #beginLimit(session: SessionId): void {
    if (this.#limits.has(session)) return;
    const limit = this.#ports.clock.after(ANNOUNCE_LIMIT, () => {
      this.#ports.audience.drop(session, "The page did not announce itself to the room in time");
    });
    this.#limits.set(session, limit);
  }

  #endLimit(session: SessionId): void {
    this.#limits.get(session)?.[Symbol.dispose]();
    this.#limits.delete(session);
  }

  #circumstances(session: SessionId, about: Partial<Circumstances> = {}): Circumstances {
    const person = this.people.of(session);
    const { seat } = about;
    return {
      announced: person?.announced ?? false,
      role: person?.role ?? "watcher",
      ownSeats: this.#ports.players().seatsOf(session),
      locked: seat !== undefined && this.#state.locked.has(seat),
      watchersChat: this.#state.options.watchers_chat,
      live: this.#ports.isLive(),
      ...about,
    };
  }

  #entities() {
    const state = this.#ports.state();
    if (state.state !== "open") return undefined;
    return buildEntities({
      app: state.app,
      paused: state.playback.pausedByPlayer,
      rewind: this.#ports.isLive() ? undefined : state.playback.rewindStatus,
      began: state.openedAt,
      coreOptions: state.playback.info?.options,
      players: this.#ports.players(),
      unsaved: this.#ports.unsaved(),
      memory: this.#ports.memoryTrouble?.(),
      options: this.#state.options,
      locked: this.#state.locked,
      people: this.people,
      chat: this.#state.chat.lines,
      isConnected: (session) => this.#ports.audience.linkOf(session) !== undefined,
      voiceOf: (session) => this.#tracks.voiceOf(session),
    });
  }
}
