/**
 * The embedded core as the console of a region. The core itself is an NTSC console only; this file gives its
 * parts the clocks, lines and sound tables of the PAL and Dendy consoles (nesdev.org, "Cycle reference chart",
 * "APU Frame Counter", "APU Noise", "APU DMC").
 *
 * @module
 */
import { NES, type NESOptions } from "jsnes";
import { NES_TIMINGS, type NesRegion } from "./nes_region.ts";

/** Lines of a picture on consoles with 50 pictures a second, and how many more that is than in the core. */
const LINES = 312;
const MORE_LINES = LINES - 262;
const DOTS = 341;

/**
 * The line that is repeated to reach 312: a PAL console waits in the vertical blank (line 260 is its last), a
 * Dendy before it, so that the blank is as long as on an NTSC console.
 */
const WAITING_LINE = { pal: 260, dendy: 240 } as const;

/** CPU cycles of the steps of a PAL sound chip's frame counter, and of the whole sequence: with four and five steps. */
const PAL_SEQUENCES = [
  { steps: [8313, 16627, 24939, 33252, 33253], period: 33254 },
  { steps: [8313, 16627, 24939, 33253, 41565], period: 41566 },
] as const;
/** CPU cycles between two steps of the noise channel, by the number that a game writes. */
const PAL_NOISE = [4, 8, 14, 30, 60, 88, 118, 148, 188, 236, 354, 472, 708, 944, 1890, 3778];
/** CPU cycles between two bits of the sample channel. The core's table holds eight times that. */
const PAL_SAMPLES = [398, 354, 316, 298, 276, 236, 210, 198, 176, 148, 132, 118, 98, 78, 66, 50];

/** The parts of the core that its own types leave out. */
interface Parts {
  readonly cpu: { readonly cycles: number; _endCycle(): void };
  readonly ppu: {
    dotTarget: number;
    line: number;
    dot: number;
    oddFrame: boolean;
    readonly palTable: { setEmphasis(bits: number): void };
    _nextLine(): void;
    _dotsUntil(line: number, dot: number): number;
  };
  readonly papu: {
    readonly sampleRate: number;
    sampleTimerMax: number;
    noiseWavelengthLookup: readonly number[];
    dmcFreqLookup: readonly number[];
    frameStep: number;
    frameCycleCounter: number;
    nextFrameEvent: number;
    readonly countSequence: 0 | 1;
    readonly frameIrqEnabled: boolean;
    frameIrqClearPending: boolean;
    fireFrameStep(step: number): void;
    _setFrameIrq(level: boolean): void;
    _updateNextFrameEvent(): void;
    _advanceFrameSteps(): void;
  };
}

/** A console of `region`, without a cartridge. */
export function createConsole(region: NesRegion, options: NESOptions): NES {
  const nes = new NES(options);
  if (region === "ntsc") return nes;
  // The core creates its parts again at every reset; loading a cartridge or a saved state resets it too.
  const reset = nes.reset.bind(nes);
  nes.reset = () => {
    reset();
    adapt(nes as unknown as Parts, region);
  };
  const fromJSON = nes.fromJSON.bind(nes);
  nes.fromJSON = (state) => {
    fromJSON(state);
    // The state contains the sample timer of the console that it was saved on.
    setSampleTimer(nes as unknown as Parts, region);
  };
  return nes;
}

function adapt(nes: Parts, region: Exclude<NesRegion, "ntsc">): void {
  addLines(nes, WAITING_LINE[region]);
  swapEmphasis(nes);
  setSampleTimer(nes, region);
  if (region === "dendy") return;
  addDots(nes);
  setPalSound(nes);
}

/** Repeats one line until a picture has 312, and takes away the NTSC console's shorter odd pictures. */
function addLines({ ppu }: Parts, waitingLine: number): void {
  const nextLine = ppu._nextLine;
  // This is zero whenever a picture is complete; states are saved only then.
  let repeated = 0;
  ppu._nextLine = () => {
    if (ppu.line === waitingLine && repeated < MORE_LINES) {
      repeated += 1;
      ppu.dot = 0;
      return;
    }
    repeated = 0;
    nextLine.call(ppu);
    ppu.oddFrame = false;
  };
  const lineInPicture = (line: number) => line > waitingLine ? line + MORE_LINES : line;
  ppu._dotsUntil = (line, dot) => {
    const now = lineInPicture(ppu.line) + repeated;
    const dots = (lineInPicture(line) - now) * DOTS + dot - ppu.dot;
    return dots < 0 ? dots + LINES * DOTS : dots;
  };
}

/** A PAL console draws 16 dots in 5 CPU cycles, an NTSC console 15. */
function addDots({ cpu, ppu }: Parts): void {
  const endCycle = cpu._endCycle;
  cpu._endCycle = () => {
    if (cpu.cycles % 5 === 0) ppu.dotTarget += 1;
    endCycle.call(cpu);
  };
}

/** On 50 Hz consoles bit 5 of $2001 emphasizes green and bit 6 red. */
function swapEmphasis({ ppu: { palTable } }: Parts): void {
  const setEmphasis = palTable.setEmphasis;
  palTable.setEmphasis = (bits) =>
    setEmphasis.call(palTable, bits & 4 | (bits & 1) << 1 | bits >> 1 & 1);
}

/** The core counts in 1024ths of a CPU cycle. */
function setSampleTimer({ papu }: Parts, region: NesRegion): void {
  papu.sampleTimerMax = Math.floor(1024 * NES_TIMINGS[region].cpuRate / papu.sampleRate);
}

function setPalSound({ papu }: Parts): void {
  papu.noiseWavelengthLookup = PAL_NOISE;
  papu.dmcFreqLookup = PAL_SAMPLES.map((cycles) => cycles * 8);
  papu._updateNextFrameEvent = () => {
    const { steps, period } = PAL_SEQUENCES[papu.countSequence];
    papu.nextFrameEvent = steps[papu.frameStep] ?? period;
  };
  papu._advanceFrameSteps = () => {
    while (papu.frameCycleCounter >= papu.nextFrameEvent) {
      const { steps, period } = PAL_SEQUENCES[papu.countSequence];
      if (papu.frameStep < steps.length) {
        papu.fireFrameStep(papu.frameStep++);
      } else {
        papu.frameStep = 0;
        papu.frameCycleCounter -= period;
        if (papu.countSequence === 0) {
          papu.frameIrqClearPending = false;
          papu._setFrameIrq(papu.frameIrqEnabled);
        }
      }
      papu._updateNextFrameEvent();
    }
  };
  papu._updateNextFrameEvent();
}
