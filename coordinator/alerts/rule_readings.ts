/**
 * Collects the values that alert rules read: of enrolled devices, live streams, workers and disks.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { whyOf } from "../../protocol/disk/storage_fault.ts";
import type { Measured } from "../../protocol/rest/measured.ts";
import type { StorageTrouble } from "../../protocol/disk/storage_watch.ts";
import type { Live } from "../fleet/live.ts";
import { weakestSignal } from "../fleet/views.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Bus, Store } from "../ports.ts";
import type { SenderRecord } from "../records/fleet.ts";
import type { StreamRegistry } from "../streams/stream_registry.ts";
import type { Workers } from "../workers.ts";
import { MissedWorkers } from "./missed_workers.ts";
import { type Finding, readDevice, readStorage, readStream, readWorker } from "./readings.ts";
import { type AlertSettings, DEFAULT_RULES } from "./settings.ts";

/** A report that is older counts as unknown, in milliseconds: three reports of a device were missed. */
const REPORT_LIMIT = 35_000;

/** The most enrolled devices that are read. */
const MAX_DEVICES = 50_000;

/** Reads the values of alert rules until disposed. */
export interface Readings extends Disposable {
  /** Reads the present value of every rule for every subject. */
  read(): Promise<readonly Finding[]>;
}

/** Creates the reader of the fleet's values. */
export function createReadings(
  { store, live, registry, workers, settings, bus, clock, storage }: {
    store: Store;
    live: Live;
    registry: StreamRegistry;
    workers: Workers;
    settings: AlertSettings;
    bus: Bus<FleetEvent>;
    clock: Clock;
    /** Why the coordinator cannot write; `undefined` when it can. */
    storage: () => StorageTrouble | undefined;
  },
): Readings {
  /** Enrolled devices, read again only after a sender changed: there may be thousands, and this runs every second. */
  let devices: Promise<readonly SenderRecord[]> | undefined;
  const watching = bus.subscribe(({ type }) => {
    if (type === "sender") devices = undefined;
  });
  const missed = new MissedWorkers(clock);
  function isFresh<M extends Measured>(report: M | undefined): report is M {
    return report !== undefined && clock.epoch() - report.at <= REPORT_LIMIT;
  }
  async function read(): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    devices ??= store.senders.list({ where: { state: "enrolled" }, limit: MAX_DEVICES });
    for (const { sender_id, owner_id, name, demo_car } of await devices) {
      const { rules } = await settings.get(owner_id);
      const { online, status: newest } = live.device(sender_id);
      const status = isFresh(newest) ? newest : undefined;
      const reading = {
        senderId: sender_id,
        name,
        // The device of the demonstration car runs only with its stream.
        online: online || demo_car === true,
        cpuPercent: status?.value.cpu_percent,
        signalDbm: status && weakestSignal(status.value.network_interfaces),
      };
      findings.push(...readDevice(reading, rules, owner_id));
    }
    for (const row of registry.all()) {
      const figures = live.figures(row.stream_id);
      if (row.life.state !== "live" || !figures) continue;
      const { rules } = await settings.get(row.owner_id);
      // The ports of a vehicle that runs v3xctrl stay open also while it is parked.
      const hasPicture = row.transport !== "v3xctrl" && isFresh(figures.received);
      const reading = {
        streamId: row.stream_id,
        senderId: row.sender_id,
        name: row.sender_name,
        picture: hasPicture ? figures.received?.picture : undefined,
        lossRate: isFresh(figures.sent) ? figures.sent.loss_rate : undefined,
      };
      findings.push(...readStream(reading, rules, row.owner_id));
    }
    for (const worker of missed.read(workers.views())) {
      findings.push(readWorker(worker, DEFAULT_RULES));
    }
    findings.push(readStorage({ why: storage()?.why }, DEFAULT_RULES));
    for (const { hello: { worker_id: workerId, name }, state, status } of workers.views()) {
      const reason = state === "lost" ? undefined : status?.value.storage;
      const why = reason && whyOf(reason);
      findings.push(readStorage({ worker: { workerId, name }, why }, DEFAULT_RULES));
    }
    return findings;
  }
  return { read, [Symbol.dispose]: () => watching[Symbol.dispose]() };
}
