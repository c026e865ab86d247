/**
 * The requests of people in a room: checks each by its schema and by the table of rights, carries it out and answers.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { type Bucket, createBucket } from "../../../protocol/connection/bucket.ts";
import type { RefusalPayload } from "../../../protocol/envelope.ts";
import { errorText } from "../../../protocol/error_text.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import { pack } from "../../../protocol/msgpack.ts";
import type { RecordAction } from "../../../protocol/recording/recording.ts";
import { roleAllows } from "../../../protocol/pass.ts";
import { type Circumstances, whyNot } from "../../../protocol/room_commands/rights.ts";
import { matches, PEOPLES_TOPICS, type RoomTopic } from "../../../protocol/room_commands/topics.ts";
import { isVerb, ROOM_PROTOCOL, type Verb, VERBS } from "../../../protocol/room_commands/verbs.ts";
import {
  encodeToPage,
  type FromPage,
  MAX_COMMAND_BYTES,
  type Publication,
  type TooLong,
  type ToPage,
} from "../../../protocol/room_commands/wire.ts";
import { EntityId } from "../../../protocol/room_state/document.ts";
import type { People } from "../document/people.ts";
import type { SharedState } from "../document/shared_state.ts";
import { clipOf, type Recorded } from "../../recording/recorded_by.ts";
import type { RoomAssets } from "../assets/room_assets.ts";
import { optionVerbs } from "../options/verbs.ts";
import type { Rewinds } from "../rewind/rewinds.ts";
import type { Tracks } from "../tracks/tracks.ts";
import { load, reset, type Running, save } from "../verbs.ts";
import { saveTransferVerbs } from "./save_transfer.ts";
import { reporting, saveVerbs } from "./save_verbs.ts";
import type { VerbHandlers } from "./ports.ts";
import type { SeatKeeper } from "../seats/ports.ts";
import { refuseBy } from "./refusals.ts";
import { Subscriptions } from "./subscriptions.ts";

/** Requests of one person: most in a second, and at once. */
const RATE = { perSecond: 10, burst: 20 };
/** Lines of chat that one person writes: most in a second, and at once. */
const CHAT_RATE = { perSecond: 0.5, burst: 5 };
/** How long a person whose wish for a seat was refused waits before the next one, in milliseconds. */
const REFUSED_WAIT = 30_000;
/** Requests of one person that may wait for their answer. */
const MOST_WAITING = 8;
/** While more bytes wait in the channel of a person, requests are refused and publications dropped: answers have room. */
const ENOUGH_UNSENT = 16 * 1024;
/** Largest body of a publication, in bytes. */
const MAX_PUBLICATION = 1_024;
/** The room as the origin of a publication. */
const ROOM = EntityId.parse("room");

/** The changes of a room that its people can request. */
export interface CommandActions {
  /** The running app, if this session may do `verb`; by default, if it may change what all see. */
  running(session: SessionId, verb?: Verb): Running | RefusalPayload;
  /** Records the room, stops that, or makes a clip, for a session. */
  record(session: SessionId, action: RecordAction): Recorded | Promise<Recorded>;
  /** Ends the session of a person that was sent out. */
  kick(session: SessionId): void;
  /** What the coordinator and the document say of the room is different. */
  changed(): void;
  /** A person has announced itself. */
  announced(session: SessionId): void;
}

interface CommandPorts {
  readonly clock: Clock;
  readonly people: People;
  readonly shared: SharedState;
  readonly tracks: Tracks;
  readonly assets: RoomAssets;
  readonly rewinds: Rewinds;
  /** Delivers a screenshot to a session. */
  screenshot(session: SessionId): Promise<Record<string, never> | RefusalPayload>;
  readonly actions: CommandActions;
  players(): SeatKeeper;
  /** What a verb's right depends on. */
  circumstances(session: SessionId, about?: Partial<Circumstances>): Circumstances;
  /** Bytes of a session's channel `commands` that wait to be sent. */
  unsent(session: SessionId): number;
  /** Sends bytes on the channel `commands`, or drops them. */
  send(session: SessionId, bytes: Uint8Array<ArrayBuffer>): void;
}

/** Carries out the commands of one room's people. */
export class Commands {
  readonly #ports: CommandPorts;
  readonly #subscriptions = new Subscriptions();
  readonly #buckets = new Map<SessionId, Bucket>();
  readonly #chatBuckets = new Map<SessionId, Bucket>();
  /** Until when those who were refused a seat may not ask for one. */
  readonly #refused = new Map<SessionId, Millis>();
  readonly #waiting = new Map<SessionId, number>();
  readonly #handlers: VerbHandlers;

  constructor(ports: CommandPorts) {
    this.#ports = ports;
    const running = reporting(
      (session, verb) => ports.actions.running(session, verb),
      (session) => this.publish("room.saves", { by: ports.people.of(session)?.id }),
    );
    this.#handlers = {
      ...this.#seatVerbs(),
      ...this.#appVerbs(),
      ...saveTransferVerbs(running, ports.assets, (session) => Boolean(ports.people.of(session))),
      ...saveVerbs(running),
      ...optionVerbs(running, ports.people, (body) => this.publish("room.option", body)),
      ...this.#otherVerbs(),
      ...this.#trackVerbs(),
    };
  }

  /** Takes a message of a page. A one-way message gets no answer. */
  receive(session: SessionId, message: FromPage | TooLong): void {
    if (message.type === "too_long") {
      return this.#answer(session, message.id, this.#refuseTooLong(session));
    }
    void this.#carryOut(session, message).then((outcome) => {
      if (message.type === "request") this.#answer(session, message.id, outcome);
    });
  }

  /** Sends a publication of the room to those who subscribed to it. */
  publish(topic: RoomTopic, body: unknown): void {
    this.#publish({ type: "publication", topic, from: ROOM, body });
  }

  /** A session has left. */
  leave(session: SessionId): void {
    this.#subscriptions.leave(session);
    this.#buckets.delete(session);
    this.#chatBuckets.delete(session);
    this.#refused.delete(session);
  }

  #refuseTooLong(session: SessionId): RefusalPayload {
    return refuseBy(this.#take(this.#buckets, session, RATE) ? "message.too_large" : "rate");
  }

  async #carryOut(session: SessionId, { verb, body }: FromPage): Promise<object> {
    if (!this.#take(this.#buckets, session, RATE)) return refuseBy("rate");
    if (!this.#ports.people.of(session)) return refuseBy("session.unknown");
    if (!isVerb(verb)) return refuseBy("message.unknown");
    const parsed = VERBS[verb].body.safeParse(body);
    if (!parsed.success) return refuseBy("message.invalid");
    const refusal = this.#whyNot(session, verb, parsed.data);
    if (refusal) return refusal;
    const waiting = this.#waiting.get(session) ?? 0;
    const isFull = waiting >= MOST_WAITING || this.#ports.unsent(session) > ENOUGH_UNSENT;
    if (isFull) return refuseBy("busy");
    this.#waiting.set(session, waiting + 1);
    try {
      return await this.#handlers[verb](session, parsed.data as never);
    } catch (error) {
      return refuseBy("internal", { cause: errorText(error).slice(0, 600) });
    } finally {
      const left = this.#waiting.get(session)! - 1;
      if (left > 0) this.#waiting.set(session, left);
      else this.#waiting.delete(session);
    }
  }

  #take(
    buckets: Map<SessionId, Bucket>,
    session: SessionId,
    rate: Parameters<typeof createBucket>[1],
  ): boolean {
    const bucket = buckets.get(session) ?? createBucket(this.#ports.clock, rate);
    buckets.set(session, bucket);
    return bucket.take();
  }

  #whyNot(session: SessionId, verb: Verb, body: object): RefusalPayload | undefined {
    const { people } = this.#ports;
    const seat = "seat" in body && typeof body.seat === "number" ? body.seat : undefined;
    const named = "person" in body ? body.person : "to" in body ? body.to : undefined;
    const other = named === undefined ? undefined : people.sessionOf(named as EntityId);
    if (named !== undefined && !other) return refuseBy("person.unknown");
    const target = other && people.of(other)?.role;
    const ownTrack = "track" in body && typeof body.track === "number"
      ? this.#ports.tracks.owns(session, body.track)
      : undefined;
    const code = whyNot(verb, this.#ports.circumstances(session, { seat, target, ownTrack }));
    return code && refuseBy(code, { ...(seat !== undefined && { seat }) });
  }

  #seatVerbs() {
    const { people, shared, actions, clock } = this.#ports;
    const players = () => this.#ports.players();
    const change = (session: SessionId, seat: number | null) => {
      const refusal = players().change(session, seat, people.of(session)?.name);
      if (refusal) return refusal;
      people.change(session, { asks: undefined });
      actions.changed();
      return undefined;
    };
    /** Whoever holds another seat gets this one for the pad that lost its own. */
    const giveInReturn = (session: SessionId, seat: number) => {
      if (players().seatOf(session) === undefined) return void change(session, seat);
      players().add(session, { seat, locked: new Set() });
      actions.changed();
    };
    const ask = (session: SessionId, seat: number) =>
      players().ask(session, seat, people.of(session)?.name);
    return {
      "seat.take": (session, { seat }) => change(session, seat) ?? { seat },
      "seat.add": (session, { seat }) => {
        const isHost = people.of(session)?.role === "host";
        const locked = isHost ? new Set<number>() : shared.locked;
        const added = players().add(session, { seat, locked });
        if ("seat" in added) actions.changed();
        return added;
      },
      "seat.leave": (session, { seat }) => {
        if (seat === undefined) return change(session, null) ?? {};
        if (!players().seatsOf(session).includes(seat)) return refuseBy("seat.needed", { seat });
        players().vacate(seat);
        actions.changed();
        return {};
      },
      "seat.give": (session, { seat, to }) => {
        const other = people.sessionOf(to)!;
        if (!roleAllows(people.of(other)?.role, "play")) return refuseBy("role.watcher", { seat });
        if (players().seats.length <= seat) return refuseBy("seat.unknown", { seat });
        const holder = players().seats[seat];
        if (holder === other) return {};
        const left = players().seatOf(other);
        if (holder) players().vacate(seat);
        const refusal = change(other, seat);
        if (refusal) return refusal;
        const isFree = left !== undefined &&
          !this.#whyNot(session, "seat.take", { seat: left });
        if (holder && isFree) giveInReturn(holder, left);
        return {};
      },
      "seat.refuse": (session, { seat, person }) => {
        const other = people.sessionOf(person)!;
        if (people.of(other)?.asks !== seat) return {};
        people.change(other, { asks: undefined });
        this.#refused.set(other, clock.now() + REFUSED_WAIT as Millis);
        const by = people.of(session)?.id;
        this.publish("room.refused", { by, person, seat, wait_ms: REFUSED_WAIT });
        actions.changed();
        return {};
      },
      "seat.lock": (_, { seat, locked }) => {
        if (locked) shared.locked.add(seat);
        else shared.locked.delete(seat);
        actions.changed();
        return {};
      },
      "seat.request": (session, { seat }) => {
        if (seat === null) {
          people.change(session, { asks: undefined });
          actions.changed();
          return { seat };
        }
        if (players().seats.length <= seat) return refuseBy("seat.unknown", { seat });
        if (players().seats[seat] === session) return { seat };
        const isLocked = shared.locked.has(seat);
        const isOpen = players().seats[seat] === undefined && !isLocked;
        const wait_ms = (this.#refused.get(session) ?? 0) - clock.now();
        if (!isOpen && wait_ms > 0) return refuseBy("seat.wait", { seat, wait_ms });
        // Who asks for a control seat gets it at once where nobody drives: of one that is locked only hosts hear.
        const wish = () => isLocked ? undefined : ask(session, seat);
        const refusal = isOpen ? change(session, seat) : wish();
        if (refusal) return refusal;
        if (players().seats[seat] === session) return { seat };
        people.change(session, { asks: seat });
        actions.changed();
        return { seat: null };
      },
    } satisfies Partial<VerbHandlers>;
  }

  #appVerbs() {
    const { people, actions, rewinds } = this.#ports;
    const run = async <Answer extends object>(
      session: SessionId,
      verb: (running: Running) => Promise<Answer | RefusalPayload>,
      topic: RoomTopic,
    ): Promise<Answer | RefusalPayload> => {
      const running = actions.running(session);
      if ("error" in running) return running;
      const by = people.of(session)?.id;
      const answer = await verb(running);
      if (!("error" in answer)) this.publish(topic, { by });
      return answer;
    };
    return {
      "app.save": (session, { name }) =>
        run(session, (running) => save(running, name), "room.saved"),
      "app.load": (session, { id }) => run(session, (running) => load(running, id), "room.loaded"),
      "app.reset": (session) => run(session, reset, "room.reset"),
      "app.rewind": (session, { seconds }) => {
        const running = actions.running(session);
        if ("error" in running) return running;
        return rewinds.back(running.playback, people.of(session)?.id, seconds);
      },
      "app.undo_rewind": (session) => {
        const running = actions.running(session);
        if ("error" in running) return running;
        return rewinds.undo(running.playback, people.of(session)?.id);
      },
      "app.pause": (session, { paused }) => {
        const running = actions.running(session);
        if ("error" in running) return running;
        running.playback.setPausedByPlayer(paused);
        actions.changed();
        return {};
      },
    } satisfies Partial<VerbHandlers>;
  }

  #otherVerbs() {
    const { people, shared, actions, clock } = this.#ports;
    return {
      "announce": (session, { protocol, name, colour }) => {
        if (protocol !== ROOM_PROTOCOL) return refuseBy("announce.version");
        people.change(session, { announced: true, name, colour });
        actions.announced(session);
        actions.changed();
        return { you: people.of(session)!.id };
      },
      "record.set": (session, { active }) => actions.record(session, active ? "start" : "stop"),
      "record.clip": async (session) => clipOf(await actions.record(session, "clip")),
      "room.screenshot": (session) => this.#ports.screenshot(session),
      "room.options": (_, options) => {
        shared.options = options;
        actions.changed();
        return {};
      },
      "person.kick": (_, { person }) => {
        const session = people.sessionOf(person)!;
        people.sendOut(session);
        actions.kick(session);
        return {};
      },
      "chat.say": (session, { text }) => {
        if (!this.#take(this.#chatBuckets, session, CHAT_RATE)) return refuseBy("chat.rate");
        shared.chat.say(people.of(session)!, text, clock.epoch());
        actions.changed();
        return {};
      },
      "topic.subscribe": (session, { pattern }) =>
        this.#subscriptions.add(session, pattern) ? {} : refuseBy("too_many"),
      "topic.unsubscribe": (session, { pattern }) => {
        this.#subscriptions.remove(session, pattern);
        return {};
      },
      "topic.publish": (session, { topic, body }) => {
        if (!matches(PEOPLES_TOPICS, topic)) return refuseBy("topic.forbidden");
        if (pack(body).length > MAX_PUBLICATION) return refuseBy("too_large");
        this.#publish({ type: "publication", topic, from: people.of(session)!.id, body });
        return {};
      },
    } satisfies Partial<VerbHandlers>;
  }

  #trackVerbs() {
    const { tracks } = this.#ports;
    return {
      "track.allocate": (session, { kind }) => ({ track: tracks.allocate(session, kind) }),
      "track.release": (_, { track }) => {
        tracks.release(track);
        return {};
      },
      "track.subscribe": (session, { track }) =>
        tracks.subscribe(session, track) ? {} : refuseBy("track.unknown"),
      "track.unsubscribe": (session, { track }) => {
        tracks.unsubscribe(session, track);
        return {};
      },
    } satisfies Partial<VerbHandlers>;
  }

  #publish(publication: Publication): void {
    const bytes = encodeToPage(publication);
    for (const session of this.#subscriptions.of(publication.topic)) {
      if (this.#ports.unsent(session) <= ENOUGH_UNSENT) this.#ports.send(session, bytes);
    }
  }

  #answer(session: SessionId, id: number, outcome: object): void {
    const bytes = encodeToPage(toPage(id, outcome));
    if (bytes.length <= MAX_COMMAND_BYTES) return this.#ports.send(session, bytes);
    const cause = `The answer has ${bytes.length} bytes, more than a message takes`;
    this.#ports.send(session, encodeToPage(toPage(id, refuseBy("internal", { cause }))));
  }
}

function toPage(id: number, outcome: object): ToPage {
  return "error" in outcome
    ? { type: "refusal", id, error: (outcome as RefusalPayload).error }
    : { type: "answer", id, answer: outcome };
}
