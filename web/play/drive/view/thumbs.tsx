/**
 * Driving by touch: the left thumb steers and holds the switch, the right one drives. A phone that is leaned steers in
 * place of the left thumb, which then only holds. Lifting the left thumb stops the vehicle.
 *
 * @module
 */
import type { TargetedPointerEvent } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useServices } from "../../services.ts";
import { pushOfThumb } from "../input/hands.ts";

/** The way of a thumb to full deflection, as a share of the shorter side of its area. */
const REACH = 0.42;

interface Thumb {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  readonly reach: number;
  readonly push: number;
}

/** Both areas; each follows the finger that was put down on it first. */
export function Thumbs() {
  const { drive: { driver } } = useServices();
  const left = useSignal<Thumb | undefined>(undefined);
  const right = useSignal<Thumb | undefined>(undefined);
  const leans = driver.leans.value;
  useEffect(() => () => {
    driver.set("touch", undefined);
    driver.hold("touch", { active: false });
  }, []);

  function report() {
    const steering = leans ? 0 : left.value?.push ?? 0;
    driver.set("touch", { steering, throttle: right.value?.push ?? 0 });
    driver.hold("touch", { active: left.value !== undefined });
  }
  const area = (side: typeof left, way: "x" | "y") => ({
    onPointerDown(event: TargetedPointerEvent<HTMLDivElement>) {
      event.preventDefault();
      if (side.value) return;
      const { currentTarget: target, pointerId: pointer, clientX: x, clientY: y } = event;
      target.setPointerCapture(pointer);
      const reach = REACH * Math.min(target.clientWidth, target.clientHeight);
      side.value = { pointer, x, y, reach, push: 0 };
      report();
    },
    onPointerMove({ pointerId, clientX, clientY }: TargetedPointerEvent<HTMLDivElement>) {
      const thumb = side.value;
      if (thumb?.pointer !== pointerId) return;
      const moved = way === "x" ? clientX - thumb.x : thumb.y - clientY;
      side.value = { ...thumb, push: pushOfThumb(moved, thumb.reach) };
      report();
    },
    onPointerUp: (event: TargetedPointerEvent<HTMLDivElement>) => lift(side, event),
    onPointerCancel: (event: TargetedPointerEvent<HTMLDivElement>) => lift(side, event),
    onLostPointerCapture: (event: TargetedPointerEvent<HTMLDivElement>) => lift(side, event),
    onContextMenu: (event: Event) => event.preventDefault(),
  });
  function lift(side: typeof left, { pointerId }: { readonly pointerId: number }) {
    if (side.value?.pointer !== pointerId) return;
    side.value = undefined;
    report();
  }

  return (
    <div class="thumbs" aria-hidden="true">
      <Area
        name={leans ? "Hold" : "Hold and steer"}
        side="left"
        thumb={left.value}
        way={leans ? "none" : "x"}
        handlers={area(left, "x")}
      />
      <Area
        name="Throttle"
        side="right"
        thumb={right.value}
        way="y"
        handlers={area(right, "y")}
      />
    </div>
  );
}

interface AreaProps {
  readonly name: string;
  readonly side: "left" | "right";
  readonly way: "x" | "y" | "none";
  readonly thumb: Thumb | undefined;
  readonly handlers: object;
}

function Area({ name, side, way, thumb, handlers }: AreaProps) {
  const root = useRef<HTMLDivElement>(null);
  const box = thumb && root.current?.getBoundingClientRect();
  return (
    <div
      ref={root}
      class="thumb-area"
      data-side={side}
      data-way={way}
      data-held={thumb !== undefined}
      {...handlers}
    >
      <span class="thumb-name">{name}</span>
      <span class="thumb-way" />
      {thumb && box && (
        <span
          class="thumb"
          style={{
            left: `${thumb.x - box.left + (way === "x" ? thumb.push * thumb.reach : 0)}px`,
            top: `${thumb.y - box.top - (way === "y" ? thumb.push * thumb.reach : 0)}px`,
          }}
        />
      )}
    </div>
  );
}
