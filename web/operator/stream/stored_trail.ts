/**
 * The last minutes that the coordinator kept of a stream, in the form of those that the page itself collects. Pure.
 *
 * @module
 */
import type { StreamTrail } from "../../../protocol/field/trail.ts";
import type { LinkPoint, Trail } from "../model/fleet_state.ts";

/** The kept figures as points; a period without a report has none. */
export function readTrail(kept: StreamTrail): Trail {
  const { from, period_ms, encoder_kbps, received_kbps, received_fps, received_loss } = kept;
  const at = (index: number) => from + index * period_ms;
  return {
    sent: encoder_kbps.flatMap((encoderKbps, index) =>
      encoderKbps === null
        ? []
        : [{ at: at(index), value: { encoderKbps, links: linksAt(kept, index) } }]
    ),
    received: received_kbps.flatMap((kbps, index) =>
      kbps === null ? [] : [{
        at: at(index),
        value: {
          kbps,
          paths: [],
          ...given("frameRate", received_fps[index]),
          ...given("loss", received_loss[index]),
        },
      }]
    ),
  };
}

function linksAt({ links }: StreamTrail, index: number): LinkPoint[] {
  return links.flatMap(({ interface: name, kbps, rtt_ms, loss, signal_dbm }) => {
    const point = {
      ...given("kbps", kbps[index]),
      ...given("rttMs", rtt_ms[index]),
      ...given("loss", loss[index]),
      ...given("signalDbm", signal_dbm[index]),
    };
    return Object.keys(point).length > 0 ? [{ name, ...point }] : [];
  });
}

function given<N extends string>(
  name: N,
  value: number | null | undefined,
): { readonly [K in N]?: number } {
  return typeof value === "number" ? { [name]: value } as { [K in N]: number } : {};
}
