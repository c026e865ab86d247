/**
 * Connects one viewer, prints how many descriptors it may have from then on, waits for a byte, offers connections until
 * no descriptor is left, and prints what became of the last of them and whether the viewer still receives.
 *
 * @module
 */
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { surviveUnhandledFaults } from "../../../worker/werift/unhandled_faults.ts";
import type { PacketizedFrame } from "../../../worker/sending/ports.ts";
import { connect, openPeer, until, WeriftBrowser } from "../media/werift_browser.ts";

const KEYFRAME: PacketizedFrame = {
  codec: "h264",
  keyframe: true,
  timestamp: 3000,
  capturedAt: 0,
  data: new Uint8Array(),
  payloads: [Uint8Array.of(0x65, 1, 2, 3)],
};
/** How many more descriptors than it has the process may have. */
const SPARE = 12;

surviveUnhandledFaults(globalThis, {
  clock: systemClock,
  log: createLog({ clock: systemClock, sink: () => {} }),
});
// The runtime opens its pipe for signals at the first need, and ends when it has no descriptor for it then.
Deno.addSignalListener("SIGUSR2", () => {});
const viewer = openPeer();
const browser = new WeriftBrowser();
await connect(viewer, browser);
// After the start, which reads many files at once. The limit is set from outside, because a start of a program fails by it.
console.log([...Deno.readDirSync("/proc/self/fd")].length + SPARE);
await Deno.stdin.read(new Uint8Array(1));
let reason: string | undefined;
// Files that were open only while they were counted leave room for more.
for (let n = 0; n < 5 * SPARE && reason === undefined; n++) {
  const late = openPeer();
  await late.peer.offer();
  await until(() => late.candidates.length > 0 || late.reasons.length > 0);
  [reason] = late.reasons;
}
viewer.peer.sendVideo(KEYFRAME);
await until(() => browser.packets.length === 1);
console.log(JSON.stringify({ reason, closed: viewer.reasons }));
Deno.exit(0);
