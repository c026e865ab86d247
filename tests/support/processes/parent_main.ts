/**
 * The part of a worker that starts processes, for a test that kills it. It starts two room processes, and one egress
 * process whose destination is the first argument, and prints the id of each room process once it runs. The second
 * argument is the folder of the process files; with a third one rooms are confined where that works.
 *
 * @module
 */
import { dirname } from "node:path";
import { systemClock } from "../../../protocol/clock.ts";
import { DestinationId } from "../../../protocol/ids.ts";
import { createLog } from "../../../protocol/log.ts";
import { childStarter, openChildFiles } from "../../../protocol/process/child.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { cacheFolder } from "../../../worker/config.ts";
import { egressProcesses } from "../../../worker/ingest/egress/process.ts";
import { egressPermissions, roomPermissions } from "../../../worker/isolation/permissions.ts";
import { openSandbox } from "../../../worker/isolation/sandbox.ts";
import { roomProcesses } from "../../../worker/room_process.ts";

const [url = "", folder = "", confined] = Deno.args;
const FOLDERS = { data: dirname(folder), roms: folder, cores: [] };
const log = createLog({ clock: systemClock, sink: console.error, level: "warn" });
const files = openChildFiles({ folder, log, clock: systemClock, random: systemRandom });
const startChild = childStarter({ log, files });
const places = { folders: FOLDERS, runtime: Deno.execPath(), cache: cacheFolder() };
const sandbox = confined === undefined ? [] : await openSandbox({ ...places, log });
const start = roomProcesses({
  clock: systemClock,
  startChild,
  permissions: roomPermissions(FOLDERS),
  sandbox,
});
for (let n = 0; n < 2; n++) {
  const child = start({
    ready: () => console.log(`ready ${child.pid}`),
    message: () => {},
    live: () => {},
    packets: () => {},
    gone: ({ how }) => console.error(`A room process ended ${how}`),
  });
}
egressProcesses({
  startChild,
  permissions: egressPermissions(FOLDERS),
  allowedHosts: ["127.0.0.1"],
})({
  destination_id: DestinationId.parse("d1"),
  url,
}, {
  connected: () => {},
  sent: () => {},
  gone: (detail) => console.error(`The egress process ended: ${detail}`),
});
