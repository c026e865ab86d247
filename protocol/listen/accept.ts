/**
 * Accepts connections, one after another, and goes on when the process may open no more files.
 *
 * @module
 */
import { type Clock, sleep } from "../clock.ts";
import { errorText } from "../error_text.ts";
import type { Log } from "../log.ts";

/** How long no connection is accepted after an error, in milliseconds. */
const PAUSE = 100;

/** Accepts until the listener is closed. `outOfFiles` makes room. */
export async function acceptAll(
  listener: Deno.Listener,
  { clock, log, accepted, outOfFiles }: {
    readonly clock: Clock;
    readonly log: Log;
    readonly accepted: (connection: Deno.Conn) => void;
    readonly outOfFiles: () => void;
  },
): Promise<void> {
  for (;;) {
    try {
      accepted(await listener.accept());
    } catch (error) {
      if (error instanceof Deno.errors.BadResource) return;
      const why = errorText(error);
      log.warn("connection not accepted", { error: why });
      if (/os error 2[34]\b/.test(why)) outOfFiles();
      await sleep(clock, PAUSE);
    }
  }
}
