/**
 * Core options in their first form, which every core supports: key and "Description; default|other|…".
 *
 * @module
 */
/** The options of one core with the values now in force. */
export class CoreOptions {
  readonly #wanted: Readonly<Record<string, string>>;
  readonly #values = new Map<string, string>();

  /** `wanted`: values by key that replace the core's own defaults. */
  constructor(wanted: Readonly<Record<string, string>>) {
    this.#wanted = wanted;
  }

  /** Takes one option as the core declares it. A wanted value that is not among the choices is ignored. */
  declare(key: string, declaration: string): void {
    const choices = declaration.slice(declaration.indexOf(";") + 1).trim().split("|");
    const wanted = this.#wanted[key];
    const value = wanted !== undefined && choices.includes(wanted) ? wanted : choices[0];
    if (value) this.#values.set(key, value);
  }

  value(key: string): string | undefined {
    return this.#values.get(key);
  }
}
