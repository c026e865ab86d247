/**
 * What a room sends: pictures, sound and figures of its source, to all viewers, and how well their links carry them.
 *
 * @module
 */
import type { EncodedAudio, Reduction, VideoCodec } from "../../media/ports.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { ToCoordinator } from "../../protocol/legs/worker_leg.ts";
import { refuseFor } from "../../protocol/envelope.ts";
import type { LayerSettings, Playback } from "../playback/playback.ts";
import { RoomRecorder } from "../recording/room/room_recorder.ts";
import type { SourceListener } from "../playback/source_handle.ts";
import type { ThreadStats } from "../playback/thread_protocol.ts";
import type { BitrateLimits } from "../sending/rate/limits.ts";
import type { LayerDemand } from "../sending/layers/layers.ts";
import { type Layer, type LayerFrame, LAYERS } from "../sending/layers/ports.ts";
import { enterLadder, type LadderState, stepLadder } from "../sending/rate/picture_ladder.ts";
import { stepProtection, UNPROTECTED } from "../sending/rate/sound_protection.ts";
import { AudioPacer } from "../sending/audio_pacer.ts";
import { OriginMeter } from "../ingest/picture_origin.ts";
import { ORIGIN_GAPS, type PictureOrigin } from "../../protocol/picture/origin.ts";
import { PictureTimes } from "../rtp/picture_times.ts";
import type { Rank } from "./admission/admission.ts";
import { Audience } from "./audience.ts";
import type { RoomSettings } from "./ipc.ts";
import type { AudienceListener, ServedViewer, Watching } from "./ports.ts";
import { limitsOf, type RoomPorts } from "./room_state.ts";

/** What the media of a room need of the room. */
export interface MediaRoom extends Pick<AudienceListener, "media" | "message"> {
  /** What every viewer is shown of the room changed. */
  changed(): void;
  /** The running source; `undefined` while none is open. */
  playback(): Playback | undefined;
  /** Whether a session holds a seat. */
  plays(session: SessionId): boolean;
  /** What a session is when it asks for a connection. */
  rankOf(session: SessionId): Rank;
}

/** Every picture in full size. */
const WHOLE: Reduction = { every: 1, divisor: 1 };

/** Sends one room's media. Disposing closes the connections. */
export class Media implements Disposable {
  readonly audience: Audience;
  readonly recorder: RoomRecorder;
  readonly #ports: RoomPorts;
  readonly #room: MediaRoom;
  readonly #audio: AudioPacer;
  readonly #limits: () => BitrateLimits;
  /** `undefined` while a layer is not made. */
  readonly #ladders: Record<Layer, LadderState | undefined> = { main: undefined, small: undefined };
  #demand: Readonly<Record<Layer, LayerDemand>>;
  #protection = UNPROTECTED;
  readonly #pictureTimes = new PictureTimes();
  readonly #origins = new OriginMeter();
  #stats: ThreadStats | undefined;

  constructor(settings: RoomSettings, ports: RoomPorts, room: MediaRoom) {
    this.#ports = ports;
    this.#room = room;
    this.#audio = new AudioPacer(ports.clock, (packet) => this.audience.sendAudio(packet));
    const limits = this.#limits = () => limitsOf(room.playback()?.info, settings);
    const ranks = {
      plays: (session: SessionId) => room.plays(session),
      rankOf: (session: SessionId) => room.rankOf(session),
    };
    this.audience = new Audience({ ...ports, ...settings, limits, ...ranks }, {
      ...signalling(ports.report),
      media: (session, change) => room.media(session, change),
      message: (session, message) => room.message(session, message),
      keyframeRequested: (layer) => room.playback()?.requestKeyframe(layer),
      bitrateFell: () => this.fit(),
      returned: (layer) => {
        this.fit();
        room.playback()?.requestKeyframe(layer);
      },
    });
    this.recorder = new RoomRecorder({
      ...ports,
      ...(ports.openRecording && { open: ports.openRecording }),
      longest: settings.recordings?.longest ?? 0,
      requestKeyframe: () => room.playback()?.requestKeyframe("main"),
      changed: () => {
        this.fit();
        room.changed();
      },
      report: (report) => ports.recording(report),
    });
    this.#demand = this.audience.plan();
  }

  /** The numbers of connected viewers and previews. */
  get watching(): Watching {
    return this.audience.watching;
  }

  /** Whether a connected viewer needs pictures. */
  get isWatched(): boolean {
    return LAYERS.some((layer) => this.#demand[layer].codecs.length > 0);
  }

  /** Takes pictures, sound and figures of the source. */
  get listener(): Pick<SourceListener, "frame" | "sound" | "stats"> {
    return {
      frame: (frame) => this.frame(frame),
      sound: (packets) => this.sound(packets),
      stats: (stats) => {
        this.#stats = stats;
      },
    };
  }

  /** Sends an encoded picture. */
  frame(frame: LayerFrame): void {
    this.#pictureTimes.add(frame);
    if (frame.origin) this.#origins.add(frame.origin);
    this.recorder.frame(frame);
    this.audience.sendVideo(frame);
  }

  /** Sends a control message to every viewer, or to one; what all get of a vehicle is recorded with the pictures. */
  send(...[channel, message, to]: Parameters<Audience["send"]>): void {
    this.audience.send(channel, message, to);
    if (to !== undefined || message.type !== "Telemetry") return;
    const { vehicle } = message.payload;
    if (vehicle !== undefined) this.recorder.vehicle(vehicle);
  }

  /** Sends sound. */
  sound(packets: readonly EncodedAudio[]): void {
    this.#audio.push(packets);
    this.recorder.sound(packets);
  }

  /** Closes silent viewers, and fits bitrate and sound to the others' links. Call it every `CHECK_PERIOD`. */
  check(): void {
    this.audience.check();
    this.recorder.check();
    const now = this.#ports.clock.now();
    this.#protection = stepProtection(this.#protection, this.audience.loss, now);
    this.#room.playback()?.setSoundLoss(this.#protection.percent);
    if (this.isWatched) this.fit();
  }

  /** Sets the source to the codecs and bitrates of the layers, and its pictures to those; without a viewer it pauses. */
  fit(): void {
    const plan = this.audience.plan();
    const isPlayed = this.recorder.isLive || LAYERS.some((layer) => plan[layer].codecs.length > 0);
    const codecs = new Set([...plan.main.codecs, ...recordedCodecs(this.recorder, isPlayed)]);
    this.#demand = { ...plan, main: { ...plan.main, codecs: [...codecs] } };
    for (const layer of LAYERS) this.#ladders[layer] = this.#step(layer);
    this.#room.playback()?.setAudience({
      main: this.#settings("main"),
      small: this.#settings("small"),
    });
  }

  /** Ends the connections of all sessions but `keeps`, and reports that. */
  endOthers(keeps: SessionId | undefined): void {
    for (const session_id of this.audience.sessions) {
      if (session_id === keeps) continue;
      this.audience.leave(session_id);
      this.#ports.report("session.media", { session_id, connected: false });
    }
  }

  /** Sends each viewer what it gets, and the newest figures; what was not measured is left out. */
  report(): void {
    if (!this.#room.playback()) return;
    const { offset: picture_ms, late: late_ms } = this.#pictureTimes.take() ?? {};
    const origin = originReadings(this.#origins.take());
    this.audience.telemetry((viewer) => {
      const { reduction, bitrate } = this.#settings(viewer.layer);
      return {
        ...measured({
          picture_ms,
          late_ms,
          ...origin,
          ...this.#threadReadings(viewer.layer, reduction.every),
        }),
        ...(!viewer.isForwarded && { bitrate_target: bitrate }),
        viewers: this.watching.viewers,
        ...whySmaller(viewer, { reduction, bitrate }),
      };
    });
  }

  /** The figures of the source's thread for the viewers of a layer, who get one of `every` pictures. */
  #threadReadings(layer: Layer, every: number) {
    if (!this.#stats) return {};
    const { captureMs, layers, frameRate, skipped } = this.#stats;
    return {
      capture_ms: captureMs,
      convert_ms: layers[layer].convertMs,
      encode_ms: layers[layer].encodeMs,
      frame_rate: frameRate / every,
      skipped,
    };
  }

  #settings(layer: Layer): LayerSettings {
    const { codecs, bitrate } = this.#demand[layer];
    return { codecs, bitrate, reduction: this.#ladders[layer]?.reduction ?? WHOLE };
  }

  #step(layer: Layer): LadderState | undefined {
    const { codecs, bitrate: target } = this.#demand[layer];
    if (codecs.length === 0) return undefined;
    const links = { target, floor: this.#limits().floor };
    const ladder = this.#ladders[layer] ?? enterLadder(layer, links);
    return stepLadder(ladder, links, this.#ports.clock.now());
  }

  [Symbol.dispose](): void {
    this.recorder[Symbol.dispose]();
    this.#audio[Symbol.dispose]();
    this.audience[Symbol.dispose]();
  }
}

/** A recording takes the frames of viewers with H.264. It makes none of a game that nobody sees, which stands still. */
function recordedCodecs({ needsFrames }: RoomRecorder, isPlayed: boolean): readonly VideoCodec[] {
  return needsFrames && isPlayed ? ["h264"] : [];
}

/** How the pictures of a field stream came; nothing for those that are made here. */
function originReadings(origin: PictureOrigin | undefined): Record<string, number> {
  if (!origin) return {};
  if (origin.type === "unknown") return { origin_gap: ORIGIN_GAPS.indexOf(origin.why) };
  const { device, link, error } = origin;
  return { device_ms: device, link_ms: link, origin_error_ms: error };
}

/** Without the figures that are not known. */
function measured(figures: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/**
 * Why a viewer gets fewer or smaller pictures, as figures for its page: what its own link carries, or what that of
 * another viewer does, in bits per second. Nothing for whole pictures.
 */
function whySmaller(
  { layer, isForwarded, link }: ServedViewer,
  { reduction: { every, divisor }, bitrate }: Pick<LayerSettings, "reduction" | "bitrate">,
): { readonly link_bitrate?: number; readonly others_bitrate?: number } {
  if (isForwarded || every * divisor === 1) return {};
  const isOwn = link !== undefined && (layer === "small" || link.target <= bitrate);
  return isOwn ? { link_bitrate: link.carries } : { others_bitrate: bitrate };
}

/** The audience's signalling, as messages to the coordinator. */
function signalling(
  report: ToCoordinator,
): Pick<AudienceListener, "offer" | "candidate" | "offerFailed"> {
  return {
    offer: (session_id, offer, asked) =>
      report(
        asked ? "webrtc.preconnect.response" : "webrtc.offer",
        { session_id, ...offer },
        asked,
      ),
    candidate: (session_id, candidate) => report("webrtc.candidate", { session_id, ...candidate }),
    offerFailed: (session_id, { code, message }, asked) =>
      report(
        asked ? "webrtc.preconnect.response" : "webrtc.init.response",
        { session_id, ...refuseFor(code, message) },
        asked,
      ),
  };
}
