/**
 * One running stream: takes pictures and sound from a source, compresses them, packs them and passes them to
 * the uplink, and to the device's own recording; reports its figures once a second.
 *
 * @module
 */
import { AAC_CHANNELS, AAC_RATE, type AacPacket } from "../../media/aac_encoder.ts";
import type { SchedulerRules } from "../../media/links/rist/scheduler.ts";
import { stampOf } from "../../media/mpegts/capture_stamp.ts";
import { TsMuxer } from "../../media/mpegts/muxer.ts";
import type { CreateVideoEncoder, Picture, VideoEncoder } from "../../media/ports.ts";
import type { ConfigUpdate } from "../../protocol/legs/agent_leg.ts";
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import type { EncoderConfig } from "../../protocol/field/device.ts";
import { Mean } from "../../protocol/mean.ts";
import {
  type BitrateFollow,
  type FollowRules,
  isWorthChanging,
  startFollow,
  stepFollow,
} from "./bitrate_follow.ts";
import type { StreamRecorder } from "../recording/stream_recorder.ts";
import { planUpdate } from "./hot_update.ts";
import { Growing, processTime, SampleClock } from "./media_time.ts";
import type { FieldSource, PipelineStats, UpdateOutcome } from "./ports.ts";
import { RateMeter } from "./rate_meter.ts";
import type { Uplink } from "./uplink.ts";

/** Ticks a second of media time. */
const TICKS = 90_000;
/** Time between keyframes when no distance is configured, in ticks: a viewer that joins waits no longer. */
const KEYFRAME_PERIOD = TICKS;
/** How often the link is looked at, and whether figures are due: the first ones are reported at once. */
const TURN = 100;
/** The bitrate that is kept on a link that carries less, when none is configured, in kbit/s. */
const LEAST_BITRATE = 500;
/** Most time between keyframes, whatever is configured, in ticks. */
const MAX_KEYFRAME_PERIOD = 2 * TICKS;
/** Least time from one keyframe to one that is asked for, in ticks. */
const ASKED_DISTANCE = TICKS / 2;
/** A picture this much before its time counts as on time, in ticks, because times of live sources vary. */
const SLACK = TICKS / 100;
/** Time after the link was opened in which it says nothing of what it carries, in milliseconds. */
const SETTLING = 3_000;
/** Least pictures a second an encoder is made for: with fewer, one picture could take long to send. */
const LEAST_RATE = 10;
/**
 * A source slower than this share of the encoder's rate gets another encoder, because this one would not use its
 * bitrate.
 */
const MUCH_SLOWER = 0.5;

/** The seed protocol's words for the state of a path. */
const PATH_STATES = {
  probe: "Probe",
  warm: "Warm",
  live: "Live",
  degraded: "Degrade",
  cooling: "Cooldown",
} as const;

/** Compresses interleaved stereo sound, signed 16 bit, and returns the frames that became full. */
export interface SoundEncoder extends Disposable {
  encode(pcm: Int16Array): AacPacket[];
}

/** The parts of a running stream. */
export interface BroadcastOptions {
  readonly source: FieldSource;
  readonly uplink: Uplink;
  readonly encoder: EncoderConfig;
  /** How long a lost packet may be sent again, in milliseconds. */
  readonly latency: number;
  /** How a bonded link spreads packets. */
  readonly spread?: { rules: SchedulerRules } | undefined;
  /** Names of the network paths in the figures, in their order. */
  readonly paths: readonly string[];
  /** Between two reports of the figures, in milliseconds. */
  readonly statsPeriod: number;
  readonly clock: Clock;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** What people call the encoder that works at the moment. */
  readonly encoderName: () => string;
  readonly createSoundEncoder: () => SoundEncoder;
  /** The device's own recording; absent: it makes none. */
  readonly recorder?: StreamRecorder | undefined;
  readonly listener: {
    stats(stats: PipelineStats): void;
    failed(error: string): void;
  };
}

/** A running stream. Disposing ends it and closes its source, not its uplink. */
export class Broadcast implements Disposable {
  readonly #options: BroadcastOptions;
  readonly #muxer: TsMuxer;
  readonly #soundClock = new SampleClock(AAC_RATE);
  readonly #pictureTimes = new Growing();
  /** From a picture's delivery until it is compressed, in milliseconds. */
  readonly #encodeTimes = new Mean();
  readonly #began: Millis;
  readonly #telling: Disposable;
  #encoder: EncoderConfig;
  #video: { readonly encoder: VideoEncoder; readonly frameRate: number } | undefined;
  readonly #rate = new RateMeter();
  /** Pictures a second as measured; `undefined` until the input delivered pictures for three seconds. */
  #measuredRate: number | undefined;
  #sound: SoundEncoder | undefined;
  #follow: BitrateFollow;
  /** What the encoder aims at, in bits a second. */
  #bitrate: number;
  /** Bytes that were offered since the link was last looked at, and pictures that were dropped until then. */
  #offered = { bytes: 0, dropped: 0, refused: 0 };
  #openedAt: Millis;
  #keyframeWanted = true;
  #keyframeAsked = false;
  #sinceKeyframe = 0;
  #keyframeAt = 0;
  /** The state of each path, and since when. */
  #states: { readonly state: string; readonly since: Millis }[] = [];
  #window = { pictures: 0, bytes: 0, sent: [] as number[], at: 0 };

  constructor(options: BroadcastOptions) {
    const { source, clock, encoder } = options;
    this.#options = options;
    this.#encoder = encoder;
    this.#began = clock.now();
    this.#window.at = this.#openedAt = this.#began;
    this.#bitrate = initialBitrate(encoder);
    this.#follow = startFollow(this.#bitrate, this.#began);
    const audio = { sampleRate: AAC_RATE, channels: AAC_CHANNELS };
    this.#muxer = new TsMuxer(source.hasSound ? { audio } : {});
    this.#telling = every(clock, TURN, () => this.#turn());
    source.run({
      picture: (picture, pts) => this.#picture(picture, pts),
      unit: (data, unit) => this.#unit(data, unit),
      sound: (pcm, pts) => this.#pcm(pcm, pts),
      restarted: () => this.#restart(),
      failed: (error) => options.listener.failed(error),
    });
  }

  /** The link was opened anew: the next picture is a keyframe, and the round trip is measured from the beginning. */
  linkOpened(): void {
    this.#keyframeWanted = true;
    this.#openedAt = this.#options.clock.now();
    this.#follow = { ...this.#follow, baseRtt: undefined };
  }

  /** Makes a picture a keyframe for somebody who watches: the next one, or the first one half a second after the last. */
  keyframeWanted(): void {
    this.#keyframeAsked = true;
  }

  /** Applies an update as a whole, or refuses it. */
  update(update: ConfigUpdate): UpdateOutcome {
    const { spread } = this.#options;
    const plan = planUpdate(update, this.#encoder, spread?.rules);
    if ("refusal" in plan) return plan;
    this.#encoder = plan.encoder;
    if (spread && plan.rules) spread.rules = plan.rules;
    if (update.encoder?.bitrate_kbps !== undefined) {
      const begun = startFollow(initialBitrate(plan.encoder), this.#options.clock.now());
      this.#follow = { ...begun, baseRtt: this.#follow.baseRtt };
      this.#setBitrate(this.#follow.target);
    }
    return { applied: plan.applied };
  }

  [Symbol.dispose](): void {
    this.#telling[Symbol.dispose]();
    this.#options.source[Symbol.dispose]();
    this.#closeVideo();
    this.#sound?.[Symbol.dispose]();
  }

  #restart(): void {
    this.#closeVideo();
    this.#rate.restart();
    this.#measuredRate = undefined;
  }

  /** Closes the encoder. The next picture opens another one, whose first frame is a keyframe. */
  #closeVideo(): void {
    this.#video?.encoder[Symbol.dispose]();
    this.#video = undefined;
    this.#keyframeWanted = true;
  }

  #picture(picture: Picture, pts: number): void {
    this.#measure(pts);
    if (!this.#isTaken) return;
    const { encoder } = this.#video ??= this.#openVideo();
    const { clock } = this.#options;
    const began = clock.now();
    const frame = encoder.encode(picture, { keyframe: this.#isKeyframeDue(pts), timestamp: pts });
    this.#encodeTimes.add(clock.now() - began);
    this.#sinceKeyframe += 1;
    if (frame) this.#unit(frame.data, { pts, keyframe: frame.keyframe });
  }

  /** Encoders use the measured rate: a camera may deliver fewer pictures in the dark, or announce no rate. */
  #measure(pts: number): void {
    const rate = this.#rate.picture(pts);
    if (rate === undefined) return;
    this.#measuredRate = rate;
    const made = this.#video?.frameRate ?? 0;
    if (made > LEAST_RATE && rate < MUCH_SLOWER * made) this.#closeVideo();
  }

  #openVideo(): { encoder: VideoEncoder; frameRate: number } {
    const { createVideoEncoder, source } = this.#options;
    const frameRate = Math.max(LEAST_RATE, this.#measuredRate ?? source.frameRate);
    const wish = { codec: "h264", frameRate, bitrate: this.#bitrate, targetHeight: 1 } as const;
    const encoder = createVideoEncoder(wish);
    return { encoder, frameRate };
  }

  /** Whether anything takes what is encoded: a recording goes on while the link is down. */
  get #isTaken(): boolean {
    const { uplink, recorder } = this.#options;
    return uplink.isUp || recorder?.isOn === true;
  }

  #unit(data: Uint8Array, { pts, keyframe }: { pts: number; keyframe: boolean }): void {
    if (keyframe) {
      this.#keyframeWanted = false;
      this.#keyframeAsked = false;
      this.#sinceKeyframe = 0;
      this.#keyframeAt = pts;
    }
    this.#window.pictures += 1;
    this.#window.bytes += data.length;
    const { uplink, recorder, clock } = this.#options;
    recorder?.picture(data, { pts, keyframe });
    const times = { capturedAt: processTime(pts), now: clock.now(), clock: uplink.receiverClock };
    const stamp = stampOf(times);
    const packets = this.#muxer.video(data, { pts: this.#pictureTimes.next(pts), keyframe, stamp });
    if (!uplink.isUp) return recorder?.missed();
    this.#offered.bytes += data.length;
    const before = uplink.dropped;
    uplink.picture(packets, { keyframe });
    if (uplink.dropped > before) recorder?.missed();
  }

  #pcm(pcm: Int16Array, pts: number): void {
    if (!this.#isTaken) return;
    const { uplink, recorder, createSoundEncoder } = this.#options;
    this.#sound ??= createSoundEncoder();
    for (const packet of this.#sound.encode(pcm)) {
      const at = this.#soundClock.at(packet.sample, pts);
      recorder?.sound(packet, at);
      uplink.sound(this.#muxer.audio(packet.data, { pts: at }));
    }
  }

  /**
   * The default distance is a time, so a viewer's wait does not depend on the rate. A configured one is in
   * pictures.
   */
  #isKeyframeDue(pts: number): boolean {
    const { keyint_max: distance } = this.#encoder;
    const period = distance === undefined ? KEYFRAME_PERIOD : MAX_KEYFRAME_PERIOD;
    const isAsked = this.#keyframeAsked &&
      pts + SLACK >= this.#keyframeAt + ASKED_DISTANCE;
    return this.#keyframeWanted || isAsked || pts + SLACK >= this.#keyframeAt + period ||
      (distance !== undefined && this.#sinceKeyframe + 1 >= distance);
  }

  #turn(): void {
    const { uplink, clock, statsPeriod } = this.#options;
    if (uplink.wantsKeyframe) this.#keyframeWanted = true;
    if (uplink.isUp) this.#followLink();
    const isFirst = this.#window.sent.length === 0 && uplink.figures.sentBytes > 0;
    if (isFirst || clock.now() - this.#window.at >= statsPeriod) this.#report();
  }

  #followLink(): void {
    const { uplink, clock, latency, recorder } = this.#options;
    const { rtt, refusedRepeats = 0 } = uplink.figures;
    const { bytes, dropped, refused } = this.#offered;
    this.#offered = { bytes: 0, dropped: uplink.dropped, refused: refusedRepeats };
    if (refusedRepeats > refused) recorder?.missed();
    // A link that was opened again counts from the beginning, and finds its shares at first.
    const isRefusing = refusedRepeats > refused && clock.now() - this.#openedAt >= SETTLING;
    const reading = { bytes, dropped: uplink.dropped - dropped, isRefusing, rtt };
    const rules = followRules(this.#encoder, latency);
    this.#follow = stepFollow(this.#follow, reading, { rules, now: clock.now() });
    const { target } = this.#follow;
    if (isWorthChanging(this.#bitrate, target, rules)) this.#setBitrate(target);
  }

  #setBitrate(bitrate: number): void {
    this.#bitrate = bitrate;
    this.#video?.encoder.setBitrate(bitrate);
  }

  #report(): void {
    const { uplink, clock, listener, paths: names, source } = this.#options;
    const now = clock.now();
    const seconds = Math.max(0.001, (now - this.#window.at) / 1000);
    const { pictures, bytes } = this.#window;
    const { paths } = uplink.figures;
    const before = this.#window.sent;
    const sent = paths.map(({ sentBytes }) => sentBytes);
    this.#window = { pictures: 0, bytes: 0, sent, at: now };
    if (!sent.some((bytes) => bytes > 0)) return;
    this.#states = paths.map(({ state: own }, id) => {
      const state = uplink.isUp && own ? PATH_STATES[own] : uplink.condition;
      const known = this.#states[id];
      return known?.state === state ? known : { state, since: now };
    });
    listener.stats({
      uptime_s: Math.round((now - this.#began) / 1000),
      encoder_bitrate_kbps: Math.round(bytes * 8 / 1000 / seconds),
      target_bitrate_kbps: this.#video ? Math.round(this.#bitrate / 1000) : null,
      encode_ms: tenths(this.#encodeTimes.take()),
      encoder: this.#video ? this.#options.encoderName() : null,
      timestamp_ms: clock.epoch(),
      framerate: Math.round(pictures / seconds * 10) / 10,
      dropped_frames: uplink.dropped,
      input: source.condition,
      links: paths.map(({ sentBytes, rtt, lossRate, capacity }, id) => ({
        id,
        interface: names[id] ?? names[0] ?? "default",
        state: this.#states[id]!.state,
        state_s: Math.round((now - this.#states[id]!.since) / 1000),
        rtt_ms: rtt ?? null,
        loss_rate: lossRate ?? null,
        capacity_bps: capacity ?? null,
        sent_bytes: sentBytes,
        observed_bps: Math.round((sentBytes - (before[id] ?? 0)) * 8 / seconds),
      })),
    });
  }
}

function tenths(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 10) / 10;
}

function initialBitrate({ bitrate_kbps: wished, max_bitrate_kbps: most = wished }: EncoderConfig) {
  return Math.min(wished, most) * 1000;
}

function followRules(
  { bitrate_kbps: wished, min_bitrate_kbps: least, max_bitrate_kbps: most }: EncoderConfig,
  latency: number,
): FollowRules {
  return { least: (least ?? LEAST_BITRATE) * 1000, most: (most ?? wished) * 1000, latency };
}
