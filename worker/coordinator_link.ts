/**
 * The worker's end of `/wso`: sends the hello on every new connection and reads the answer. A lost coordinator
 * never touches a running room.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import { createLegClient, type Dial, type Ended } from "../protocol/connection/leg_client.ts";
import { createWsDial } from "../protocol/connection/ws_dial.ts";
import { isRefusal } from "../protocol/envelope.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import {
  type FromWorker,
  fromWorker,
  type ToWorker,
  toWorker,
} from "../protocol/legs/worker_leg.ts";

/** Milliseconds to the next attempt after a refusal: an operator has to change something first. */
const REFUSED_RETRY = 60_000;

/** What a coordinator link is made of. */
export interface CoordinatorLinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Address of `/wso`. */
  readonly url: string;
  /** The hello of this moment. */
  readonly hello: () => FromWorker;
  readonly receive: (message: Exclude<ToWorker, { type: "worker.hello.response" }>) => void;
  /** The coordinator took the hello. */
  readonly accepted: () => void;
  /** Another way to connect, in tests. */
  readonly dial?: Dial;
}

/** The worker's connection to its coordinator. */
export interface CoordinatorLink extends Disposable {
  /** Sends now or never: a message while the coordinator is away is dropped, and the next hello tells the state. */
  send(message: FromWorker): void;
}

/** Dials at once. */
export function createCoordinatorLink(options: CoordinatorLinkOptions): CoordinatorLink {
  const { log, url, dial = createWsDial() } = options;
  const client = createLegClient<ToWorker, FromWorker>({
    ...options,
    dial,
    url: () => url,
    incoming: toWorker,
    outgoing: fromWorker,
    refusedRetry: REFUSED_RETRY,
    listener: {
      // The hello is the first message, so what changes before it is answered is sent after it.
      opened: () => void client.send(options.hello()),
      received,
      unreadable: ({ refusal }) => log.warn("message from the coordinator refused", { ...refusal }),
      closed,
    },
  });

  function received(message: ToWorker): void {
    if (message.type !== "worker.hello.response") return options.receive(message);
    if (isRefusal(message.payload)) {
      return log.error("the coordinator refused this worker", { ...message.payload.error });
    }
    client.accepted();
    log.info("coordinator accepted this worker", { url });
    options.accepted();
  }

  function closed({ code, reason, refused, retryIn: delay }: Ended): void {
    if (refused) return log.error("coordinator refuses this worker", { url, code, reason, delay });
    log.warn("coordinator is away, trying again", { url, code, reason, delay });
  }

  return {
    send: (message) => void client.send(message),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
