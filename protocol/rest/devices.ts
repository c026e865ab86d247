/**
 * REST: what operators ask of the device of a sender, besides its streams.
 *
 * @module
 */
import * as z from "zod/mini";
import { Absence } from "../field/absence.ts";
import { DeviceLog, LogRequest } from "../field/device_log.ts";
import { PushedValues, SettingsReport, SettingsVersion } from "../field/pushed_settings.ts";
import { SenderId } from "../ids.ts";
import { contract, EVERY_ROLE, OPERATORS } from "./contract.ts";
import { measured } from "./measured.ts";
import { Sender } from "./senders.ts";

const Params = z.object({ id: SenderId });

/** Versions that are kept of each device; the oldest is dropped. */
export const KEPT_VERSIONS = 10;

/** A version of the settings that operators pushed to a device. Times in milliseconds since 1970. */
export const DeviceSettingsVersion = z.object({
  version: SettingsVersion,
  values: PushedValues,
  at: z.number(),
  /** Who pushed it. */
  by: z.string(),
  while_streaming: z.optional(z.boolean()),
  /**
   * What became of it. Absent: the device has not taken it yet. `reason`: why it was refused or taken back, as a
   * sentence.
   */
  outcome: z.optional(z.object({
    state: z.enum(["taken", "refused", "rolled_back"]),
    at: z.number(),
    reason: z.optional(z.string()),
  })),
});
export type DeviceSettingsVersion = z.infer<typeof DeviceSettingsVersion>;

/** The settings of a device: what operators want, and what is in force. */
export const DeviceSettings = z.object({
  /** The newest first: it is the one that is wanted. */
  versions: z.array(DeviceSettingsVersion),
  /** The device's newest report; absent before the first, and from an agent that takes no settings. */
  report: z.optional(measured(SettingsReport.shape)),
});
export type DeviceSettings = z.infer<typeof DeviceSettings>;

/** The contracts of devices. */
export const devices = {
  /** A `POST`, because the device does work for it and the audit log has an entry of it. */
  log: contract({
    method: "POST",
    path: "/api/senders/:id/log",
    summary: "Have the device send the newest lines of its log, without secrets",
    access: OPERATORS,
    params: Params,
    body: LogRequest,
    response: DeviceLog,
  }),
  absences: contract({
    method: "GET",
    path: "/api/senders/:id/absences",
    summary: "Tell what the device noted while it was away, of its newest absences",
    access: EVERY_ROLE,
    params: Params,
    response: z.object({ absences: z.array(Absence) }),
  }),
  settings: contract({
    method: "GET",
    path: "/api/senders/:id/settings",
    summary: "Tell the settings that operators pushed to the device, and the version in force",
    access: EVERY_ROLE,
    params: Params,
    response: DeviceSettings,
  }),
  pushSettings: contract({
    method: "PUT",
    path: "/api/senders/:id/settings",
    summary: "Make a new version of the device's settings; it is sent while the device is online",
    access: OPERATORS,
    params: Params,
    body: z.object({
      values: PushedValues,
      /** Whether the agent's restart may interrupt a stream. */
      while_streaming: z._default(z.boolean(), false),
    }),
    response: DeviceSettings,
    status: 202,
  }),
  localControl: contract({
    method: "PUT",
    path: "/api/senders/:id/local-control",
    summary: "Let a person at the box start and stop its stream on the box's own page, or not",
    access: OPERATORS,
    params: Params,
    body: z.object({ on: z.boolean() }),
    response: Sender,
  }),
};
