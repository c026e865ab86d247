/**
 * Reads every alert rule off the fleet: pure, from what is known now. A condition that nothing is known about
 * (the signal of a device that is offline) reads as good, so its alert clears.
 *
 * @module
 */
import type { SenderId, StreamId, UserId, WorkerId } from "../../protocol/ids.ts";
import type { AlertRule, AlertRules } from "../../protocol/rest/settings.ts";
import { readHigh, type Reading, readLow } from "../domain/alert.ts";

/** One device, as far as alerts look at it. */
export interface DeviceReading {
  readonly senderId: SenderId;
  readonly name: string;
  readonly online: boolean;
  readonly cpuPercent?: number | undefined;
  readonly signalDbm?: number | undefined;
}

/** One live stream. */
export interface StreamReading {
  readonly streamId: StreamId;
  readonly senderId: SenderId;
  readonly name: string;
  /** Whether the worker sees a picture; absent while it has said nothing. */
  readonly picture?: boolean | undefined;
  readonly lossRate?: number | undefined;
}

export interface WorkerReading {
  readonly workerId: WorkerId;
  readonly name: string;
  readonly lost: boolean;
}

/** One rule read on one subject. */
export interface Finding {
  /** Names the rule and the subject. */
  readonly key: string;
  readonly rule: AlertRule;
  readonly ownerId: UserId | undefined;
  readonly reading: Reading;
  /** How long it must hold, in milliseconds. */
  readonly forMs: number;
  readonly subject: string;
  readonly message: string;
  readonly sender_id?: SenderId;
  readonly stream_id?: StreamId;
  readonly worker_id?: WorkerId;
}

/** A thing that came back counts as back after this long, in milliseconds. */
const BACK_AFTER = 5_000;

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
      message: `${name} is offline`,
    },
    {
      ...about,
      ...measured("cpu", sender_id, {
        rule: rules.cpu,
        value: online ? cpuPercent : undefined,
        read: readHigh,
      }),
      message: `${name} uses ${round(cpuPercent)} % of its processor`,
    },
    {
      ...about,
      ...measured("low_signal", sender_id, {
        rule: rules.low_signal,
        value: online ? signalDbm : undefined,
        read: readLow,
      }),
      message: `The weakest radio of ${name} receives ${round(signalDbm)} dBm`,
    },
  ];
}

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
      message: `${name} is live and brings no picture`,
    },
    {
      ...about,
      ...measured("loss", stream_id, { rule: rules.loss, value: lossRate, read: readHigh }),
      message: `${name} loses ${round((lossRate ?? 0) * 100)} % of its packets`,
    },
  ];
}

export function readWorker(worker: WorkerReading, rules: AlertRules): Finding {
  const { workerId: worker_id, name, lost } = worker;
  return {
    ...{ ownerId: undefined, subject: name, worker_id },
    ...present("worker_lost", worker_id, { bad: lost, rule: rules.worker_lost }),
    message: `Worker ${name} is unreachable`,
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

function round(value: number | undefined): string {
  return value === undefined ? "an unknown part" : String(Math.round(value * 10) / 10);
}
