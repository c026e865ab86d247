/**
 * The pad on a touch screen. Each finger is read on its own and may slide from button to button.
 *
 * @module
 */
import type { TargetedPointerEvent } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Button, maskOf } from "../../../protocol/control/pad.ts";
import type { Controls } from "../controls/kept.ts";
import { buttonName, layoutOf } from "./layout.ts";
import { AT_REST, type PadLevel } from "./pad.ts";
import { directionsAt, pressedBy, stickOf } from "./touch.ts";

interface TouchPadProps {
  readonly system: string;
  readonly settings: Controls["touch"];
  /** Called at each change; `undefined` when the pad is removed from the page. */
  readonly change: (level: PadLevel | undefined) => void;
}

/** Length of the vibration at a press, in milliseconds. */
const TICK = 8;

/** The pad of a system, drawn on the screen; reports the held buttons. */
export function TouchPad({ system, settings, change }: TouchPadProps) {
  const fingers = useRef(new Map<number, readonly Button[]>()).current;
  const held = useSignal<ReadonlySet<Button>>(new Set());
  const { shape, faces, shoulders, small, stick } = layoutOf(system);
  useEffect(() => () => change(undefined), []);

  function put(event: PointerEvent, root: HTMLElement) {
    if (event.type === "pointerdown") fingers.set(event.pointerId, []);
    if (!fingers.has(event.pointerId)) return;
    const lifted = event.type === "pointerup" || event.type === "pointercancel";
    if (lifted) fingers.delete(event.pointerId);
    else fingers.set(event.pointerId, buttonsUnder(event, root));
    const now = pressedBy(fingers.values());
    const before = held.value;
    if (now.size === before.size && [...now].every((button) => before.has(button))) return;
    if ([...now].some((button) => !before.has(button))) navigator.vibrate?.(TICK);
    held.value = now;
    const [x, y] = stick ? stickOf(now) : [0, 0];
    change({ ...AT_REST, buttons: maskOf(now), axes: [x, y, 0, 0] });
  }

  const handle = (event: TargetedPointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    put(event, event.currentTarget);
  };
  const key = (button: Button, i = 0) => (
    <span
      class="touch-key"
      data-place={i}
      data-button={button}
      data-held={held.value.has(button)}
      key={button}
    >
      {buttonName(button, system)}
    </span>
  );
  return (
    <div
      class="touch-pad"
      aria-hidden="true"
      data-mirrored={settings.mirrored}
      style={{
        "--touch-size": String(settings.size / 100),
        "--touch-opacity": String(settings.opacity / 100),
      }}
      onPointerDown={handle}
      onPointerMove={handle}
      onPointerUp={handle}
      onPointerCancel={handle}
      onContextMenu={(event) => event.preventDefault()}
    >
      {shoulders[0].length > 0 && (
        <div class="touch-shoulders" data-count={shoulders[0].length}>
          <div>{shoulders[0].map((button) => key(button))}</div>
          <div>{shoulders[1].toReversed().map((button) => key(button))}</div>
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
      <div class="touch-faces" data-shape={shape}>{faces.map(key)}</div>
      <div class="touch-small">{small.map((button) => key(button))}</div>
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
