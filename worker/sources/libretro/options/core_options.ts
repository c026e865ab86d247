/**
 * Core options in their first form, which every core supports: key and "Name; default|other|…". A core reads the values
 * itself, so what it read last is what it has.
 *
 * @module
 */
import type { CoreOption, OptionOutcome, StateOptions } from "../../ports.ts";

/** Most options of a core that are kept, and choices of one. */
export const MAX_OPTIONS = 512;
const MAX_CHOICES = 128;
/** Most characters of a name and of a declaration that are read: a core is not to be trusted. */
const MAX_NAME = 200;
const MAX_DECLARATION = 20_000;
/** By convention the name says so when a value counts only for a game that is loaded anew. */
const NEEDS_RESTART = /\brestart\b/i;

interface Declared {
  readonly name: string;
  readonly choices: readonly string[];
  /** The chosen value, the one when the core was loaded, and the one that the core read last. */
  value: string;
  readonly first: string;
  read: string | undefined;
}

/** The options of one core with their values. */
export class CoreOptions {
  readonly #wanted: Readonly<Record<string, string>>;
  readonly #declared = new Map<string, Declared>();
  /** Options that were changed since the last step. */
  readonly #changed = new Set<string>();

  /** `wanted`: values by key that replace the core's own defaults. */
  constructor(wanted: Readonly<Record<string, string>>) {
    this.#wanted = wanted;
  }

  /**
   * Takes one option as the core declares it. A wanted value that is not among the choices is ignored; one that was
   * declared before keeps its value.
   */
  declare(key: string, declaration: string): void {
    const text = declaration.slice(0, MAX_DECLARATION);
    const end = text.indexOf(";");
    const choices = text.slice(end + 1).trim().split("|").slice(0, MAX_CHOICES);
    const before = this.#declared.get(key);
    const wanted = [before?.value, this.#wanted[key]].find((each) =>
      each !== undefined && choices.includes(each)
    );
    const value = wanted ?? choices[0];
    if (!value || (!before && this.#declared.size >= MAX_OPTIONS)) return;
    const name = text.slice(0, Math.max(end, 0)).trim().slice(0, MAX_NAME) || key;
    const first = before?.first ?? value;
    this.#declared.set(key, { name, choices, value, first, read: before?.read });
  }

  /** The value that the core reads. */
  value(key: string): string | undefined {
    const option = this.#declared.get(key);
    if (option) option.read = option.value;
    return option?.value;
  }

  /** How many options there are. */
  get size(): number {
    return this.#declared.size;
  }

  /** All options, as the core declared them. */
  list(): readonly CoreOption[] {
    return [...this.#declared].map(([key, option]) => {
      const later = this.#later(key, option);
      const { name, value, choices } = option;
      return { key, name, value, choices, ...(later && { later }) };
    });
  }

  /** Chooses a value. */
  set(key: string, value: string): OptionOutcome {
    const option = this.#declared.get(key);
    if (!option) return "unknown";
    if (!option.choices.includes(value)) return "no_choice";
    if (option.value !== value) this.#changed.add(key);
    option.value = value;
    return "set";
  }

  /** Whether the core is to read its options again. */
  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** The core has made a step: what it has not read in it, it reads when it is loaded anew. */
  stepped(): void {
    this.#changed.clear();
  }

  /** Whether a value counts only once the game is loaded anew. */
  get awaitsRestart(): boolean {
    return this.list().some(({ later }) => later === "restart");
  }

  /** The values by key. */
  get values(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#declared].map(([key, { value }]) => [key, value]));
  }

  /** The options that a state is of which is taken at this moment. */
  ofState(): StateOptions {
    const values: [string, string][] = [];
    const chosen: [string, string][] = [];
    for (const [key, option] of this.#declared) {
      const waits = this.#later(key, option) !== undefined;
      const has = waits ? hasNow(option) : option.value;
      if (has !== option.choices[0]) values.push([key, has]);
      if (waits) chosen.push([key, option.value]);
    }
    return { values: Object.fromEntries(values), chosen: Object.fromEntries(chosen) };
  }

  /**
   * The values by key that the core has to be loaded with for a state of `wanted`, or `undefined` when it has them.
   * `unknown`: what the core has no such option or choice for.
   */
  forState(
    { values: wanted, chosen }: StateOptions,
  ): { values: Readonly<Record<string, string>> | undefined; unknown: string[] } {
    const [given, later] = [wanted, chosen].map((each) => new Map(Object.entries(each)));
    const unknown = [...given!, ...later!].filter(([key, value]) =>
      !this.#declared.get(key)?.choices.includes(value)
    ).map(([key]) => key);
    let differs = false;
    const values = [...this.#declared].map(([key, { choices, value }]) => {
      const wish = given!.get(key);
      const next = wish !== undefined && choices.includes(wish) ? wish : choices[0]!;
      differs ||= next !== value;
      return [key, next] as const;
    });
    return { values: differs ? Object.fromEntries(values) : undefined, unknown };
  }

  /** The values with which the core was loaded, by key. */
  get firstValues(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#declared].map(([key, { first }]) => [key, first]));
  }

  #later(key: string, option: Declared): CoreOption["later"] {
    if (option.value === hasNow(option)) return undefined;
    return this.#changed.has(key) && !NEEDS_RESTART.test(option.name) ? "step" : "restart";
  }
}

/** The value that the core has. One that has read none of its options may read this one only when it needs it. */
function hasNow({ name, first, read }: Declared): string {
  return NEEDS_RESTART.test(name) ? first : read ?? first;
}
