/**
 * Runs inside the player's page: the worker's end of a room with a vehicle. It sends the view that the test ordered,
 * carries out the commands of the driver, and confirms the wishes of an armed vehicle.
 *
 * @module
 */
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { decodeIntent } from "../../../protocol/room_state/wire.ts";
import type { DriveState } from "../../../protocol/control/control.ts";
import { type VehicleView, VIEW_RATE } from "../../../protocol/control/vehicle.ts";

/** A view in parts: what is left out stays as it was. `paths` are the network paths, in a message of their own. */
export type VehicleOrder = Readonly<Record<string, unknown>>;

/** What the vehicle's end reports to the test. */
export type VehicleReport =
  | { readonly type: "wish"; readonly wish: DriveState }
  | { readonly type: "command"; readonly command: string };

interface FakeVehicle {
  order(change: VehicleOrder): void;
  /** Ends the views. */
  end(): void;
}

const REST: DriveState = { steering: 0, throttle: 0 };

/** A vehicle on these channels; it has no view before the first order. */
export function startVehicle(
  state: RTCDataChannel,
  commands: RTCDataChannel,
  report: (report: VehicleReport) => void,
): FakeVehicle {
  let view: VehicleView | undefined;
  let wish = REST;
  let turn = 0;
  commands.binaryType = "arraybuffer";

  state.addEventListener("message", ({ data }) => {
    const control = decodeIntent(new Uint8Array(data))?.control;
    if (!control || !("steering" in control)) return;
    const { steering, throttle } = control;
    if (steering !== wish.steering || throttle !== wish.throttle) {
      report({ type: "wish", wish: control });
    }
    wish = { steering, throttle };
  });
  commands.addEventListener("message", ({ data }) => {
    const message = compactCodec.decode(new Uint8Array(data));
    if (message?.type !== "Command" || !view) return;
    const { id, command } = message.payload;
    report({ type: "command", command });
    if (command === "arm" || command === "disarm") {
      const { cause: _, ...rest } = { cause: undefined, ...view };
      view = { ...rest, state: command === "arm" ? "armed" : "disarmed" } as VehicleView;
    }
    const timestamp = performance.now() / 1000;
    send(commands, compactCodec.encode({ type: "CommandAck", timestamp, payload: { id } }));
  });
  const timer = setInterval(() => {
    if (!view) return;
    const { paths, ...known } = view as VehicleView & { readonly paths?: unknown };
    if (paths && turn++ % VIEW_RATE === 0) tell({ paths });
    const shown = known.state === "armed" ? { ...known, sent: wish, confirmed: wish } : known;
    tell({ vehicle: shown });
  }, 1_000 / VIEW_RATE);

  function tell(payload: Readonly<Record<string, unknown>>) {
    const timestamp = performance.now() / 1000;
    send(state, compactCodec.encode({ type: "Telemetry", timestamp, payload }));
  }
  return {
    order: (change) => void (view = { ...view, ...change } as VehicleView),
    end: () => clearInterval(timer),
  };
}

function send(channel: RTCDataChannel, bytes: Uint8Array<ArrayBuffer>): void {
  if (channel.readyState === "open") channel.send(bytes);
}
