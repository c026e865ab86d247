/**
 * One peer connection with its tracks, the pad, the clock exchange and the statistics.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import { SOUND_COMMAND } from "../../../protocol/control/control.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import type { ChannelName } from "../../../protocol/control/channels.ts";
import { decodeRumble, type RumbleMessage } from "../../../protocol/rumble/rumble.ts";
import type { Candidate, IceServer } from "../../../protocol/legs/webrtc.ts";
import { ClockProbe } from "./clock_probe.ts";
import { type Driving, InputSender } from "../input/input_sender.ts";
import type { FurtherLevel, PadLevel } from "../input/pad.ts";
import { PictureAges, type SeenPicture } from "./latency/picture_ages.ts";
import { latencyOf } from "./latency/stages.ts";
import type { CreatePeer, Peer, PeerListener } from "./peer.ts";
import { SOUND_IN_TIME, watchSound } from "./sound_delay.ts";
import { RoomLane } from "./room_lane.ts";
import { AssetLane } from "../assets/asset_lane.ts";
import { TrackLane } from "../voice/track_lane.ts";
import { VehicleLane } from "../drive/vehicle_lane.ts";
import { type Counters, readCounters, type Sample, sampleBetween } from "./stats.ts";
import { readTelemetry } from "./readings.ts";
import type { WorkerReadings } from "./readings.ts";

const STATS_PERIOD = 1_000;
/** Figures of a shorter time say too little, in milliseconds: a page that was held up reads twice in a moment. */
const SHORTEST_SAMPLE = 500;
/** How long a browser may take after its answer to find its first local address, in milliseconds. */
const GATHER_LIMIT = 2_500;
/** A page that was held up gets the addresses that wait for it in this time, in milliseconds. */
const GATHER_GRACE = 100;

/** The events of a media connection, for its owner. */
export interface MediaLinkListener {
  candidate(candidate: Omit<Candidate, "peer_id">): void;
  /** Packets pass both ways. */
  path(): void;
  up(): void;
  track(track: MediaStreamTrack): void;
  /**
   * `no_network`: the browser found no local address, at the end of its search or within 2.6 s. It offers no loopback
   * address, and without another one it gathers without end.
   */
  failed(kind: "broken" | "no_network"): void;
  sample(sample: Sample): void;
  readings(readings: WorkerReadings): void;
}

interface MediaLinkOptions {
  readonly clock: Clock;
  readonly createPeer: CreatePeer;
  readonly iceServers: readonly IceServer[];
  readonly pad: () => PadLevel;
  /** Media goes over TCP. */
  readonly overTcp?: boolean;
  readonly listener: MediaLinkListener;
}

/** One media connection to a worker. Disposing it closes the peer connection and stops all timers. */
export class MediaConnection implements Disposable {
  readonly #clock: Clock;
  #listener: MediaLinkListener;
  readonly #peer: Peer;
  readonly #input: InputSender;
  /** The room that the connection is in. */
  readonly room: RoomLane;
  /** Files that the room and this page send each other. */
  readonly assets: AssetLane;
  /** What people in the room send each other. */
  readonly tracks = new TrackLane((bytes) => this.#peer.send("media", bytes));
  /** The vehicle of the room, if it has one. */
  readonly vehicle: VehicleLane;
  readonly #rumble = signal<RumbleMessage | undefined>(undefined);
  readonly #running = new DisposableStack();
  readonly #tracks: MediaStreamTrack[] = [];
  #probe: ClockProbe | undefined;
  #before: Counters | undefined;
  #receivedAt: Millis;
  #addresses = 0;
  #sound = SOUND_IN_TIME;
  readonly #ages = new PictureAges();
  readonly #overTcp: boolean;
  #readings: WorkerReadings = {};
  #wantsSound = true;

  constructor({ clock, createPeer, iceServers, pad, listener, overTcp = false }: MediaLinkOptions) {
    this.#overTcp = overTcp;
    this.#clock = clock;
    this.#listener = listener;
    this.#receivedAt = clock.now();
    this.#input = new InputSender({
      clock,
      acknowledged: () => this.room.acknowledged,
      send: (bytes) => this.#peer.send("state", bytes),
    });
    this.room = new RoomLane({ clock, send: (bytes) => this.#peer.send("commands", bytes) });
    this.assets = new AssetLane({
      clock,
      waiting: () => this.#peer.waiting("assets"),
      send: (bytes) => this.#peer.send("assets", bytes),
    });
    this.vehicle = new VehicleLane({ clock, send: (bytes) => this.#peer.send("commands", bytes) });
    this.#peer = createPeer(
      iceServers,
      this.#whileOpen({
        candidate: (candidate) => {
          if (candidate.candidate) this.#addresses += 1;
          this.#listener.candidate(candidate);
          if (candidate.candidate === "") this.#noAddress();
        },
        path: () => this.#listener.path(),
        up: () => this.#up(pad()),
        track: (track) => {
          this.#tracks.push(track);
          this.#listener.track(track);
        },
        message: (channel, bytes) => this.#receive(channel, bytes),
        failed: () => this.#listener.failed("broken"),
      }),
    );
    this.#running.use(this.#peer);
    this.#running.use(this.#input);
    this.#running.use(this.vehicle);
    this.#running.use(this.room);
    this.#running.use(this.assets);
  }

  /** The newest level of the motors of this person's gamepad; `undefined` before the first. */
  get rumble(): ReadonlySignal<RumbleMessage | undefined> {
    return this.#rumble;
  }

  /** Whether media can flow. */
  get isUp(): boolean {
    return this.#probe !== undefined;
  }

  /** Whether it was disposed. */
  get isOver(): boolean {
    return this.#running.disposed;
  }

  /** Reports to another owner from now on. Returns the tracks that were reported already. */
  handOver(listener: MediaLinkListener): readonly MediaStreamTrack[] {
    this.#listener = listener;
    return this.#tracks;
  }

  /** When the last message of the worker arrived on any channel. */
  get receivedAt(): Millis {
    return this.#receivedAt;
  }

  /** Takes the worker's offer; resolves to the answer (SDP), or to the reason that there is none. */
  async answer(offer: string): ReturnType<Peer["answer"]> {
    if (this.isOver) return { error: "This connection is closed" };
    const answer = await this.#peer.answer(offer);
    // On a busy machine the answer itself takes seconds.
    this.#after(GATHER_LIMIT, () => this.#after(GATHER_GRACE, () => this.#noAddress()));
    return answer;
  }

  /** Takes the worker's offer of a new path; resolves as {@linkcode answer}. */
  restart(offer: string, iceServers: readonly IceServer[]) {
    return this.#peer.restart(offer, iceServers);
  }

  /** The time of the room in milliseconds; `undefined` until its document and the worker's clock are known. */
  get roomTime(): number | undefined {
    const began = this.room.joined.peek()?.room.began;
    const offset = this.#probe?.offset;
    if (began === undefined || offset === undefined) return undefined;
    return this.#clock.epoch() + offset - began;
  }

  /** Sends a message that the worker answers at once, if the path carries it. */
  probe(): void {
    this.#probe?.ask();
  }

  addCandidate(candidate: Candidate): void {
    this.#peer.addCandidate(candidate);
  }

  /** A picture was shown. */
  pictureShown(seen: SeenPicture): void {
    const pictureOffset = this.#readings.picture_ms;
    this.#ages.add(seen, { pictureOffset, clockOffset: this.#probe?.offset });
  }

  /** `further`: the pads of further seats of the person. */
  setPad(level: PadLevel, further?: readonly FurtherLevel[]): void {
    this.#input.update(level, further);
  }

  /** Sends a driver's wish in place of the pad; `undefined`: the pad again. */
  drive(driving: Driving | undefined): void {
    this.#input.drive(driving);
  }

  /** Has the worker send sound, or none. */
  wantSound(wanted: boolean): void {
    if (wanted === this.#wantsSound) return;
    this.#wantsSound = wanted;
    if (this.isUp) this.#sendSoundWish();
  }

  [Symbol.dispose](): void {
    this.#running.dispose();
  }

  /** Drops the events that the browser had queued before the peer was closed: it delivers them afterwards. */
  #whileOpen(listener: PeerListener): PeerListener {
    const open = <Args extends readonly unknown[]>(take: (...args: Args) => void) => {
      return (...args: Args): void => {
        if (!this.isOver) take(...args);
      };
    };
    return {
      candidate: open(listener.candidate),
      path: open(listener.path),
      up: open(listener.up),
      track: open(listener.track),
      message: open(listener.message),
      failed: open(listener.failed),
    };
  }

  #after(ms: number, task: () => void): void {
    if (!this.isOver) this.#running.use(this.#clock.after(ms, task));
  }

  /** The browser has found all the addresses that it will find in time. */
  #noAddress(): void {
    if (this.#addresses === 0 && !this.isUp) this.#listener.failed("no_network");
  }

  #up(level: PadLevel): void {
    this.#receivedAt = this.#clock.now();
    this.#input.update(level);
    this.#input.start();
    if (!this.#wantsSound) this.#sendSoundWish();
    this.#probe = this.#running.use(
      new ClockProbe({ clock: this.#clock, send: (bytes) => this.#peer.send("clock", bytes) }),
    );
    this.#running.use(every(this.#clock, STATS_PERIOD, () => void this.#measure()));
    this.#listener.up();
  }

  #sendSoundWish(): void {
    this.#peer.send(
      "commands",
      compactCodec.encode({
        type: "Command",
        timestamp: this.#clock.epoch() / 1000,
        payload: { id: "", command: SOUND_COMMAND, parameters: { on: this.#wantsSound } },
      }),
    );
  }

  #receive(channel: ChannelName, bytes: Uint8Array): void {
    this.#receivedAt = this.#clock.now();
    if (channel === "clock") return void this.#probe?.receive(bytes);
    if (channel === "assets") return this.assets.receive(bytes);
    if (channel === "media") return this.tracks.receive(bytes);
    if (channel !== "state" && channel !== "commands") return;
    if (channel === "state" && this.room.receive(bytes)) {
      this.#input.setWatching(this.room.isWatching);
      return this.#input.hasten();
    }
    if (channel === "commands" && this.room.receiveAnswer(bytes)) return;
    const rumble = channel === "state" ? decodeRumble(bytes) : undefined;
    if (rumble) return void (this.#rumble.value = rumble);
    const message = compactCodec.decode(bytes);
    if (message && channel === "commands") return this.vehicle.receive(message);
    if (message?.type !== "Telemetry" || this.vehicle.see(message.payload)) return;
    this.#readings = readTelemetry(message.payload);
    this.#listener.readings(this.#readings);
  }

  async #measure(): Promise<void> {
    const after = readCounters(await this.#peer.stats(), this.#clock.now());
    const before = this.#before;
    const elapsed = before && after ? after.at - before.at : SHORTEST_SAMPLE;
    // A clock that was set back begins anew.
    if (elapsed >= 0 && elapsed < SHORTEST_SAMPLE) return;
    this.#before = after;
    if (this.#running.disposed || !before || !after) return;
    const between = sampleBetween(before, after, { rtt: this.#probe?.rtt });
    const latency = latencyOf({
      ages: this.#ages.take(),
      sample: between,
      worker: this.#readings,
      clockError: this.#probe?.offsetError,
      overTcp: this.#overTcp,
    });
    const sample = { ...between, latency };
    this.#listener.sample(sample);
    const { state, renew } = watchSound(this.#sound, sample, this.#clock.now());
    this.#sound = state;
    if (renew) await this.#peer.renewSound();
  }
}
