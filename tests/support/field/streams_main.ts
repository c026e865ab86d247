/**
 * The part of a worker that receives field streams and sends them on, with real room and egress processes. What it
 * would send to the coordinator goes to the test.
 *
 * @module
 */
import process from "node:process";
import { startChild as startChildProcess } from "../../../protocol/process/child.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import type { FromWorker, ToCoordinator } from "../../../protocol/legs/worker_leg.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { FieldStreams } from "../../../worker/field_streams.ts";
import { egressProcesses } from "../../../worker/ingest/egress/process.ts";
import { egressPermissions, roomPermissions } from "../../../worker/isolation/permissions.ts";
import { roomProcesses } from "../../../worker/room_process.ts";
import { Rooms } from "../../../worker/rooms.ts";
import type { ToReceiver } from "./children.ts";

const FOLDERS = { data: "/nowhere", roms: "/nowhere", cores: [] };

const ports = {
  clock: systemClock,
  random: systemRandom,
  log: createLog({ clock: systemClock, sink: console.log }),
};
const report: ToCoordinator = (type, payload, id = "-") => {
  if (process.connected) process.send!({ id, type, payload } as FromWorker);
};

process.on("message", ({ stream, portRange, patience }: ToReceiver) => {
  const rooms: Rooms = new Rooms({
    ...ports,
    capacity: 1,
    settings: {
      workerId: "w1",
      zone: "here",
      extraAddresses: [],
      targetHeight: 1,
      savesFolder: "/nowhere",
    },
    start: roomProcesses({
      clock: systemClock,
      startChild: startChildProcess,
      permissions: roomPermissions(FOLDERS),
    }),
    find: () => undefined,
    report,
    relay: () => {},
    fieldRooms: {
      live: (room, event) => streams.live(room, event),
      packets: (room, bytes) => streams.packets(room, bytes),
      closed: (room, end) => streams.closed(room, end),
      gone: (room, how) => streams.gone(room, how),
    },
  });
  const streams: FieldStreams = new FieldStreams({
    ...ports,
    settings: { host: "127.0.0.1", address: "127.0.0.1", portRange, patience, v3xctrl: false },
    rooms,
    startEgress: egressProcesses({
      startChild: startChildProcess,
      permissions: egressPermissions(FOLDERS),
      allowedHosts: ["127.0.0.1"],
    }),
    report,
    changed: () => {},
  });
  streams.start({ id: "start", type: "ingest.start", payload: stream });
});
process.send!({ id: "-", type: "ready" });
