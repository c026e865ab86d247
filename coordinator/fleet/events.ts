/**
 * The events that the services publish for dashboards and alerts. An event names the thing that changed, not the
 * change: the receiver reads the present state, so several changes of one thing are shown once.
 *
 * @module
 */
import type { DeviceStatus, StreamStats } from "../../protocol/field/device.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import type { RoomId, SenderId, StreamId, UserId, WorkerId } from "../../protocol/ids.ts";
import type { Alert } from "../../protocol/rest/settings.ts";

/** A change of the fleet. */
export type FleetEvent =
  | { readonly type: "sender"; readonly senderId: SenderId; readonly ownerId: UserId }
  | { readonly type: "stream"; readonly streamId: StreamId; readonly ownerId: UserId }
  | { readonly type: "worker"; readonly workerId: WorkerId }
  | { readonly type: "room"; readonly roomId: RoomId }
  | { readonly type: "alert"; readonly alert: Alert; readonly ownerId: UserId | undefined }
  | { readonly type: "logins_ended"; readonly loginIds: readonly string[] }
  /** The access policy, a share link or a person changed, so that somebody may have lost a right. */
  | { readonly type: "rights_changed" }
  /** The apps whose streams players start by opening them changed. */
  | { readonly type: "offers_changed" }
  /** A device's hardware status; `at` is the time of its arrival, milliseconds since 1970. */
  | {
    readonly type: "status";
    readonly senderId: SenderId;
    readonly ownerId: UserId;
    readonly at: number;
    readonly status: DeviceStatus;
  }
  /** Figures of a stream, from the device (`sent`) or the worker (`received`). */
  | {
    readonly type: "stats";
    readonly streamId: StreamId;
    readonly ownerId: UserId;
    readonly at: number;
    readonly sent?: StreamStats;
    readonly received?: IngestStats;
  };
