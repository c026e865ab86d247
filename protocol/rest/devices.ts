/**
 * REST: what operators ask of the device of a sender, besides its streams.
 *
 * @module
 */
import * as z from "zod/mini";
import { Absence } from "../field/absence.ts";
import { DeviceLog, LogRequest } from "../field/device_log.ts";
import { SenderId } from "../ids.ts";
import { contract, EVERY_ROLE, OPERATORS } from "./contract.ts";
import { Sender } from "./senders.ts";

const Params = z.object({ id: SenderId });

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
