/**
 * The voices of a room on this page: push-to-talk of this person, and what is played of others. Views read its signals.
 *
 * @module
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Clock, every } from "../../../protocol/clock.ts";
import { isRefusal, type Refusal } from "../../../protocol/envelope.ts";
import type { TrackId, TrackPacket } from "../../../protocol/room_media/tracks.ts";
import { decodeVoice, encodeVoice, VOICE_SEQUENCES } from "../../../protocol/room_media/voice.ts";
import type { EntityId } from "../../../protocol/room_state/document.ts";
import type { MediaConnection } from "../media/media_connection.ts";
import type { JoinedRoom } from "../media/room_lane.ts";
import type { Microphone, OpenMicrophone } from "./microphone.ts";
import type { Loudspeaker, OpenLoudspeaker, Speaker } from "./speaker.ts";
import { stepTalk, type TalkEvent, type TalkState } from "./talk.ts";
import type { VoiceFault } from "./words.ts";

const TICK = 1_000;

interface VoiceOptions {
  readonly clock: Clock;
  readonly media: ReadonlySignal<Pick<MediaConnection, "room" | "tracks"> | undefined>;
  /** Whether the page plays sound. */
  readonly isAudible: ReadonlySignal<boolean>;
  readonly openMicrophone: OpenMicrophone;
  readonly openLoudspeaker: OpenLoudspeaker;
  /** Why this person cannot talk, or cannot get the voices of others. */
  readonly failed: (fault: VoiceFault | Refusal) => void;
}

/** The voice of another person. */
interface Voice {
  readonly person: EntityId;
  readonly track: TrackId;
}

/** Talks and listens. Disposing gives the microphone back and ends every voice. */
export class Voices implements Disposable {
  readonly #options: VoiceOptions;
  readonly #talk = signal<TalkState>({ state: "off" });
  readonly #ownLevel = signal(0);
  readonly #muted = signal<ReadonlySet<EntityId>>(new Set());
  /** Whether nobody is played. */
  readonly allMuted = signal(false);
  readonly #levels = new Map<EntityId, ReturnType<typeof signal<number>>>();
  readonly #joined: ReadonlySignal<JoinedRoom | undefined>;
  readonly #running = new DisposableStack();
  /** The tracks that this page subscribed to on the connection of this moment, each with what plays it. */
  readonly #playing = new Map<TrackId, Voice & { speaker?: Speaker | undefined }>();
  #isSubscribing = false;
  /** What is wanted may be different since the running round of subscriptions began. */
  #hasChanged = false;
  #microphone: Microphone | undefined;
  #loudspeaker: Loudspeaker | undefined;
  #hasFailed = false;
  /** This person's track on the connection of this moment. */
  #track: TrackId | undefined;
  #sequence = 0;

  constructor(options: VoiceOptions) {
    this.#options = options;
    this.#joined = computed(() => options.media.value?.room.joined.value);
    this.#running.use(every(options.clock, TICK, () => {
      this.#step("tick");
      void this.#subscribe();
    }));
    this.#running.defer(effect(() => this.#connect(options.media.value)));
    this.#running.defer(effect(() => {
      if (this.#wanted.value) void this.#subscribe();
    }));
  }

  /** Whether and how this person talks. */
  get talk(): ReadonlySignal<TalkState> {
    return this.#talk;
  }

  /** The level of this person's own voice: 0 is silence, 1 full. */
  get ownLevel(): ReadonlySignal<number> {
    return this.#ownLevel;
  }

  /** The people who are not played. */
  get muted(): ReadonlySignal<ReadonlySet<EntityId>> {
    return this.#muted;
  }

  /** The level of a person's voice as it is played: 0 is silence, 1 full. */
  levelOf(person: EntityId): ReadonlySignal<number> {
    const known = this.#levels.get(person);
    if (known) return known as ReadonlySignal<number>;
    const level = signal(0);
    this.#levels.set(person, level);
    return level;
  }

  /** The key or button is held: talks, once the microphone is open. */
  press(): void {
    if (this.#joined.peek()) this.#step("press");
  }

  /** The key or button was let go. */
  release(): void {
    this.#step("release");
  }

  /** Gives the microphone back. */
  close(): void {
    this.#step("closed");
  }

  /** Plays a person no more, or again. */
  mute(person: EntityId, { muted }: { readonly muted: boolean }): void {
    const others = [...this.#muted.peek()].filter((each) => each !== person);
    this.#muted.value = new Set(muted ? [...others, person] : others);
  }

  [Symbol.dispose](): void {
    this.#step("closed");
    this.#running.dispose();
    this.#forget();
    this.#loudspeaker?.[Symbol.dispose]();
  }

  /** The voices to be played. */
  readonly #wanted = computed((): readonly Voice[] => {
    const joined = this.#joined.value;
    if (!joined || this.allMuted.value || !this.#options.isAudible.value) return [];
    return joined.room.people.flatMap(({ id, voice }) =>
      voice && id !== joined.you && !this.#muted.value.has(id)
        ? [{ person: id, track: voice.track }]
        : []
    );
  });

  /** Another connection has none of the tracks and subscriptions of the one before. */
  #connect(media: VoiceOptions["media"]["value"]): void {
    this.#forget();
    this.#track = undefined;
    this.#step(media ? "release" : "closed");
    media?.tracks.listen((packet) => this.#receive(packet));
    void this.#subscribe();
  }

  #forget(): void {
    for (const { speaker } of this.#playing.values()) speaker?.[Symbol.dispose]();
    this.#playing.clear();
  }

  /** Subscribes to what is wanted and not yet played, and ends what is not wanted any more, one after another. */
  async #subscribe(): Promise<void> {
    this.#hasChanged = true;
    if (this.#isSubscribing) return;
    this.#isSubscribing = true;
    while (this.#hasChanged) {
      this.#hasChanged = false;
      while (await this.#subscribeNext());
    }
    this.#isSubscribing = false;
  }

  /** Whether there may be more to do at once: what was refused is asked for again with the next tick. */
  async #subscribeNext(): Promise<boolean> {
    const media = this.#options.media.peek();
    if (!media) return false;
    const wanted = this.#wanted.peek();
    const ended = [...this.#playing.values()]
      .find(({ track }) => !wanted.some((voice) => voice.track === track));
    if (ended) {
      ended.speaker?.[Symbol.dispose]();
      this.#playing.delete(ended.track);
      this.#setLevel(ended.person, 0);
      await media.room.ask("track.unsubscribe", { track: ended.track });
      return true;
    }
    const next = wanted.find(({ track }) => !this.#playing.has(track));
    if (!next) return false;
    const answer = await media.room.ask("track.subscribe", { track: next.track });
    if (media !== this.#options.media.peek()) return true;
    if (isRefusal(answer)) return false;
    this.#playing.set(next.track, { ...next });
    return true;
  }

  #openSpeaker(person: EntityId): Speaker | undefined {
    if (!this.#loudspeaker) {
      const opened = this.#hasFailed ? undefined : this.#options.openLoudspeaker();
      if (!opened) return undefined;
      if ("fault" in opened) {
        this.#hasFailed = true;
        this.#options.failed(opened.fault);
        return undefined;
      }
      this.#loudspeaker = opened;
    }
    return this.#loudspeaker.open((level) => this.#setLevel(person, level));
  }

  #setLevel(person: EntityId, level: number): void {
    this.levelOf(person);
    this.#levels.get(person)!.value = level;
  }

  #receive({ track, payload }: TrackPacket): void {
    const packet = decodeVoice(payload);
    const voice = this.#playing.get(track);
    if (!packet || !voice) return;
    voice.speaker ??= this.#openSpeaker(voice.person);
    voice.speaker?.play(packet);
  }

  #step(event: TalkEvent): void {
    const before = this.#talk.peek();
    const after = stepTalk(before, event, this.#options.clock.now());
    if (after === before) return;
    this.#talk.value = after;
    const isTalking = after.state === "talking";
    this.#microphone?.setTalking({ talking: isTalking });
    if (!isTalking) this.#ownLevel.value = 0;
    if (before.state === "off") void this.#open();
    if (isTalking) void this.#allocate();
    if (after.state !== "off") return;
    this.#microphone?.[Symbol.dispose]();
    this.#microphone = undefined;
  }

  async #open(): Promise<void> {
    const opened = await this.#options.openMicrophone({
      packet: (opus) => this.#send(opus),
      level: (level) => void (this.#ownLevel.value = level),
      ended: () => this.#step("closed"),
    });
    if ("fault" in opened) {
      this.#step("closed");
      return this.#options.failed(opened.fault);
    }
    if (this.#talk.peek().state !== "opening" || this.#microphone) {
      return opened[Symbol.dispose]();
    }
    this.#microphone = opened;
    this.#step("opened");
  }

  async #allocate(): Promise<void> {
    const media = this.#options.media.peek();
    if (this.#track !== undefined || !media) return;
    const answer = await media.room.ask("track.allocate", { kind: "voice" });
    if (media !== this.#options.media.peek()) return;
    if (!isRefusal(answer)) return void (this.#track = answer.track);
    this.#step("closed");
    this.#options.failed(answer.error);
  }

  #send(opus: Uint8Array): void {
    const track = this.#track;
    if (track === undefined || this.#talk.peek().state !== "talking") return;
    const payload = encodeVoice({ sequence: this.#sequence, opus });
    this.#sequence = (this.#sequence + 1) % VOICE_SEQUENCES;
    this.#options.media.peek()?.tracks.send({ track, payload });
  }
}
