/**
 * Builds the control plane (accounts, senders, streams, alerts and the operators' views of them), and connects the
 * events of each part to the others.
 *
 * @module
 */
import type { JWK } from "jose";
import type { ReachRules } from "../protocol/addresses/reach.ts";
import { type Clock, every } from "../protocol/clock.ts";
import type { WorkerId } from "../protocol/ids.ts";
import type { StorageWatch } from "../protocol/disk/storage_watch.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import type { Room } from "../protocol/legs/room.ts";
import { asOfNow } from "./accounts/as_of_now.ts";
import { createAccess } from "./accounts/access.ts";
import { createApiTokens } from "./accounts/api_tokens.ts";
import { createAttempts } from "./sign_in/attempts.ts";
import { createAudit } from "./accounts/audit.ts";
import type { Authenticate, Caller } from "./accounts/caller.ts";
import { createInvitations } from "./accounts/invitations.ts";
import { createKnownBrowsers } from "./sign_in/known_browsers.ts";
import { createLogins } from "./accounts/logins.ts";
import { createMinting } from "./accounts/minting.ts";
import { createSecondFactors } from "./sign_in/second_factor.ts";
import { createSingleSignOn, type SingleSignOnOptions } from "./sign_in/single_sign_on.ts";
import { createPasswordReset } from "./sign_in/password_reset.ts";
import { createUsers } from "./accounts/users.ts";
import { Alerts } from "./alerts/alerts.ts";
import { createReadings } from "./alerts/rule_readings.ts";
import { createAlertSettings } from "./alerts/settings.ts";
import { type Post, Webhooks } from "./alerts/webhook.ts";
import { AgentSessions } from "./fleet/agent_sessions.ts";
import { Agents } from "./fleet/agents.ts";
import { type CarHost, DemoCar } from "./fleet/demo_car.ts";
import { createDemoDevice } from "./fleet/demo_device.ts";
import { DeviceSettings } from "./fleet/device_settings.ts";
import { createDestinations } from "./fleet/destinations.ts";
import type { FleetEvent } from "./fleet/events.ts";
import { Live } from "./fleet/live.ts";
import { Forwarding } from "./recordings/forwarding.ts";
import type { Recordings } from "./recordings/recordings.ts";
import { createSenders } from "./fleet/senders.ts";
import type { ViewersFigures } from "./fleet/viewer_figures.ts";
import { createViews } from "./fleet/views.ts";
import { createConcerns } from "./operators/concerns.ts";
import { OperatorHub } from "./operators/hub.ts";
import { createTopics } from "./operators/topics.ts";
import type { Bus, Lease, Store } from "./ports.ts";
import type { Rights } from "./play/rights.ts";
import type { StreamRecord } from "./records/fleet.ts";
import { Housekeeping } from "./records/housekeeping.ts";
import { type PasswordCost, Passwords } from "./secrets/password.ts";
import { createSealer } from "./secrets/seal.ts";
import { createSignedTokens } from "./secrets/signed_token.ts";
import { createAgentAdmission } from "./sockets/agent_login.ts";
import type { IngestMessage } from "./sockets/worker.ts";
import { createEgress } from "./streams/egress.ts";
import { Receivers, type ReceiverWorkers } from "./streams/receivers.ts";
import { KeepLive } from "./streams/keep_live.ts";
import { OnDemand } from "./streams/on_demand.ts";
import { createPresets } from "./streams/presets.ts";
import { createPublishing } from "./streams/publishing.ts";
import { StreamerPorts } from "./streams/streamer_ports.ts";
import { createStarter } from "./streams/starter.ts";
import { StreamRegistry } from "./streams/stream_registry.ts";
import { LocalControl } from "./streams/local_control.ts";
import { Streams } from "./streams/streams.ts";
import { Trails } from "./streams/trails.ts";
import type { WorkerCredentials } from "./secrets/worker_credentials.ts";
import type { Workers } from "./workers.ts";

/** How often links to rooms that are not open are looked for, in milliseconds: by then every worker dialled again. */
const LINKS_CHECKED = 3_600_000;

/** The settings and ports of {@linkcode openControl}. */
export interface ControlOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  /** Carries the fleet's events to their subscribers. */
  readonly bus: Bus<FleetEvent>;
  /** Prevents two starts of one sender at the same time. */
  readonly lease: Lease;
  readonly workers: Workers;
  readonly credentials: WorkerCredentials;
  readonly recordings: Recordings;
  readonly rights: Rights;
  readonly figures: ViewersFigures;
  /** Private Ed25519 key that access tokens are signed with. */
  readonly signingKey: JWK;
  /** 32 bytes that stored secrets are sealed with. */
  readonly sealingKey: Uint8Array;
  readonly urlRules: ReachRules;
  readonly post: Post;
  /** The state of the storage; absent where nothing is stored on disk. */
  readonly storage?: Storage;
  /** Whether only this machine can reach the coordinator. */
  readonly loopback: boolean;
  /** If given, a demonstration device is made for the first administrator, and its enrolment token is passed here. */
  readonly demo?: (token: string) => Promise<void>;
  /** If given, players find a simulated car in their library, whose device is started by it. */
  readonly demoCar?: CarHost;
  /** Absent: people sign in with passwords alone. */
  readonly singleSignOn?: SingleSignOnOptions | undefined;
  /** The cost of password hashes, lower in tests. */
  readonly passwordCost?: PasswordCost;
}

/** The state of the storage: `trouble` is the reason why nothing can be written. */
type Storage = Pick<StorageWatch, "trouble">;

/** The open control plane. */
export type Control = Awaited<ReturnType<typeof openControl>>;

/**
 * Opens the control plane with the content of the store.
 *
 * @throws {StoreFault} when the store cannot be read
 */
export async function openControl(options: ControlOptions) {
  const { clock, random, log, store, bus, lease, workers, rights, figures } = options;
  const { recordings } = options;
  const ports = { clock, random, log, store };
  const storage: Storage = options.storage ?? { trouble: undefined };
  const running = new DisposableStack();
  let changes = 0;
  const changed = (event: Extract<FleetEvent, { type: "logins_ended" | "rights_changed" }>) => {
    changes += 1;
    bus.publish(event);
  };
  const loginsEnded = (loginIds: readonly string[]) => changed({ type: "logins_ended", loginIds });
  const rightsChanged = () => changed({ type: "rights_changed" });

  const tokens = await createSignedTokens(options.signingKey, clock);
  const sealer = createSealer(options.sealingKey, random);
  const cost = options.passwordCost;
  const passwords = new Passwords({ clock, random, ...(cost && { cost }) });
  const audit = createAudit(ports);
  const logins = createLogins({ ...ports, tokens, loginsEnded });
  const attempts = createAttempts(clock);
  const browsers = createKnownBrowsers({ sealer, random });
  const secondFactors = createSecondFactors({ ...ports, sealer, passwords, attempts, audit });
  const minting = createMinting(clock);
  const apiTokens = createApiTokens({ ...ports, audit, minting, loginsEnded });
  const authenticate: Authenticate = (token, from) =>
    asOfNow(
      () => changes,
      async () => await logins.caller(token, from) ?? await apiTokens.caller(token, from),
    );
  const accountPorts = {
    ...{ ...ports, passwords, attempts, browsers, secondFactors, logins, apiTokens, audit },
    ...{ loginsEnded, rightsChanged },
  };
  const users = createUsers(accountPorts);
  const singleSignOn = options.singleSignOn &&
    createSingleSignOn({ ...accountPorts, log, sealer, users }, options.singleSignOn);
  const passwordReset = createPasswordReset(accountPorts);
  const { loopback } = options;
  const access = createAccess({
    ...{ ...ports, logins, apiTokens, audit, minting, rightsChanged, loopback },
    changes: () => changes,
  });

  const agents = new Agents(ports);
  const live = new Live(clock);
  const registry = new StreamRegistry(ports);
  await registry.load();
  const senders = createSenders({ ...ports, audit, bus, agents, live, minting });
  const { demo: hand } = options;
  const welcome = async (admin: Caller) => {
    if (hand) await createDemoDevice(admin, { senders, hand });
    await demoCar.give(admin);
  };
  const invitations = createInvitations({
    ...accountPorts,
    minting,
    users,
    welcome,
  });
  const receivers = new Receivers(receiversOf(workers), ports);
  const streamChanged = (row: StreamRecord) => {
    keepLive.streamChanged(row);
    streamerPorts.changed(row);
    onDemand.streamChanged(row);
  };
  const streamPorts = { ...ports, bus, registry, agents, receivers, live, changed: streamChanged };
  const streams = running.use(new Streams(streamPorts));
  const trails = running.use(new Trails({ ...ports, bus, registry }));
  const usedBy = (id: Parameters<typeof streams.usedBy>[0]) => streams.usedBy(id);
  const destinations = createDestinations({
    ...ports,
    audit,
    sealer,
    rules: options.urlRules,
    usedBy,
  });
  const sealed = await destinations.sealAddresses();
  if (sealed > 0) log.info("secrets of stored addresses sealed", { destinations: sealed });
  const presets = createPresets({ ...ports, audit });
  const egress = createEgress({ registry, streams, destinations, receivers, audit, log });
  const starter = createStarter({ ...streamPorts, lease, audit, senders, destinations, streams });
  const publishing = createPublishing({ ...streamPorts, lease, audit, streams });
  const streamerPorts: StreamerPorts = running.use(
    new StreamerPorts({ ...streamPorts, lease, audit, senders, streams }),
  );
  await streamerPorts.load();
  const keepLive: KeepLive = running.use(
    new KeepLive({ ...streamPorts, audit, sealer, senders, streams, starter }),
  );
  await keepLive.load();
  const demoCar: DemoCar = new DemoCar({
    ...{ ...ports, senders, keepLive, registry, streams, rightsChanged },
    host: options.demoCar,
  });
  await demoCar.create();
  const onDemand: OnDemand = running.use(
    new OnDemand({
      ...{ ...streamPorts, audit, senders, streams, starter, keepLive, demoCar },
      liveRoom: (app) => workers.liveRoom(app),
    }),
  );
  await onDemand.load();
  const localControl = new LocalControl({
    ...{ store, audit, agents, senders, registry, streams, starter, keepLive },
  });
  const forwarding = new Forwarding({ clock, store, registry, live, agents, recordings });
  const deviceSettings = running.use(
    new DeviceSettings({ ...ports, bus, audit, agents, live, senders }),
  );
  const agentSessions = new AgentSessions({ ...streamPorts, audit, senders, streams });
  const agentAdmission = createAgentAdmission(ports);

  const views = createViews({
    ...{ ...ports, live, registry },
    mayStart: (sender) => demoCar.mayStart(sender),
  });
  const topics = createTopics({
    ...{ store, live, registry, views, workers, rights },
    raisedAlerts: () => alerts.raised,
  });
  const concerns = createConcerns({ store, registry, views, workers, rights });
  const hub = running.use(new OperatorHub({ ...ports, bus, topics, concerns }));

  const alertSettings = createAlertSettings({ store, sealer, rules: options.urlRules });
  const webhooks = new Webhooks({
    ...ports,
    settings: alertSettings,
    rules: options.urlRules,
    post: options.post,
  });
  const readings = running.use(
    createReadings({
      ...{ ...ports, live, registry, workers, settings: alertSettings, bus },
      storage: () => storage.trouble,
    }),
  );
  const alerts: Alerts = running.use(
    new Alerts({ ...ports, bus, webhooks, read: () => readings.read() }),
  );
  await alerts.start();
  await running.use(new Housekeeping(ports)).clean();
  const linksLeft = (error: unknown) => log.error("links of closed rooms not removed", { error });
  running.use(every(clock, LINKS_CHECKED, () => {
    access.removeLinksOfClosedRooms((room) => workers.room(room) !== undefined).catch(linksLeft);
  }));

  return {
    ...{ clock, random, log, store, workers, recordings, rights, figures, bus, tokens, audit },
    ...{ authenticate, logins, apiTokens, attempts, browsers, secondFactors, singleSignOn },
    ...{ users, passwordReset, invitations, access, minting },
    ...{
      agents,
      live,
      registry,
      trails,
      senders,
      receivers,
      streams,
      starter,
      publishing,
      streamerPorts,
      keepLive,
      onDemand,
      localControl,
      forwarding,
      deviceSettings,
      destinations,
      presets,
      egress,
    },
    storage,
    credentials: options.credentials,
    /** How many changes of rights there have been. */
    get rightsChanges() {
      return changes;
    },
    ...{ agentSessions, agentAdmission, views, hub, alertSettings, webhooks, alerts },

    /** Handles a worker's message about the field streams that it receives. */
    received(worker: WorkerId, message: IngestMessage): void {
      switch (message.type) {
        case "ingest.started":
        case "ingest.start.response":
        case "ingest.update.response":
          return receivers.answer(worker, message);
        case "ingest.stats":
          forwarding.received(worker, message.payload);
          return streams.received(worker, message.payload);
        case "ingest.ended":
          return streams.endedByWorker(worker, message.payload);
      }
    },

    /** Handles a worker that connected (`arrived`), disconnected (`unseen`), or did not reconnect in time (`lost`). */
    workerChanged(worker: WorkerId, how: "arrived" | "unseen" | "lost"): void {
      const view = workers.views().find(({ hello }) => hello.worker_id === worker);
      if (how === "arrived") {
        streams.workerArrived(worker, view?.hello.ingest?.running ?? []);
        keepLive.workerArrived();
        const notSent = (error: unknown) => log.error("destinations not sent", { worker, error });
        egress.workerArrived(worker).catch(notSent);
      }
      if (how === "unseen") streams.workerUnseen(worker);
      bus.publish({ type: "worker", workerId: worker });
    },

    /** Publishes that a worker reported its load. */
    loadReported(worker: WorkerId): void {
      bus.publish({ type: "worker", workerId: worker });
    },

    /** Publishes that a room opened, changed or closed. */
    roomChanged(room: Room): void {
      const { room_id, worker_id, state } = room;
      onDemand.roomChanged(room);
      if (state === "closed") access.roomClosed(room_id).catch(linksLeft);
      bus.publish({ type: "room", roomId: room_id });
      bus.publish({ type: "worker", workerId: worker_id });
    },

    [Symbol.dispose](): void {
      running[Symbol.dispose]();
      store[Symbol.dispose]();
    },
  };
}

/** The workers, with the properties by which a receiver of a stream is chosen. */
function receiversOf(workers: Workers): ReceiverWorkers {
  return {
    receivers: () =>
      workers.views().map(({ hello, state, status }) => ({
        workerId: hello.worker_id,
        name: hello.name,
        state,
        offer: hello.ingest,
        cpu: status?.value.cpu_percent ?? 0,
        foreign: status?.value.foreign_ports?.ports ?? [],
      })),
    send: (worker, message) => workers.send(worker, message),
  };
}
