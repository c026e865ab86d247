/**
 * The options of a core with their values. A core reads the values itself, so what it read last is what it has.
 *
 * @module
 */
import type { CoreOption, OptionOutcome, StateOptions } from "../../ports.ts";
import { MAX_OPTIONS, type OptionDefinition } from "./definitions.ts";

interface Declared {
  readonly definition: OptionDefinition;
  /** The value of a core that was told nothing. */
  readonly usual: string;
  /** The chosen value, the one when the core was loaded, and the one that the core read last. */
  value: string;
  readonly first: string;
  read: string | undefined;
  isHidden: boolean;
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
  declare(key: string, definition: OptionDefinition): void {
    const { choices } = definition;
    const firstOf = (...values: (string | undefined)[]) =>
      values.find((each) => each !== undefined && choices.includes(each));
    const usual = firstOf(definition.usual, choices[0]);
    const before = this.#declared.get(key);
    if (!usual || (!before && this.#declared.size >= MAX_OPTIONS)) return;
    const value = firstOf(before?.value, this.#wanted[key]) ?? usual;
    const first = before?.first ?? value;
    const { read } = before ?? {};
    this.#declared.set(key, { definition, usual, value, first, read, isHidden: false });
  }

  /** The core shows an option or hides it, because others make it irrelevant; its value stays. */
  show(key: string, isShown: boolean): void {
    const option = this.#declared.get(key);
    if (option) option.isHidden = !isShown;
  }

  /** The value that the core reads. */
  value(key: string): string | undefined {
    const option = this.#declared.get(key);
    if (option) option.read = option.value;
    return option?.value;
  }

  /** How many options there are, with those that are hidden. */
  get size(): number {
    return this.#declared.size;
  }

  /** The options that the core shows, as it declared them. */
  list(): readonly CoreOption[] {
    return [...this.#declared].filter(([, { isHidden }]) => !isHidden).map(([key, option]) => {
      const later = this.#later(key, option);
      const { value, definition: { name, choices, labels, category, help } } = option;
      return {
        key,
        name,
        value,
        choices,
        ...(labels && { labels }),
        ...(category && { category }),
        ...(help && { help }),
        ...(later && { later }),
      };
    });
  }

  /** Chooses a value. */
  set(key: string, value: string): OptionOutcome {
    const option = this.#declared.get(key);
    if (!option) return "unknown";
    if (!option.definition.choices.includes(value)) return "no_choice";
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
    return [...this.#declared].some(([key, option]) => this.#later(key, option) === "restart");
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
      if (has !== option.usual) values.push([key, has]);
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
      !this.#declared.get(key)?.definition.choices.includes(value)
    ).map(([key]) => key);
    let differs = false;
    const values = [...this.#declared].map(([key, { definition, usual, value }]) => {
      const wish = given!.get(key);
      const next = wish !== undefined && definition.choices.includes(wish) ? wish : usual;
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
    return this.#changed.has(key) && !option.definition.needsRestart ? "step" : "restart";
  }
}

/** The value that the core has. One that has read none of its options may read this one only when it needs it. */
function hasNow({ definition, first, read }: Declared): string {
  return definition.needsRestart ? first : read ?? first;
}
