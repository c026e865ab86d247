/**
 * A field source that outlives its input: it opens a lost input again, by the rules of `input_life.ts`, and reports a
 * failure when the input did not come back. Nothing else in the agent opens an input again.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import type { InputCondition } from "../../protocol/field/device.ts";
import { type InputEvent, type InputLife, openedInput, stepInput } from "./input_life.ts";
import type { FieldSource, FieldSourceListener, InputListener, OpenedInput } from "./ports.ts";

/** Period of the machine's ticks, in milliseconds. */
const TURN = 250;

/** The input of a lasting source, and how it is opened again. */
export interface LastingSourceOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Description of the input: `the camera /dev/video0`. */
  readonly what: string;
  /** For how long opening a lost input is tried, in milliseconds. */
  readonly patience: number;
  /** The input as it was opened for the start. */
  readonly first: OpenedInput;
  /** Opens the input again. */
  readonly open: () => Promise<OpenedInput | { readonly error: string }>;
}

/** A source whose input is opened again after a loss. */
export class LastingSource implements FieldSource {
  readonly hasSound: boolean;
  readonly #options: LastingSourceOptions;
  #frameRate: number;
  #input: OpenedInput | undefined;
  #life: InputLife;
  #listener: FieldSourceListener | undefined;
  #ticking: Disposable | undefined;

  constructor(options: LastingSourceOptions) {
    this.#options = options;
    this.#input = options.first;
    this.#frameRate = options.first.frameRate;
    this.hasSound = options.first.hasSound;
    this.#life = openedInput(options.clock.now());
  }

  get frameRate(): number {
    return this.#frameRate;
  }

  get condition(): InputCondition {
    const { clock, patience } = this.#options;
    const life = this.#life;
    if (life.state !== "waiting" && life.state !== "trying") return { state: "open" };
    const lostFor = clock.now() - life.since;
    return {
      state: "lost",
      lost_for_s: Math.round(lostFor / 1000),
      gives_up_in_s: Math.max(0, Math.round((patience - lostFor) / 1000)),
      error: life.error.slice(0, 400),
    };
  }

  run(listener: FieldSourceListener): void {
    const { clock } = this.#options;
    this.#listener = listener;
    this.#life = openedInput(clock.now());
    this.#ticking = every(clock, TURN, () => this.#step({ type: "tick" }));
    if (this.#input) this.#runInput(this.#input, listener);
  }

  [Symbol.dispose](): void {
    this.#ticking?.[Symbol.dispose]();
    this.#listener = undefined;
    this.#close();
  }

  #runInput(input: OpenedInput, listener: FieldSourceListener): void {
    const isCurrent = () => this.#input === input && this.#listener !== undefined;
    const pass: InputListener = {
      picture: (picture, pts) => {
        if (!isCurrent()) return;
        this.#step({ type: "picture" });
        listener.picture(picture, pts);
      },
      unit: (data, unit) => {
        if (!isCurrent()) return;
        this.#step({ type: "picture" });
        listener.unit(data, unit);
      },
      // A stream that began without sound has no sound track to send it in.
      sound: (pcm, pts) => isCurrent() && this.hasSound ? listener.sound(pcm, pts) : undefined,
      lost: (error) => isCurrent() ? this.#step({ type: "failed", error }) : undefined,
      failed: (error) => isCurrent() ? listener.failed(error) : undefined,
    };
    input.run(pass);
  }

  #step(event: InputEvent): void {
    const { clock, what, patience, random } = this.#options;
    const before = this.#life;
    const after = stepInput(before, event, {
      now: clock.now(),
      rules: { what, patience, random },
    });
    this.#life = after;
    if (after.state === before.state) return;
    switch (after.state) {
      case "open":
        return this.#listener?.restarted();
      case "waiting":
        return this.#close();
      case "trying":
        return void this.#open();
      case "over":
        this.#close();
        this.#ticking?.[Symbol.dispose]();
        return this.#listener?.failed(after.error);
    }
  }

  async #open(): Promise<void> {
    const attempt = this.#life;
    const opened = await this.#options.open();
    const listener = this.#listener;
    if (!listener || this.#life !== attempt) {
      // The attempt took too long, or the stream ended.
      if (!("error" in opened)) opened[Symbol.dispose]();
      return;
    }
    if ("error" in opened) return this.#step({ type: "failed", error: opened.error });
    this.#input = opened;
    this.#frameRate = opened.frameRate;
    this.#runInput(opened, listener);
  }

  #close(): void {
    const input = this.#input;
    this.#input = undefined;
    input?.[Symbol.dispose]();
  }
}
