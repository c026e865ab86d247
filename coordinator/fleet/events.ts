/**
 * What the services tell everybody who shows the fleet. An event names what is different, not how: whoever shows
 * it looks, so many changes of one thing are shown as one.
 *
 * @module
 */
import type { DeviceStatus, StreamStats } from "../../protocol/field/device.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import type { RoomId, SenderId, StreamId, UserId, WorkerId } from "../../protocol/ids.ts";
import type { Alert } from "../../protocol/rest/settings.ts";

export type FleetEvent =
  | { readonly type: "sender"; readonly senderId: SenderId; readonly ownerId: UserId }
  | { readonly type: "stream"; readonly streamId: StreamId; readonly ownerId: UserId }
  | { readonly type: "worker"; readonly workerId: WorkerId }
  | { readonly type: "room"; readonly roomId: RoomId }
  | { readonly type: "alert"; readonly alert: Alert; readonly ownerId: UserId | undefined }
  | { readonly type: "logins_ended"; readonly loginIds: readonly string[] }
  /** A device's hardware status; `at` is when it arrived. */
  | {
    readonly type: "status";
    readonly senderId: SenderId;
    readonly ownerId: UserId;
    readonly at: number;
    readonly status: DeviceStatus;
  }
  /** Figures of a stream, from either end. */
  | {
    readonly type: "stats";
    readonly streamId: StreamId;
    readonly ownerId: UserId;
    readonly at: number;
    readonly sent?: StreamStats;
    readonly received?: IngestStats;
  };
