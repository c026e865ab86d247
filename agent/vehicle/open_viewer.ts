/**
 * Lets a viewer that has no Farpad (v3xctrl) drive the vehicle: the vehicle's end of a control channel on an open UDP
 * port. It proves nobody, so it is opened on an explicit setting alone.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Address } from "../../protocol/datagram/ports.ts";
import { openVehiclePort } from "../../protocol/driving/open_udp.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { ViewerEvents } from "./ports.ts";

/** Opens the port and calls the viewer until disposed. A port that cannot be bound is logged. */
export function openViewer(
  ports: { readonly clock: Clock; readonly random: Random; readonly log: Log },
  { to, silence }: { readonly to: Address; readonly silence: number },
  events: ViewerEvents,
): Disposable {
  const { log } = ports;
  let isOver = false;
  let opened: Disposable | undefined;
  openVehiclePort(ports, {
    host: to.host.includes(":") ? "::" : "0.0.0.0",
    port: 0,
    to,
    options: { controlSilence: silence },
    events: {
      changed(state) {
        log.info("control channel of the viewer", { state });
        if (state === "disconnected") events.lost();
      },
      control: (wish, sentAt) => events.control(wish, sentAt),
      // The guard counts the silence itself, also when this process hangs.
      controlLost: () => {},
      command: ({ command }) => log.warn("unknown command of the viewer", { command }),
      error: (code) => log.warn("the viewer reports an error", { code }),
    },
  }).then(
    (end) => {
      opened = end;
      if (isOver) end[Symbol.dispose]();
    },
    (error) => log.error("no viewer can drive the vehicle", { error: errorText(error) }),
  );
  return {
    [Symbol.dispose]() {
      isOver = true;
      opened?.[Symbol.dispose]();
    },
  };
}
