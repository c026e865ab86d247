/**
 * The routes `/healthz` and `/metrics` for monitoring, and `/ping`, with which browsers measure their round trip.
 *
 * @module
 */
import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { isLoopbackHost } from "../../../protocol/addresses/hosts.ts";
import type { StorageTrouble } from "../../../protocol/disk/storage_watch.ts";
import { refuse } from "../../../protocol/envelope.ts";
import { VERSION } from "../../../protocol/version.ts";
import type { AppEnv } from "../app_env.ts";
import type { Metrics } from "../../metrics.ts";
import type { Workers } from "../../workers.ts";

/** The services and settings that {@linkcode healthRoutes} uses. */
export interface HealthOptions {
  readonly workers: Workers;
  readonly metrics: Metrics;
  /** The reason why nothing can be written at present; `undefined` when the storage works. */
  readonly storage: () => StorageTrouble | undefined;
  /** The bearer token that `/metrics` requires; without a token it serves this machine only. */
  readonly metricsToken: string | undefined;
}

/** The routes for monitoring and round trips, to be mounted at `/`. */
export function healthRoutes(
  { workers, metrics, storage, metricsToken }: HealthOptions,
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/healthz", (c) => {
    c.header("cache-control", "no-store");
    const own = storage();
    const problems = [
      ...(own ? [{ part: "coordinator", problem: "storage", reason: own.reason }] : []),
      ...workers.views().flatMap(({ hello, status }) =>
        status?.value.storage
          ? [{
            part: `worker ${hello.worker_id}`,
            problem: "storage",
            reason: status.value.storage,
          }]
          : []
      ),
    ];
    const status = own ? "failing" : problems.length > 0 ? "degraded" : "ok";
    const facts = { version: VERSION, workers: workers.choices().length };
    return c.json({ status, ...facts, ...(problems.length > 0 && { problems }) }, own ? 503 : 200);
  });

  app.get("/ping", (c) => {
    c.header("access-control-allow-origin", "*");
    c.header("timing-allow-origin", "*");
    c.header("cross-origin-resource-policy", "cross-origin");
    c.header("cache-control", "no-store");
    return c.body("");
  });

  app.get("/metrics", (c) => {
    const given = c.req.header("authorization")?.replace(/^Bearer /i, "");
    // The address of a request that a proxy on this machine passed on may be the proxy's.
    const allowed = metricsToken === undefined
      ? isLoopbackHost(c.env.address) && !c.env.passedOn
      : given !== undefined && isSame(given, metricsToken);
    if (!allowed) {
      const message = metricsToken === undefined
        ? "Cannot show the metrics to another machine: set FARPAD_METRICS_TOKEN to allow it"
        : "Cannot show the metrics: send FARPAD_METRICS_TOKEN as a bearer token";
      return c.json(refuse("metrics", message), 401);
    }
    c.header("cache-control", "no-store");
    return c.text(metrics.render(), 200, { "content-type": "text/plain; version=0.0.4" });
  });

  return app;
}

/** Whether two texts are equal. For texts of one length the comparison takes constant time. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
