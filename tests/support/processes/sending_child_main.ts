/**
 * A child that sends some messages to its parent and then waits for the parent's end.
 *
 * @module
 */
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { connectParent } from "../../../protocol/process/parent.ts";

const parent = connectParent<never, string>({ receive: () => {}, gone: () => Deno.exit() });
parent.send("started");
// The parent has stopped by then.
await sleep(systemClock, 500);
parent.send("this is never read");
