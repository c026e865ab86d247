/**
 * The real coordinator with a lived-in fleet, served on loopback to a real browser. Its clock stands at the moment
 * of the scene and then follows the machine's, and the fleet reports once a second.
 *
 * @module
 */
import { poolLimits } from "../../../coordinator/listen/connection_pool.ts";
import { listen } from "../../../coordinator/server.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { type FleetScript, type LivedFleet, openFleet } from "./fleet.ts";

/** Milliseconds between two steps of the coordinator's clock. */
const STEP = 20;
/** Milliseconds between two reports of the fleet. */
const REPORT_PERIOD = 1_000;

export interface ControlPlane extends AsyncDisposable, Omit<LivedFleet, typeof Symbol.dispose> {
  readonly url: string;
  /** Whether the fleet reports; the clock goes on either way. */
  moving: boolean;
}

export async function startControlPlane(script: FleetScript): Promise<ControlPlane> {
  const fleet = await openFleet({ ...script, at: Date.now() });
  const { app, services: { log, metrics } } = fleet.bench;
  const server = listen({
    fetch: (request, env, context) =>
      new URL(request.url).pathname === "/fake-worker" && env && "upgrade" in env && env.upgrade
        ? fleet.media.accept(env.upgrade)
        : app.fetch(request, env, context),
  }, {
    ...{ host: "127.0.0.1", port: 0, tls: undefined, publicUrl: undefined, trustedProxies: [] },
    ...{ connections: poolLimits(1_000), requestRate: 1_000 },
    ...{ clock: systemClock, log, metrics },
  });
  if ("error" in server) throw new Error(server.error);
  const plane = { moving: true };
  let followed = performance.now();
  const following = setInterval(() => {
    const now = performance.now();
    fleet.clock.advance(now - followed);
    followed = now;
  }, STEP);
  const reporting = setInterval(() => plane.moving && fleet.report(), REPORT_PERIOD);

  return Object.assign(plane, {
    ...fleet,
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      clearInterval(reporting);
      // A command that still waits for its device would keep its request open.
      for (const device of fleet.devices) device.drop();
      await fleet.bench.services.sockets.drain(0);
      await server.shutdown();
      clearInterval(following);
      fleet[Symbol.dispose]();
    },
  });
}
