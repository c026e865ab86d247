/**
 * How large the page's text is, for what is measured in pixels and has to grow with it.
 *
 * @module
 */

/** The usual size of the root's text, in pixels. */
const USUAL = 16;

/** The size of the root's text over its usual size: 1 on a desk, more on a television. */
export function textScale(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;
}
