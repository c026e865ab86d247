/**
 * Plays the built-in game in a new thread until V8 has compiled the code that every game runs. Otherwise the first
 * pictures of a player would take ten times as long as later ones.
 *
 * @module
 */
import { createOpusEncoder } from "../../media/opus_encoder.ts";
import { createVideoEncoder } from "../../media/video_encoder.ts";
import { NEUTRAL_PAD } from "../../protocol/control/pad.ts";
import { openSource } from "../sources/open_source.ts";
import { SEATS } from "./shared_control.ts";

/**
 * So often the game is opened and played: code that is optimized for one game alone is thrown away by the next. Opened
 * once, the next game takes 25 ms of the processor to its first picture; opened five times, 7 ms.
 */
const GAMES = 5;
/** Pictures of each. */
const PICTURES = 30;
/** Pictures between two checks whether the thread is needed. */
const CHUNK = 3;

/**
 * Plays the built-in game several times without a viewer. It ends early once `wanted` returns true; `pause` lets the thread read its
 * messages.
 */
export async function warmUp(
  { wanted, pause }: { wanted: () => boolean; pause: () => Promise<void> },
): Promise<void> {
  for (let game = 0; game < GAMES && !wanted(); game++) await playOnce({ wanted, pause });
}

async function playOnce(
  { wanted, pause }: { wanted: () => boolean; pause: () => Promise<void> },
): Promise<void> {
  const opened = openSource({ kind: "builtin", name: "paddle-duel" });
  if ("error" in opened) return;
  using source = opened.source;
  const { frameRate, sampleRate } = source.info;
  using video = createVideoEncoder({
    codec: "h264",
    frameRate,
    bitrate: 2_000_000,
    targetHeight: 448,
  });
  using audio = createOpusEncoder({ sampleRate, bitrate: 96_000 });
  const pads = Array.from({ length: SEATS }, () => NEUTRAL_PAD);
  for (let n = 0; n < PICTURES && !wanted(); n++) {
    const { picture, sound } = source.step(pads);
    if (picture) video.encode(picture, { keyframe: n % 30 === 0, timestamp: n * 1500 });
    audio.encode(sound);
    if (n % CHUNK === 0) await pause();
  }
}
