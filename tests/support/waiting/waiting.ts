/**
 * How long tests wait for what has to come.
 *
 * @module
 */
/**
 * The longest wait for one event, in milliseconds: far longer than it takes, because the machine may be busy. It only
 * limits how long a test with a fault takes; no test asserts how quick something is.
 */
export const PATIENCE = 60_000;

/** Waits until something holds, and looks every 20 ms; fails with `what` after {@linkcode PATIENCE}. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`Waited ${PATIENCE / 1000} s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
