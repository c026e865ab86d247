/**
 * The worker's end of `/wso`: sends the hello on every new connection and reads its response. A lost connection does
 * not affect running rooms.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import {
  type ConnectionEnd,
  createLegClient,
  type Dial,
} from "../protocol/connection/leg_client.ts";
import { createWsDial } from "../protocol/connection/ws_dial.ts";
import { CLOSE } from "../protocol/close.ts";
import { isRefusal } from "../protocol/envelope.ts";
import { hashCredential, isSameProof, proofOf } from "../protocol/legs/worker_proof.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import {
  type FromWorker,
  fromWorker,
  type ToWorker,
  toWorker,
} from "../protocol/legs/worker_leg.ts";

/** Milliseconds to the next attempt after a refusal: an operator has to change a setting first. */
const REFUSED_RETRY = 60_000;

type Hello = Extract<FromWorker, { type: "worker.hello" }>;

/** The address, the messages and the dependencies of a coordinator link. */
export interface CoordinatorLinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Address of `/wso`. */
  readonly url: string;
  /** The secret of this worker, which its coordinator has to prove to know. */
  readonly credential: string;
  /** Makes the hello with the worker's present state. */
  readonly hello: (nonce: string) => Hello;
  /** Takes every other message of the coordinator. */
  readonly receive: (message: Exclude<ToWorker, { type: "worker.hello.response" }>) => void;
  /** The coordinator accepted the hello; the passes on this connection are signed with `passKey`. */
  readonly accepted: (passKey: string) => void;
  /** Opens a WebSocket; tests pass their own. */
  readonly dial?: Dial;
}

/** The worker's connection to its coordinator. Disposing closes it. */
export interface CoordinatorLink extends Disposable {
  /** Sends a message. Without a connection it is dropped; the next hello holds the present state. */
  send(message: FromWorker): void;
}

/** Opens the connection, and opens it anew whenever it is lost. */
export function createCoordinatorLink(options: CoordinatorLinkOptions): CoordinatorLink {
  const { log, url, dial = createWsDial() } = options;
  /** The hello of this connection, and whether the coordinator accepted it. */
  let greeting: { readonly hello: Hello; accepted: boolean } | undefined;
  const client = createLegClient<ToWorker, FromWorker>({
    ...options,
    dial,
    url: () => url,
    incoming: toWorker,
    outgoing: fromWorker,
    refusedRetry: REFUSED_RETRY,
    listener: {
      opened,
      received,
      unreadable: ({ refusal }) =>
        log.warn("unreadable message from the coordinator", { ...refusal }),
      closed,
    },
  });

  /** The hello is the first message; changes after it are sent as messages of their own. */
  function opened(): void {
    const nonce = options.random.bytes(32).toBase64({ alphabet: "base64url", omitPadding: true });
    greeting = { hello: options.hello(nonce), accepted: false };
    client.send(greeting.hello);
  }

  function received(message: ToWorker): void {
    if (message.type !== "worker.hello.response") {
      // Before the proof, the other end may be a stranger.
      return greeting?.accepted ? options.receive(message) : undefined;
    }
    if (isRefusal(message.payload)) {
      return log.error("coordinator refused the hello", { ...message.payload.error });
    }
    if (!greeting || !isProven(greeting.hello.payload, message.payload.proof)) {
      return client.close(CLOSE.forbidden, "Closed: this is not the coordinator of this worker");
    }
    greeting.accepted = true;
    client.accepted();
    log.info("coordinator accepted this worker", { url });
    options.accepted(message.payload.pass_key);
  }

  function isProven({ worker_id, nonce = "" }: Hello["payload"], proof = ""): boolean {
    const expected = proofOf({ worker_id, nonce }, hashCredential(options.credential));
    return isSameProof(proof, expected);
  }

  function closed({ code, reason, refused, retryIn: delay }: ConnectionEnd): void {
    if (refused) return log.error("coordinator refused this worker", { url, code, reason, delay });
    log.warn("connection to the coordinator lost, trying again", { url, code, reason, delay });
  }

  return {
    send: (message) => void client.send(message),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
