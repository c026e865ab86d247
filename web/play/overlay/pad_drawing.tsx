/**
 * A pad with the names of its buttons.
 *
 * @module
 */
import type { Button } from "../../../protocol/control/pad.ts";
import { buttonName, buttonsOf } from "../input/layout.ts";

/** Where a button is drawn, in a 320 × 180 box. */
const FACES: readonly { button: Button; x: number; y: number }[] = [
  { button: "x", x: 244, y: 62 },
  { button: "y", x: 216, y: 90 },
  { button: "a", x: 272, y: 90 },
  { button: "b", x: 244, y: 118 },
];

/** Draws the pad of `system`; buttons that it does not have are left out or drawn faint. */
export function PadDrawing({ system }: { system: string }) {
  const known = new Set(buttonsOf(system));
  return (
    <svg class="pad-drawing" viewBox="0 0 320 180" role="img" aria-label="A pad and its buttons">
      {known.has("l") && (
        <g class="pad-shoulders">
          <path d="M58 34q4-16 24-16h34v16zM262 34q-4-16-24-16h-34v16z" />
          <text x="88" y="30">{buttonName("l", system)}</text>
          <text x="232" y="30">{buttonName("r", system)}</text>
        </g>
      )}
      <path
        class="pad-body"
        d="M84 34h152c46 0 70 26 74 66 3 34-8 62-30 62-24 0-30-30-54-30H94c-24 0-30 30-54 30-22 0-33-28-30-62 4-40 28-66 74-66z"
      />
      <path class="pad-cross" d="M66 66h20v16h16v20H86v16H66v-16H50V82h16z" />
      <g class="pad-arrows">
        <path d="m76 70-4 5h8zM76 114l-4-5h8zM54 92l5-4v8zM98 92l-5-4v8z" />
      </g>
      <g class="pad-small">
        <rect x="126" y="84" width="28" height="11" rx="5.5" />
        <rect x="166" y="84" width="28" height="11" rx="5.5" />
        <text x="140" y="110">{known.has("select") && buttonName("select", system)}</text>
        <text x="180" y="110">{buttonName("start", system)}</text>
      </g>
      {FACES.map(({ button, x, y }) => (
        <g class="pad-face" data-used={known.has(button)} key={button}>
          <circle cx={x} cy={y} r="14" />
          <text x={x} y={y + 5}>{buttonName(button, system)}</text>
        </g>
      ))}
    </svg>
  );
}
