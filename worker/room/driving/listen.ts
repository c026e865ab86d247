/**
 * Listens for the control links of a room's vehicle, one for each of its paths. A port that another program has is
 * tried again until it is free.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { listenSealed } from "../../../protocol/datagram/endpoint.ts";
import { DRIVE_LINK } from "../../../protocol/driving/links/link_options.ts";
import { readDriveSecret } from "../../../protocol/driving/vehicle_telemetry.ts";
import { errorText } from "../../../protocol/error_text.ts";
import { MAX_PATHS } from "../../../protocol/field/max_paths.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import type { RemoteVehicle } from "./remote_vehicle.ts";

/** Until a port that could not be bound is tried again, in milliseconds. */
const AGAIN = 1_000;

/** The dependencies of {@linkcode listenForVehicle}. */
interface ListenPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Listens until disposed, which closes the links. */
export function listenForVehicle(
  { listen = listenSealed, ...ports }: ListenPorts & { readonly listen?: typeof listenSealed },
  { address, port, secret }: {
    readonly address: string;
    readonly port: number;
    readonly secret: string;
  },
  vehicle: Pick<RemoteVehicle, "opened" | "listening">,
): Disposable {
  return keepListening(ports, { port, vehicle }, async () => {
    const stack = new DisposableStack();
    const endpoint = stack.use(await listen(ports, { host: address, port, options: DRIVE_LINK }));
    for (let path = 0; path < MAX_PATHS; path++) {
      stack.use(endpoint.expect(readDriveSecret(secret, path), (link) => vehicle.opened(link)));
    }
    return stack;
  });
}

/** Opens a port, and tries again until it is open; disposing closes it. */
export function keepListening(
  { clock, log }: Omit<ListenPorts, "random">,
  { port, vehicle }: { readonly port: number; readonly vehicle: Pick<RemoteVehicle, "listening"> },
  open: () => Promise<Disposable>,
): Disposable {
  const stack = new DisposableStack();
  let again: Disposable | undefined;
  stack.defer(() => again?.[Symbol.dispose]());
  let reported = "";
  void begin();

  async function begin(): Promise<void> {
    try {
      const opened = await open();
      if (stack.disposed) return opened[Symbol.dispose]();
      stack.use(opened);
      vehicle.listening(undefined);
      log.info("waiting for the vehicle", { port });
    } catch (error) {
      const text = errorText(error);
      vehicle.listening({ port, reason: isTaken(error) ? "taken" : "failed" });
      if (text !== reported) log.error("the vehicle cannot be reached", { error: text });
      reported = text;
      if (!stack.disposed) again = clock.after(AGAIN, () => void begin());
    }
  }

  return stack;
}

/** Whether a port could not be bound because another program has it. */
function isTaken(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return (cause as { code?: unknown } | undefined)?.code === "EADDRINUSE";
}
