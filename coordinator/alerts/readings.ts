/**
 * Compares the present state of the fleet with the limits of every alert rule; pure. An unknown value, such as the
 * signal of an offline device, counts as good, so its alert clears.
 *
 * @module
 */
import type { SenderId, StreamId, UserId, WorkerId } from "../../protocol/ids.ts";
import type { AlertRule, AlertRules } from "../../protocol/rest/settings.ts";
import { readHigh, type Reading, readLow } from "../domain/alert.ts";

/** The values of a device that alert rules read. */
export interface DeviceReading {
  readonly senderId: SenderId;
  readonly name: string;
  readonly online: boolean;
  readonly cpuPercent?: number | undefined;
  readonly signalDbm?: number | undefined;
}

/** The values of a live stream that alert rules read. */
export interface StreamReading {
  readonly streamId: StreamId;
  readonly senderId: SenderId;
  readonly name: string;
  /** Whether the worker receives a picture; absent until it reports. */
  readonly picture?: boolean | undefined;
  readonly lossRate?: number | undefined;
}

/** The values of a worker that alert rules read. */
export interface WorkerReading {
  readonly workerId: WorkerId;
  readonly name: string;
  readonly lost: boolean;
}

/** The reading of one rule for one subject, and the alert that it may raise. */
export interface Finding {
  /** `rule:id of the subject`. */
  readonly key: string;
  readonly rule: AlertRule;
  readonly ownerId: UserId | undefined;
  readonly reading: Reading;
  /** How long the reading must hold before it counts, in milliseconds. */
  readonly forMs: number;
  readonly subject: string;
  /** What is true now, as a sentence without the name of the subject: the message of the alert. */
  readonly message: string;
  readonly sender_id?: SenderId;
  readonly stream_id?: StreamId;
  readonly worker_id?: WorkerId;
}

/** A device, picture or worker that returned counts as back after this long, in milliseconds. */
const BACK_AFTER = 5_000;

/** Reads the rules of devices. */
export function readDevice(
  device: DeviceReading,
  rules: AlertRules,
  ownerId: UserId,
): readonly Finding[] {
  const { senderId: sender_id, name, online, cpuPercent, signalDbm } = device;
  const about = { ownerId, subject: name, sender_id };
  return [
    {
      ...about,
      ...present("offline", sender_id, { bad: !online, rule: rules.offline }),
      message: online ? "The device is online." : "The device is offline.",
    },
    {
      ...about,
      ...measured("cpu", sender_id, {
        rule: rules.cpu,
        value: online ? cpuPercent : undefined,
        read: readHigh,
      }),
      message: sentence(cpuPercent, (percent) => `The device uses ${percent} % of its processor.`),
    },
    {
      ...about,
      ...measured("low_signal", sender_id, {
        rule: rules.low_signal,
        value: online ? signalDbm : undefined,
        read: readLow,
      }),
      message: sentence(signalDbm, (dbm) => `Its weakest radio receives ${dbm} dBm.`),
    },
  ];
}

/** Reads the rules of live streams. */
export function readStream(
  stream: StreamReading,
  rules: AlertRules,
  ownerId: UserId,
): readonly Finding[] {
  const { streamId: stream_id, senderId: sender_id, name, picture, lossRate } = stream;
  const about = { ownerId, subject: name, sender_id, stream_id };
  return [
    {
      ...about,
      ...present("no_picture", stream_id, { bad: picture === false, rule: rules.no_picture }),
      message: pictureSentence(picture),
    },
    {
      ...about,
      ...measured("loss", stream_id, { rule: rules.loss, value: lossRate, read: readHigh }),
      message: sentence(
        lossRate === undefined ? undefined : lossRate * 100,
        (percent) => `The stream loses ${percent} % of its packets.`,
      ),
    },
  ];
}

/** Reads the rule of workers that are lost. */
export function readWorker(worker: WorkerReading, rules: AlertRules): Finding {
  const { workerId: worker_id, name, lost } = worker;
  return {
    ...{ ownerId: undefined, subject: name, worker_id },
    ...present("worker_lost", worker_id, { bad: lost, rule: rules.worker_lost }),
    message: lost ? "Not connected. Its rooms may still run." : "The worker is connected.",
  };
}

/** Reads the rule of disks: of a worker's disk, or without `worker` of the coordinator's. */
export function readStorage(
  { worker, why }: {
    worker?: { readonly workerId: WorkerId; readonly name: string };
    /** The reason as half a sentence, such as "the disk is full"; `undefined` when the disk can be written. */
    why: string | undefined;
  },
  rules: AlertRules,
): Finding {
  const subject = worker ? worker.name : "Coordinator";
  const lost = worker ? "Saved games" : "Settings, sign-ins and streams";
  return {
    ...{ ownerId: undefined, subject, ...(worker && { worker_id: worker.workerId }) },
    ...present("storage", worker?.workerId ?? "", { bad: why !== undefined, rule: rules.storage }),
    message: why === undefined ? `${lost} can be kept.` : `${lost} cannot be kept: ${why}.`,
  };
}

function present(
  rule: AlertRule,
  id: string,
  { bad, rule: { enabled, for_s } }: { bad: boolean; rule: AlertRules["offline"] },
) {
  const reading: Reading = enabled && bad ? "bad" : "good";
  return {
    rule,
    key: `${rule}:${id}`,
    reading,
    forMs: reading === "bad" ? for_s * 1000 : BACK_AFTER,
  };
}

function measured(
  rule: AlertRule,
  id: string,
  { rule: { enabled, for_s, ...limits }, value, read }: {
    rule: AlertRules["loss"];
    value: number | undefined;
    read: (value: number, limits: { raise: number; clear: number }) => Reading;
  },
) {
  const reading: Reading = !enabled || value === undefined ? "good" : read(value, limits);
  return { rule, key: `${rule}:${id}`, reading, forMs: for_s * 1000 };
}

function pictureSentence(picture: boolean | undefined): string {
  if (picture === undefined) return "The worker does not report whether a picture arrives.";
  return picture ? "The stream brings a picture." : "The stream is live but brings no picture.";
}

/** A sentence with a figure of one decimal; of an unknown figure it says that it is not known. */
function sentence(value: number | undefined, words: (rounded: number) => string): string {
  return value === undefined
    ? "The figure is not known at present."
    : words(Math.round(value * 10) / 10);
}
