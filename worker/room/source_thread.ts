/**
 * The thread that owns a room's source and its encoders: pace, step, convert, encode, post. It blocks between
 * frames, so it reads its messages only when `shared_control.ts` announces one.
 *
 * @module
 */
import { Keyframes } from "../../media/keyframes.ts";
import { createOpusEncoder } from "../../media/opus_encoder.ts";
import type { AudioEncoder, Picture, VideoCodec, VideoEncoder } from "../../media/ports.ts";
import { createVp8Encoder } from "../../media/vp8_encoder.ts";
import { createX264Encoder } from "../../media/x264_encoder.ts";
import { preciseEpoch, systemClock } from "../../protocol/clock.ts";
import { openSource } from "../sources/open_source.ts";
import { createPacer } from "../sources/paced_loop.ts";
import type { Source, SourceInfo } from "../sources/ports.ts";
import { SEATS, SharedControl } from "./shared_control.ts";
import { StepStats } from "./step_stats.ts";
import type { FromThread, ToThread, VideoSettings } from "./thread_protocol.ts";

/** How long a paused thread sleeps before it looks around, in milliseconds. */
const PAUSED_TURN = 100;
const AUDIO_BITRATE = 96_000;

const CREATE = { h264: createX264Encoder, vp8: createVp8Encoder };
const CODECS = ["h264", "vp8"] as const satisfies readonly VideoCodec[];
