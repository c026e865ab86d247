/**
 * Builds the services and says who hears whom.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import { Metrics } from "./metrics.ts";
import { Library } from "./play/library.ts";
import { Lobby } from "./play/lobby.ts";
import { Negotiation } from "./play/negotiation.ts";
import { Relay } from "./play/relay.ts";
import { type IceConfig, iceServers } from "./secrets/ice.ts";
import { createResumeTokens } from "./secrets/resume.ts";
import type { WorkerCredentials } from "./secrets/worker_credentials.ts";
import { Sessions } from "./sessions.ts";
import { Admission, type AdmissionLimits } from "./sockets/admission.ts";
import { Sockets } from "./sockets/socket.ts";
import type { IngestMessage } from "./sockets/worker.ts";
import { Workers } from "./workers.ts";

/** How long library changes are gathered before players hear of them, in milliseconds. */
const LIBRARY_PAUSE = 500;

export interface ServiceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ice: IceConfig;
  readonly limits: AdmissionLimits;
  /** What resume tokens are signed with, 32 bytes. */
  readonly resumeKey: Uint8Array;
  readonly credentials: WorkerCredentials;
}

export type Services = ReturnType<typeof createServices>;

export function createServices(options: ServiceOptions) {
  const { clock, random, log, credentials } = options;
  const metrics = new Metrics();
  const ports = { clock, random, log, metrics };
  const workers: Workers = new Workers({
    clock,
    random,
    log,
    listener: {
      arrived(worker, served) {
        sessions.workerArrived(worker, served);
        lobby.workerArrived();
      },
      lost: (worker) => sessions.workerLost(worker),
      roomChanged: (room) => sessions.roomChanged(room),
      libraryChanged() {
        library.changed();
        telling?.[Symbol.dispose]();
        telling = clock.after(LIBRARY_PAUSE, () => lobby.libraryChanged());
      },
      placeFreed: () => negotiation.placeFreed(),
      leaseExpired: (session) => sessions.leaseExpired(session),
    },
  });
  let telling: Disposable | undefined;
  const library = new Library(workers);
  const tokens = createResumeTokens(options.resumeKey);
  const ice = (session: Parameters<typeof iceServers>[1]) =>
    iceServers(options.ice, session, clock.epoch());
  const sessions = new Sessions({ ...ports, workers, library, tokens, iceServers: ice });
  const negotiation = new Negotiation({ ...ports, workers, sessions, iceServers: ice });
  const relay = new Relay({ ...ports, workers, sessions, negotiation });
  const lobby = new Lobby({ ...ports, workers, sessions, negotiation, tokens });
  const sockets = new Sockets(ports, new Admission(clock, options.limits));
  const ingest = {
    received: (worker: string, { type }: IngestMessage) =>
      log.warn("ingest message dropped", { worker, type }),
  };
  return {
    ...{ clock, random, log, metrics, credentials },
    ...{ workers, library, sessions, negotiation, relay, lobby, sockets, ingest },
    [Symbol.dispose]() {
      telling?.[Symbol.dispose]();
      workers[Symbol.dispose]();
      sessions[Symbol.dispose]();
      sockets[Symbol.dispose]();
    },
  };
}
