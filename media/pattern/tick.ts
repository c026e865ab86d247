/**
 * The test picture's sound: a short, quiet tone at the beginning of every second, silence otherwise.
 *
 * @module
 */
const TONE = 1000;
/** In milliseconds. */
const LENGTH = 50;
/** Of 32767. */
const LOUDNESS = 3000;

/** Makes the sound of each frame, interleaved stereo; frames follow without gap or overlap at any rate. */
export function createTick(
  { frameRate, sampleRate }: { frameRate: number; sampleRate: number },
): (frame: number) => Int16Array {
  const samples = new Int16Array(Math.ceil(sampleRate / frameRate + 1) * 2);
  const toneLength = sampleRate * LENGTH / 1000;
  return (frame) => {
    const first = Math.floor(frame * sampleRate / frameRate);
    const end = Math.floor((frame + 1) * sampleRate / frameRate);
    for (let sample = first; sample < end; sample++) {
      const place = sample % sampleRate;
      const at = (sample - first) * 2;
      samples[at] = place < toneLength ? tone(place, { sampleRate, toneLength }) : 0;
      samples[at + 1] = samples[at]!;
    }
    return samples.subarray(0, (end - first) * 2);
  };
}

/** The tone. It fades in and out, because a tone that starts at once makes a click. */
function tone(
  place: number,
  { sampleRate, toneLength }: { sampleRate: number; toneLength: number },
): number {
  const swell = Math.sin(Math.PI * place / toneLength);
  return Math.round(LOUDNESS * swell * Math.sin(2 * Math.PI * TONE * place / sampleRate));
}
