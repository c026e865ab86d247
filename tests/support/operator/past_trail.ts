/**
 * The last ten minutes of a stream of the past: two mobile links, of which the second loses more and more and dies
 * half a minute before the end.
 *
 * @module
 */
import { TRAIL_PERIOD, TRAIL_PERIODS } from "../../../coordinator/domain/trail.ts";
import type { TrailRecord } from "../../../coordinator/records/fleet.ts";
import type { StreamId } from "../../../protocol/ids.ts";
import type { Random } from "../../../protocol/random.ts";

/** Periods before the end at which the second link dies, and at which it begins to lose. */
const DEAD = 15;
const WEAK = 120;

/** The trail of a stream that ended at `ended_at`, in milliseconds since 1970. */
export function pastTrail(stream_id: StreamId, ended_at: number, random: Random): TrailRecord {
  const column = (figure: (left: number) => number | null) =>
    Array.from({ length: TRAIL_PERIODS }, (_, n) => figure(TRAIL_PERIODS - 1 - n));
  const around = (value: number, spread: number) =>
    Math.round(value + (random.unit() - 0.5) * spread);
  const weakness = (left: number) => left >= WEAK ? 0 : (WEAK - left) / WEAK;
  const total = (left: number) => left < DEAD ? 2_100 : 4_800 - 2_000 * weakness(left);
  return {
    ...{ stream_id, ended_at },
    trail: {
      from: ended_at - TRAIL_PERIODS * TRAIL_PERIOD,
      period_ms: TRAIL_PERIOD,
      encoder_kbps: column((left) => around(total(left), 300)),
      received_kbps: column((left) => left < 4 ? 0 : around(total(left) - 80, 300)),
      received_fps: column((left) => left < 4 ? 0 : around(30 - 12 * weakness(left), 2)),
      received_loss: column((left) => left < 4 ? 1 : weakness(left) * 0.04 * random.unit()),
      links: [{
        interface: "wwan0",
        kbps: column(() => around(2_300, 250)),
        rtt_ms: column(() => around(48, 9)),
        loss: column(() => random.unit() * 0.004),
        signal_dbm: column(() => around(-71, 3)),
      }, {
        interface: "wwan1",
        kbps: column((left) => left < DEAD ? null : around(2_500 - 2_000 * weakness(left), 250)),
        rtt_ms: column((left) => left < DEAD ? null : around(61 + 300 * weakness(left), 25)),
        loss: column((left) => left < DEAD ? null : weakness(left) * 0.12 * random.unit()),
        signal_dbm: column((left) => left < DEAD ? null : around(-84 - 26 * weakness(left), 3)),
      }],
    },
  };
}
