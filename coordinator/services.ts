/**
 * Builds the services of the coordinator, and connects the events of each to the others.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import type { AppId, WorkerId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { Control } from "./control.ts";
import type { OriginRules } from "./listen/origin_check.ts";
import type { HttpPlayer } from "./http_signalling/player.ts";
import type { HttpPublisher } from "./http_signalling/publisher.ts";
import { Resources } from "./http_signalling/resources.ts";
import { Metrics, type Sample } from "./metrics.ts";
import { Recordings } from "./recordings/recordings.ts";
import { ViewersFigures } from "./fleet/viewer_figures.ts";
import { Library } from "./play/library.ts";
import { Lobby } from "./play/lobby.ts";
import { Moves } from "./play/moves/moves.ts";
import { Negotiation } from "./play/negotiation.ts";
import { FULL_PASS } from "./domain/pass.ts";
import { Passes } from "./play/passes.ts";
import { Preconnections } from "./play/preconnections.ts";
import { awayPlayers, Rechecks } from "./play/rechecks.ts";
import { Relay } from "./play/relay.ts";
import { Rights } from "./play/rights.ts";
import { createSeatRequestNotes } from "./fleet/seat_requests.ts";
import { WorkerReports } from "./play/worker_reports.ts";
import { createIce, type IceConfig } from "./secrets/ice.ts";
import { createResumeTokens } from "./secrets/resume.ts";
import type { WorkerCredentials } from "./secrets/worker_credentials.ts";
import { Sharing } from "./play/sharing.ts";
import { Sessions } from "./play/sessions.ts";
import { Admission, type AdmissionLimits } from "./sockets/admission.ts";
import { Sockets } from "./sockets/socket.ts";
import type { IngestMessage } from "./sockets/worker.ts";
import type { WorkerView } from "./worker_entry.ts";
import { Workers } from "./workers.ts";

/** Time for which changes of the library are collected before players get them, in milliseconds. */
const LIBRARY_PAUSE = 500;

/** The settings and ports of {@linkcode createServices}. */
export interface ServiceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ice: IceConfig;
  readonly limits: AdmissionLimits;
  /** The key that signs resume tokens, 32 bytes. */
  readonly resumeKey: Uint8Array;
  readonly credentials: WorkerCredentials;
}

/** The services of the coordinator. Disposing them also disposes the control plane. */
export type Services = ReturnType<typeof createServices>;

/** Builds the services without a control plane, which `attach` adds. */
export function createServices(options: ServiceOptions) {
  const { clock, random, log, credentials } = options;
  const metrics = new Metrics();
  const ports = { clock, random, log, metrics };
  const workers: Workers = new Workers({
    clock,
    random,
    log,
    listener: {
      arrived(worker, served, resumed) {
        const inside = resumed.flatMap((move) => moves.resumed(move));
        const adopted = reports.arrived(worker, served, inside);
        if (adopted.size > 0) void rechecks.run((proof) => adopted.has(proof));
        lobby.workerArrived();
        control?.workerChanged(worker, "arrived");
      },
      overtaken: (room) => moves.overtaken(room),
      unseen(worker) {
        recordings.unseen(worker);
        moves.unseen(worker);
        control?.workerChanged(worker, "unseen");
      },
      lost(worker) {
        recordings.lost(worker);
        reports.lost(worker);
        rights.workerLost(worker);
        control?.workerChanged(worker, "lost");
      },
      roomOwned: (worker, room, owner) => rights.roomOpened(worker, room, owner),
      roomChanged(room) {
        rights.roomChanged(room);
        sharing.roomChanged(room);
        reports.roomChanged(room);
        control?.roomChanged(room);
      },
      libraryChanged(worker) {
        if (worker) control?.bus.publish({ type: "worker", workerId: worker });
        libraryChanged();
      },
      placeFreed: () => negotiation.placeFreed(),
      leaseExpired: (session) => reports.leaseExpired(session),
    },
  });
  let pendingChange: Disposable | undefined;
  function libraryChanged(): void {
    library.changed();
    pendingChange ??= clock.after(LIBRARY_PAUSE, () => {
      pendingChange = undefined;
      lobby.libraryChanged();
    });
  }
  let control: Control | undefined;
  const rights = new Rights({
    ...ports,
    workers,
    streams: {
      fleetOf: (stream) => control?.registry.fleetOf(stream) ?? control?.onDemand.fleetOf(stream),
      isSimulated: (stream) => control?.registry.isSimulated(stream) ?? false,
    },
  });
  const offers = {
    get apps() {
      return control?.onDemand.apps ?? [];
    },
    open: (app: AppId) => control?.onDemand.open(app),
  };
  const library = new Library({ workers, rights, offers });
  const recordings = new Recordings({ ...ports, workers });
  const tokens = createResumeTokens(options.resumeKey);
  const ice = createIce(options.ice, clock);
  const passes = new Passes({ ...ports, workers, rights });
  const sessions = new Sessions({ ...ports, workers, library, rights, passes, tokens, ice });
  const figures = new ViewersFigures({ clock, sessions });
  const seatRequests = createSeatRequestNotes({ workers, rights, audit: () => control?.audit });
  const moves = new Moves({
    ...ports,
    workers,
    sessions,
    rights,
    moved: (room) => control?.roomChanged(room),
  });
  const negotiation = new Negotiation({
    ...{ ...ports, workers, sessions, rights, passes, ice, moves },
  });
  const reports = new WorkerReports(sessions, negotiation);
  const preconnections = new Preconnections({
    ...{ ...ports, workers, sessions, rights, passes, ice },
  });
  const relay = new Relay({ ...ports, workers, sessions, negotiation, rights, ice });
  const sharing = new Sharing({ ...ports, workers, rights, links: () => control?.access });
  const lobby = new Lobby({
    ...{ ...ports, workers, sessions, passes, negotiation, tokens },
    entered: (player) => rechecks.entered(player),
  });
  const rechecks = new Rechecks({
    ...ports,
    players: () => [...lobby.players, ...awayPlayers(sessions)],
    renew: async (proof) => await control?.access.renew(proof) ?? { pass: FULL_PASS },
    changes: () => control?.rightsChanges ?? 0,
  });
  const watching = new Resources<HttpPlayer>(ports);
  const publishers = new Resources<HttpPublisher>(ports);
  const sockets = new Sockets(ports, new Admission(clock, options.limits));
  addGauges(metrics, { workers, sessions, negotiation });
  const ingest = {
    received: (worker: WorkerId, message: IngestMessage) => control?.received(worker, message),
    loadReported: (worker: WorkerId) => control?.loadReported(worker),
  };
  return {
    ...{ clock, random, log, metrics, credentials },
    /** Which pages may use the coordinator. */
    pages: options.limits satisfies OriginRules,
    ...{
      workers,
      recordings,
      rights,
      library,
      offers,
      sessions,
      figures,
      reports,
      seatRequests,
      negotiation,
      preconnections,
      relay,
      sharing,
      lobby,
      watching,
      publishers,
      ice,
      sockets,
      ingest,
    },
    /** The control plane; `undefined` before it is attached. */
    get control() {
      return control;
    },
    /** Sends the events of workers and rooms to a control plane from now on. It is disposed with the services. */
    attach(opened: Control): void {
      control = opened;
      opened.bus.subscribe((event) => {
        if (event.type === "rights_changed") void rechecks.run(() => true);
        if (event.type === "offers_changed") libraryChanged();
        if (event.type !== "logins_ended") return;
        const { loginIds } = event;
        void rechecks.run(({ loginId }) => loginId !== undefined && loginIds.includes(loginId));
      });
    },
    [Symbol.dispose]() {
      control?.[Symbol.dispose]();
      pendingChange?.[Symbol.dispose]();
      watching[Symbol.dispose]();
      publishers.forget();
      rechecks[Symbol.dispose]();
      workers[Symbol.dispose]();
      negotiation[Symbol.dispose]();
      sessions[Symbol.dispose]();
      sockets[Symbol.dispose]();
    },
  };
}

function addGauges(
  metrics: Metrics,
  { workers, sessions, negotiation }: {
    readonly workers: Workers;
    readonly sessions: Sessions;
    readonly negotiation: Negotiation;
  },
): void {
  const total = (count: (view: WorkerView) => number) => () => [{
    value: workers.views().reduce((sum, view) => sum + count(view), 0),
  }];
  metrics.gauge("farpad_workers", {
    help: "Workers, by state",
    read: () => tally(workers.views().map(({ state }) => state)),
  });
  metrics.gauge("farpad_sessions", {
    help: "Sessions, by state",
    read: () => tally(sessions.all().map(({ state }) => state.state)),
  });
  metrics.gauge("farpad_rooms", { help: "Rooms open", read: total(({ rooms }) => rooms.length) });
  metrics.gauge("farpad_rooms_kept", {
    help: "Rooms open without a player, which wait for one to come back",
    read: total(({ rooms }) => rooms.filter(({ state }) => state === "kept").length),
  });
  metrics.gauge("farpad_places", {
    help: "Rooms that may run at once, on all workers",
    read: total(({ hello }) => hello.capacity),
  });
  metrics.gauge("farpad_places_free", {
    help: "Free places, on all workers",
    read: total(({ freePlaces }) => freePlaces),
  });
  metrics.gauge("farpad_players_waiting", {
    help: "Players who wait for a place",
    read: () => [{ value: negotiation.waiting }],
  });
  metrics.gauge("farpad_memory_bytes", {
    help: "Memory of the coordinator's process",
    read: () => [{ value: Deno.memoryUsage().rss }],
  });
}

function tally(states: readonly string[]): Sample[] {
  return [...Map.groupBy(states, (state) => state)].map(([state, all]) => ({
    value: all.length,
    labels: { state },
  }));
}
