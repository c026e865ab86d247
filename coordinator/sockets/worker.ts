/**
 * `/wso`, the leg of a worker. Its first message is a hello with a credential; after that the coordinator passes each
 * message to a service.
 *
 * @module
 */
import { CLOSE, type CloseCode } from "../../protocol/close.ts";
import type { KeepAliveTiming } from "../../protocol/connection/keep_alive.ts";
import { every } from "../../protocol/clock.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { WorkerId } from "../../protocol/ids.ts";
import { dispatch, type Handlers } from "../../protocol/leg.ts";
import type { RefusalCode } from "../../protocol/legs/refusals.ts";
import { hashCredential, proofOf } from "../../protocol/legs/worker_proof.ts";
import {
  type FromWorker,
  fromWorker,
  type ToWorker,
  toWorker,
} from "../../protocol/legs/worker_leg.ts";
import type { RecordingAnswer, Recordings } from "../recordings/recordings.ts";
import type { AnswerToPlayer, Relay } from "../play/relay.ts";
import { toWorkerMessage } from "../play/messages.ts";
import type { Rights } from "../play/rights.ts";
import type { SeatRequestNotes } from "../fleet/seat_requests.ts";
import type { WorkerReports } from "../play/worker_reports.ts";
import type { WorkerCredentials } from "../secrets/worker_credentials.ts";
import type { Workers } from "../workers.ts";
import type { Connection, LegPorts, LegServer } from "./serve_leg.ts";

/** A message of a worker about the field streams that it receives. */
export type IngestMessage = Extract<FromWorker, { type: `ingest.${string}` }>;

/** The services that the worker leg calls. */
export interface WorkerServices {
  readonly workers: Workers;
  readonly recordings: Recordings;
  readonly rights: Rights;
  readonly reports: WorkerReports;
  readonly seatRequests: SeatRequestNotes;
  readonly relay: Relay;
  readonly credentials: Pick<WorkerCredentials, "ownerOf">;
  readonly ingest: {
    received(worker: WorkerId, message: IngestMessage): void;
    /** The worker reported its load. */
    loadReported(worker: WorkerId): void;
  };
}

/** Times of the pings to a worker. They are shorter than the default, because players wait when a worker is lost. */
export const WORKER_KEEP_ALIVE: KeepAliveTiming = { period: 3_000, misses: 3 };

/** How often a connected worker's credential is checked again, in milliseconds. */
const CREDENTIAL_CHECK = 1_000;

type Hello = Extract<FromWorker, { type: "worker.hello" }>;
type Greeted = Exclude<FromWorker, Hello>;

/** The leg as the coordinator serves it. */
export function workerLegServer(
  services: WorkerServices,
  { ports }: { ports: LegPorts },
): LegServer<FromWorker, ToWorker> {
  return {
    name: "worker",
    incoming: fromWorker,
    outgoing: toWorker,
    helloWithin: 5_000,
    keepAlive: WORKER_KEEP_ALIVE,
    open(connection) {
      let handlers: Handlers<Greeted> | undefined;
      let worker: WorkerId | undefined;
      let checking: Disposable | undefined;

      function hello({ id, payload }: Hello): void {
        if (worker !== undefined) {
          return connection.close(CLOSE.badMessages, "Closed: worker.hello came a second time");
        }
        const refusal = whyRefused(services, payload);
        if (refusal) return turnAway(connection, { ports, id, worker: payload.worker_id, refusal });
        connection.known();
        worker = payload.worker_id;
        handlers = handlersFor(services, worker);
        checking = every(ports.clock, CREDENTIAL_CHECK, () => {
          if (services.credentials.ownerOf(payload.credential, payload.worker_id) !== worker) {
            connection.close(CLOSE.forbidden, "Closed: the credential of this worker was revoked");
          }
        });
        const answer = {
          worker_id: worker,
          pass_key: services.rights.workerConnected(payload),
          ...proofFor(payload),
        };
        connection.send(
          toWorkerMessage(ports, { id, type: "worker.hello.response", payload: answer }),
        );
        services.workers.greet(payload, connection);
      }

      return {
        receive(message) {
          if (message.type === "worker.hello") return hello(message);
          if (handlers) return dispatch(handlers, message);
          connection.close(
            CLOSE.unauthenticated,
            `Closed: ${message.type} came before worker.hello`,
          );
        },
        closed() {
          checking?.[Symbol.dispose]();
          if (worker !== undefined) services.workers.left(worker, connection);
        },
      };
    },
  };
}

interface Refusal {
  readonly code: RefusalCode;
  readonly close: CloseCode;
  /** The reason, and what to do. */
  readonly why: string;
}

/** The reason to refuse a hello; `undefined` when the worker may connect. */
function whyRefused(
  { credentials, workers }: Pick<WorkerServices, "credentials" | "workers">,
  { worker_id, credential, instance }: Hello["payload"],
): Refusal | undefined {
  const owner = credentials.ownerOf(credential, worker_id);
  const wrong = { code: "worker.credential", close: CLOSE.forbidden } as const;
  if (owner === undefined) {
    const remedy = "Set FARPAD_WORKER_CREDENTIAL to one that this coordinator made";
    return { ...wrong, why: `this coordinator has no such credential. ${remedy}` };
  }
  if (owner !== worker_id) {
    const remedy = "Make one for this worker, or set FARPAD_WORKER_ID";
    return { ...wrong, why: `its credential belongs to worker ${owner}. ${remedy}` };
  }
  const known = workers.views().find(({ hello }) => hello.worker_id === worker_id);
  if (!known || known.state === "lost" || known.hello.instance === instance) return undefined;
  const remedy = "Stop that one, or give this one an id and a credential of its own";
  const why = `a worker of this id is connected already. ${remedy}`;
  return { code: "worker.taken", close: CLOSE.taken, why };
}

function proofFor(
  { worker_id, nonce, credential }: Hello["payload"],
): { readonly proof?: string } {
  if (nonce === undefined) return {};
  return { proof: proofOf({ worker_id, nonce }, hashCredential(credential)) };
}

function turnAway(
  connection: Connection<ToWorker>,
  { ports, id, worker, refusal: { code, close, why } }: {
    ports: LegPorts;
    id: string;
    worker: WorkerId;
    refusal: Refusal;
  },
): void {
  ports.metrics.count("farpad_worker_hellos_refused_total");
  ports.log.warn("worker refused", { worker, code, address: connection.address });
  const payload = refuse(code, `Cannot accept worker ${worker}: ${why}`);
  connection.send(toWorkerMessage(ports, { id, type: "worker.hello.response", payload }));
  connection.close(close, `Closed: ${why.split(". ")[0]}`);
}

function handlersFor(
  { workers, recordings, reports, seatRequests, relay, ingest }: WorkerServices,
  worker: WorkerId,
): Handlers<Greeted> {
  const pass = (message: AnswerToPlayer) => relay.toPlayer(worker, message);
  const asked = (message: RecordingAnswer) => recordings.answer(worker, message);
  const received = (message: IngestMessage) => ingest.received(worker, message);
  return {
    "worker.status": ({ payload }) => {
      workers.reportStatus(worker, payload);
      ingest.loadReported(worker);
    },
    "webrtc.offer": pass,
    "webrtc.candidate": pass,
    "webrtc.init.response": pass,
    "webrtc.preconnect.response": pass,
    "webrtc.restart.response": pass,
    "webrtc.answer.response": pass,
    "webrtc.candidate.response": pass,
    "app.start.response": pass,
    "app.quit.response": pass,
    "room.record.response": asked,
    "recording.open.response": asked,
    "recording.receive.response": asked,
    "recording.remove.response": asked,
    "recordings.changed": ({ payload }) => recordings.report(worker, payload),
    "session.media": ({ payload }) => reports.media(worker, payload),
    "session.ended": ({ payload }) => reports.ended(worker, payload),
    "room.opened": ({ payload: { room, owner } }) => {
      workers.reportRoom(worker, room, owner ?? {});
    },
    "room.changed": ({ payload }) => workers.reportRoom(worker, payload.room),
    "seat.request": ({ payload }) => seatRequests.received(worker, payload),
    "vehicle.failsafe": ({ payload }) => seatRequests.failsafe(worker, payload),
    "room.closed": ({ payload: { room_id, ...end } }) => {
      reports.roomClosed(worker, { room_id, ...end });
      workers.closeRoom(worker, room_id, end.reason);
    },
    "library.changed": ({ payload }) => workers.setLibrary(worker, payload),
    "saves.changed": ({ payload }) => workers.setSaves(worker, payload.apps),
    "ingest.started": received,
    "ingest.start.response": received,
    "ingest.update.response": received,
    "ingest.stats": received,
    "ingest.ended": received,
  };
}
