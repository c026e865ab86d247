/**
 * `Symbol.dispose` and `DisposableStack` (ECMAScript Explicit Resource Management) for browsers that lack them: Safari,
 * Firefox before 141, Chromium before 134. An entry imports this file before all others, because classes read
 * `Symbol.dispose` when they are defined.
 *
 * @module
 */
if (!Object.hasOwn(Symbol, "dispose")) {
  // The symbol that compiled `using` declarations take where there is none.
  Object.defineProperty(Symbol, "dispose", { value: Symbol.for("Symbol.dispose") });
}

/** The part of `DisposableStack` that the pages use. */
export class SimpleDisposableStack implements Disposable {
  #ends: (() => void)[] | undefined = [];

  get disposed(): boolean {
    return this.#ends === undefined;
  }

  /** Ends `value` when the stack is disposed, and returns it. */
  use<Value extends Disposable | null | undefined>(value: Value): Value {
    if (value) this.defer(() => value[Symbol.dispose]());
    return value;
  }

  /**
   * Calls `end` when the stack is disposed.
   *
   * @throws {ReferenceError} when it already is
   */
  defer(end: () => void): void {
    if (!this.#ends) throw new ReferenceError("Cannot add to a stack that is disposed");
    this.#ends.push(end);
  }

  /** Ends everything, the newest first. What an end throws is thrown after all of them, the last alone. */
  dispose(): void {
    const ends = this.#ends ?? [];
    this.#ends = undefined;
    const thrown: unknown[] = [];
    for (const end of ends.reverse()) {
      try {
        end();
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown.at(-1);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

globalThis.DisposableStack ??= SimpleDisposableStack as unknown as DisposableStackConstructor;
