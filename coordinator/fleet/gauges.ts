/**
 * The gauges of the fleet in `/metrics`.
 *
 * @module
 */
import type { Metrics } from "../metrics.ts";
import type { OperatorHub } from "../operators/hub.ts";
import type { StreamRegistry } from "../streams/stream_registry.ts";
import type { Agents } from "./agents.ts";

/** Adds the gauges of devices, streams, ports and dashboards to `metrics`. */
export function addFleetGauges(
  metrics: Metrics,
  { agents, registry, hub }: { agents: Agents; registry: StreamRegistry; hub: OperatorHub },
): void {
  metrics.gauge("farpad_agents", {
    help: "Field devices connected",
    read: () => [{ value: agents.size }],
  });
  metrics.gauge("farpad_streams", {
    help: "Field streams that are not over, by state",
    read: () =>
      [...Map.groupBy(registry.all(), ({ life }) => life.state)].map(([state, rows]) => ({
        value: rows.length,
        labels: { state },
      })),
  });
  metrics.gauge("farpad_stream_ports", {
    help: "UDP port pairs that field streams hold",
    read: () => [{ value: registry.all().reduce((sum, { ports }) => sum + ports.length, 0) }],
  });
  metrics.gauge("farpad_dashboards", {
    help: "Dashboards connected",
    read: () => [{ value: hub.size }],
  });
}
