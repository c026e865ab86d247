/**
 * What a room sends: pictures, sound and figures of its source, to all viewers, and how well their links carry them.
 *
 * @module
 */
import type { EncodedAudio, EncodedFrame } from "../../media/ports.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { ToCoordinator } from "../../protocol/legs/worker_leg.ts";
import { refuseFor } from "../../protocol/envelope.ts";
import type { Playback } from "../playback/playback.ts";
import type { ThreadStats } from "../playback/thread_protocol.ts";
import type { BitrateLimits } from "../sending/rate/limits.ts";
import { stepLadder, WHOLE_PICTURES } from "../sending/rate/picture_ladder.ts";
import { stepProtection, UNPROTECTED } from "../sending/rate/sound_protection.ts";
import { AudioPacer } from "../sending/audio_pacer.ts";
import { Audience, type AudienceListener, type Watching } from "./audience.ts";
import type { RoomSettings } from "./ipc.ts";
import { limitsOf, type RoomPorts } from "./room_state.ts";

/** What the media of a room need of the room. */
export interface MediaRoom extends Pick<AudienceListener, "media" | "pad"> {
  /** The running source; `undefined` while none is open. */
  playback(): Playback | undefined;
  /** Whether a session holds a seat. */
  plays(session: SessionId): boolean;
}

/** Sends one room's media. Disposing closes the connections. */
export class Media implements Disposable {
  readonly audience: Audience;
  readonly #ports: RoomPorts;
  readonly #room: MediaRoom;
  readonly #audio: AudioPacer;
  readonly #limits: () => BitrateLimits;
  #ladder = WHOLE_PICTURES;
  #protection = UNPROTECTED;
  #stats: ThreadStats | undefined;

  constructor(settings: RoomSettings, ports: RoomPorts, room: MediaRoom) {
    this.#ports = ports;
    this.#room = room;
    this.#audio = new AudioPacer(ports.clock, (packet) => this.audience.sendAudio(packet));
    const limits = this.#limits = () => limitsOf(room.playback()?.info, settings);
    const plays = (session: SessionId) => room.plays(session);
    this.audience = new Audience({ ...ports, ...settings, limits, plays }, {
      ...signalling(ports.report),
      media: (session, change) => room.media(session, change),
      pad: (session, pad) => room.pad(session, pad),
      keyframeRequested: () => room.playback()?.requestKeyframe(),
      bitrateFell: () => this.fit(),
      returned: () => {
        this.fit();
        room.playback()?.requestKeyframe();
      },
    });
  }

  /** The numbers of connected viewers and previews. */
  get watching(): Watching {
    return this.audience.watching;
  }

  /** Sends an encoded picture. */
  frame(frame: EncodedFrame): void {
    this.audience.sendVideo(this.#ports.packetize(frame));
  }

  /** Sends sound. */
  sound(packets: readonly EncodedAudio[]): void {
    this.#audio.push(packets);
  }

  /** Takes the source's figures of the last second. */
  stats(stats: ThreadStats): void {
    this.#stats = stats;
  }

  /** Closes silent viewers, and fits bitrate and sound to the others' links. Call it every `CHECK_PERIOD`. */
  check(): void {
    this.audience.check();
    const now = this.#ports.clock.now();
    this.#protection = stepProtection(this.#protection, this.audience.loss, now);
    this.#room.playback()?.setSoundLoss(this.#protection.percent);
    if (this.audience.bitrate !== undefined) this.fit();
  }

  /** Sets the source to the codecs and the bitrate of the viewers, and its pictures to that; without one it pauses. */
  fit(): void {
    const { codecs, bitrate } = this.audience;
    const { floor } = this.#limits();
    const now = this.#ports.clock.now();
    this.#ladder = stepLadder(this.#ladder, { target: bitrate ?? floor, floor }, now);
    const { reduction } = this.#ladder;
    this.#room.playback()?.setAudience({ codecs, bitrate, reduction });
  }

  /** Sends the source's newest figures to every viewer. */
  report(): void {
    if (!this.#stats) return;
    const { encodeMs, frameRate, skipped } = this.#stats;
    this.audience.telemetry({
      encode_ms: encodeMs,
      frame_rate: frameRate,
      skipped,
      bitrate_target: this.audience.bitrate ?? 0,
      viewers: this.watching.viewers,
    });
  }

  [Symbol.dispose](): void {
    this.#audio[Symbol.dispose]();
    this.audience[Symbol.dispose]();
  }
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
