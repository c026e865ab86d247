/**
 * The pad on a touch screen. Each finger is read on its own and may slide from button to button.
 *
 * @module
 */
import type { TargetedPointerEvent } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Button, maskOf } from "../../../protocol/control/pad.ts";
import { buttonName, buttonsOf } from "./layout.ts";
import { AT_REST, type PadLevel } from "./pad.ts";
import { directionsAt } from "./touch.ts";

interface TouchPadProps {
  readonly system: string;
  /** Called at each change; `undefined` when the pad is removed from the page. */
  readonly change: (level: PadLevel | undefined) => void;
}

/** Length of the vibration at a press, in milliseconds. */
const TICK = 8;

/** The pad of a system, drawn on the screen; reports the held buttons. */
export function TouchPad({ system, change }: TouchPadProps) {
  const fingers = useRef(new Map<number, readonly Button[]>()).current;
  const held = useSignal<ReadonlySet<Button>>(new Set());
  const known = new Set(buttonsOf(system));
  useEffect(() => () => change(undefined), []);

  function put(event: PointerEvent, root: HTMLElement) {
    if (event.type === "pointerdown") fingers.set(event.pointerId, []);
    if (!fingers.has(event.pointerId)) return;
    const lifted = event.type === "pointerup" || event.type === "pointercancel";
    if (lifted) fingers.delete(event.pointerId);
    else fingers.set(event.pointerId, buttonsUnder(event, root));
    const now = new Set([...fingers.values()].flat());
    const before = held.value;
    if (now.size === before.size && [...now].every((button) => before.has(button))) return;
    if ([...now].some((button) => !before.has(button))) navigator.vibrate?.(TICK);
    held.value = now;
    change({ ...AT_REST, buttons: maskOf(now) });
  }

  const handle = (event: TargetedPointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    put(event, event.currentTarget);
  };
  const key = (button: Button, extra = "") =>
    known.has(button) && (
      <span
        class={`touch-key ${extra}`}
        data-button={button}
        data-held={held.value.has(button)}
        key={button}
      >
        {buttonName(button)}
      </span>
    );
  return (
    <div
      class="touch-pad"
      aria-hidden="true"
      onPointerDown={handle}
      onPointerMove={handle}
      onPointerUp={handle}
      onPointerCancel={handle}
      onContextMenu={(event) => event.preventDefault()}
    >
      {known.has("l") && (
        <div class="touch-shoulders">
          {key("l")}
          {key("r")}
        </div>
      )}
      <div class="touch-cross" data-cross>
        <svg viewBox="0 0 120 120">
          <path d="M44 8h32a6 6 0 0 1 6 6v24h24a6 6 0 0 1 6 6v32a6 6 0 0 1-6 6H82v24a6 6 0 0 1-6 6H44a6 6 0 0 1-6-6V82H14a6 6 0 0 1-6-6V44a6 6 0 0 1 6-6h24V14a6 6 0 0 1 6-6z" />
          {(["up", "down", "left", "right"] as const).map((button) => (
            <g class="touch-arrow" data-held={held.value.has(button)} key={button}>
              <path d={ARROWS[button]} />
            </g>
          ))}
        </svg>
      </div>
      <div class="touch-faces" data-count={known.has("x") ? 4 : 2}>
        {(["x", "y", "a", "b"] as const).map((button) => key(button, `face-${button}`))}
      </div>
      <div class="touch-small">
        {key("select")}
        {key("start")}
      </div>
    </div>
  );
}

const ARROWS = {
  up: "m60 20 9 12H51z",
  down: "m60 100-9-12h18z",
  left: "m20 60 12-9v18z",
  right: "m100 60-12 9V51z",
} as const;

/** The part of the pad at a finger: a direction of the d-pad, or a button. */
function buttonsUnder({ clientX, clientY }: PointerEvent, root: HTMLElement): readonly Button[] {
  const element = document.elementFromPoint(clientX, clientY);
  if (!element || !root.contains(element)) return [];
  const cross = element.closest("[data-cross]");
  if (cross) {
    const { left, top, width, height } = cross.getBoundingClientRect();
    return directionsAt(
      (clientX - left) / width * 2 - 1,
      (clientY - top) / height * 2 - 1,
    );
  }
  const button = element.closest<HTMLElement>("[data-button]")?.dataset.button;
  return button ? [button as Button] : [];
}
