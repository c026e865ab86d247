/**
 * What the screen of a vehicle has over its picture: readings, map, gauges, the switch, thumbs, loss of control.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { ownSeat, type SeatView } from "../../join/seats.ts";
import type { Devices } from "../../input/use_devices.ts";
import { useServices } from "../../services.ts";
import { Gauges } from "./gauges.tsx";
import { HoldSwitch } from "./hold_switch.tsx";
import { LossFrame } from "./loss_frame.tsx";
import { Strip } from "./strip/strip.tsx";
import { StripPaths } from "./strip/strip_paths.tsx";
import { Thumbs } from "./thumbs.tsx";
import { TrailMap } from "./trail_map.tsx";
import { useDrive } from "./use_drive.ts";
import { WheelBar, WheelRequest } from "./wheel_bar.tsx";

interface DriveViewProps {
  readonly seats: readonly SeatView[];
  readonly touch: Devices["touch"];
  /** A menu or dialog is open. */
  readonly covered: ReadonlySignal<boolean>;
  /** A notice over the picture says what is wrong. */
  readonly noticed: boolean;
}

/** The driving page over its picture, for the driver and for watchers. */
export function DriveView({ seats, touch, covered, noticed }: DriveViewProps) {
  const { drive: { driver } } = useServices();
  useDrive({ covered });
  const seated = ownSeat(seats) !== undefined;
  const thumbs = seated && touch && !driver.gamepad.value;
  return (
    <div class="drive" data-seated={seated} data-thumbs={thumbs} data-arm={driver.arm.value.state}>
      <LossFrame noticed={noticed} />
      <div class="drive-top">
        <div class="drive-read">
          <Strip />
          <StripPaths />
        </div>
        <WheelBar seats={seats} />
      </div>
      <TrailMap />
      {seated && <WheelRequest />}
      <div class="drive-foot">
        {seated && (
          <HoldSwitch
            holdWith={thumbs ? "the left side" : driver.gamepad.value ? "a shoulder" : "Space"}
          />
        )}
        <Gauges />
      </div>
      {thumbs && <Thumbs />}
    </div>
  );
}
