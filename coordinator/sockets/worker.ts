/**
 * `/wso`, the leg of a worker. Its first message is a hello with a credential; after that the coordinator passes each
 * message to a service.
 *
 * @module
 */
import { CLOSE } from "../../protocol/close.ts";
import type { KeepAliveTiming } from "../../protocol/connection/keep_alive.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { WorkerId } from "../../protocol/ids.ts";
import { dispatch, type Handlers } from "../../protocol/leg.ts";
import {
  type FromWorker,
  fromWorker,
  type ToWorker,
  toWorker,
} from "../../protocol/legs/worker_leg.ts";
import type { AnswerToPlayer, Relay } from "../play/relay.ts";
import { toWorkerMessage } from "../play/messages.ts";
import type { Rights } from "../play/rights.ts";
import type { WorkerReports } from "../play/worker_reports.ts";
import type { WorkerCredentials } from "../secrets/worker_credentials.ts";
import type { Workers } from "../workers.ts";
import type { Connection, LegPorts, LegServer } from "./serve_leg.ts";

/** A message of a worker about the field streams that it receives. */
export type IngestMessage = Extract<FromWorker, { type: `ingest.${string}` }>;

/** The services that the worker leg calls. */
export interface WorkerServices {
  readonly workers: Workers;
  readonly rights: Rights;
  readonly reports: WorkerReports;
  readonly relay: Relay;
  readonly credentials: WorkerCredentials;
  readonly ingest: { received(worker: WorkerId, message: IngestMessage): void };
}

/** Times of the pings to a worker. They are shorter than the default, because players wait when a worker is lost. */
export const WORKER_KEEP_ALIVE: KeepAliveTiming = { period: 3_000, misses: 3 };

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

      function hello({ id, payload }: Hello): void {
        if (worker !== undefined) {
          return connection.close(CLOSE.badMessages, "Closed: worker.hello came a second time");
        }
        if (!services.credentials.accepts(payload.credential)) {
          return turnAway(connection, { ports, id, worker: payload.worker_id });
        }
        connection.known();
        worker = payload.worker_id;
        handlers = handlersFor(services, worker);
        const answer = { worker_id: worker, pass_key: services.rights.workerConnected(payload) };
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
          if (worker !== undefined) services.workers.left(worker, connection);
        },
      };
    },
  };
}

function turnAway(
  connection: Connection<ToWorker>,
  { ports, id, worker }: { ports: LegPorts; id: string; worker: WorkerId },
): void {
  ports.metrics.count("farpad_worker_hellos_refused_total");
  ports.log.warn("worker refused", { worker, address: connection.address });
  const message = `Cannot accept worker ${worker}: this coordinator has no such credential. ` +
    "Set FARPAD_WORKER_CREDENTIAL to one that this coordinator made";
  const payload = refuse("worker.credential", message);
  connection.send(toWorkerMessage(ports, { id, type: "worker.hello.response", payload }));
  connection.close(CLOSE.forbidden, "Closed: this coordinator has no such credential");
}

function handlersFor(
  { workers, rights, reports, relay, ingest }: WorkerServices,
  worker: WorkerId,
): Handlers<Greeted> {
  const pass = (message: AnswerToPlayer) => relay.toPlayer(worker, message);
  const received = (message: IngestMessage) => ingest.received(worker, message);
  return {
    "worker.status": ({ payload }) => workers.reportStatus(worker, payload),
    "webrtc.offer": pass,
    "webrtc.candidate": pass,
    "webrtc.init.response": pass,
    "webrtc.answer.response": pass,
    "webrtc.candidate.response": pass,
    "app.start.response": pass,
    "app.quit.response": pass,
    "app.save.response": pass,
    "app.load.response": pass,
    "app.reset.response": pass,
    "app.pause.response": pass,
    "seat.change.response": pass,
    "record.set.response": pass,
    "session.media": ({ payload }) => reports.media(worker, payload),
    "session.ended": ({ payload }) => reports.ended(worker, payload),
    "room.opened": ({ payload: { room, owner } }) => {
      workers.reportRoom(worker, room);
      rights.roomOpened(worker, room, owner ?? {});
    },
    "room.changed": ({ payload }) => workers.reportRoom(worker, payload.room),
    "room.closed": ({ payload: { room_id, ...end } }) => {
      reports.roomClosed(worker, { room_id, ...end });
      workers.closeRoom(worker, room_id, end.reason);
    },
    "library.changed": ({ payload }) => workers.setLibrary(worker, payload),
    "saves.changed": ({ payload }) =>
      workers.setSaves(worker, payload.saves.map(({ app_id }) => app_id)),
    "ingest.started": received,
    "ingest.start.response": received,
    "ingest.update.response": received,
    "ingest.stats": received,
    "ingest.ended": received,
  };
}
