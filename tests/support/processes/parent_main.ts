/**
 * The part of a worker that starts processes, for a test that kills it. It starts two room processes, and one egress
 * process whose destination is the given address, and prints the id of each process once it runs.
 *
 * @module
 */
import { startChild as startChildProcess } from "../../../protocol/process/child.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { DestinationId } from "../../../protocol/ids.ts";
import { egressProcesses } from "../../../worker/ingest/egress/process.ts";
import { roomProcesses } from "../../../worker/room_process.ts";

const start = roomProcesses({ clock: systemClock, startChild: startChildProcess });
for (let n = 0; n < 2; n++) {
  const child = start({
    ready: () => console.log(`ready ${child.pid}`),
    message: () => {},
    live: () => {},
    packets: () => {},
    gone: ({ how }) => console.error(`A room process ended ${how}`),
  });
}
egressProcesses(startChildProcess)({
  destination_id: DestinationId.parse("d1"),
  url: Deno.args[0]!,
}, {
  connected: () => {},
  sent: () => {},
  gone: (detail) => console.error(`The egress process ended: ${detail}`),
});
