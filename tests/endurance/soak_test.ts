import { deepEqual } from "node:assert/strict";
import { soakFor } from "../bench/soak.ts";

/** An end without pings ends a connection after 80 s at most (LEG15). */
const MINUTES = 1.5;

Deno.test("[LEG14][LEG15] nothing reconnects and no log line warns while Farpad is left alone", async () => {
  const { reconnects, warnings } = await soakFor(MINUTES);
  deepEqual({ reconnects, warnings }, { reconnects: [], warnings: [] });
});
