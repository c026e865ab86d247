/**
 * The mark of Farpad: a pad under an arc.
 *
 * @module
 */
/** The mark, as an inline SVG. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M6 13a10 10 0 0 1 20 0" opacity="0.5" />
      <path d="M10.500 17.500v7M7 21h7" />
      <circle cx="20.500" cy="23" r="1.800" />
      <circle cx="24.500" cy="19" r="1.800" />
    </svg>
  );
}
