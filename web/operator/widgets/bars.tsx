/**
 * Levels drawn as bars: the links of a stream, the power of a radio, the share that is in use. The figure
 * is in the label.
 *
 * @module
 */
import { signalBars } from "../../../protocol/field/signal_bars.ts";
import { formatDbm } from "../model/format.ts";

/** The number of a stream's links that carry packets. */
export function LinkBars({ live, links }: { live: number; links: number }) {
  const tone = live === links ? "live" : live === 0 ? "lost" : "attention";
  return (
    <span
      class="link-bars"
      data-tone={tone}
      role="img"
      aria-label={`${live} of ${links} links live`}
    >
      {Array.from(
        { length: Math.min(links, 8) },
        (_, index) => <i key={index} data-on={index < live} />,
      )}
    </span>
  );
}

/** Received power in the bars of a phone. */
export function SignalBars({ dbm }: { dbm: number }) {
  const bars = signalBars(dbm);
  const tone = bars >= 3 ? "live" : bars === 2 ? "plain" : bars === 1 ? "attention" : "lost";
  return (
    <span
      class="signal-bars"
      data-tone={tone}
      role="img"
      aria-label={`Signal ${formatDbm(dbm)}, ${bars} of 4`}
      title={formatDbm(dbm)}
    >
      {[1, 2, 3, 4].map((step) => <i key={step} data-on={step <= bars} />)}
    </span>
  );
}

/** The share that is in use; `label` describes it. */
export function Meter({ part, label }: { part: number; label: string }) {
  const share = Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0;
  const tone = share >= 0.95 ? "lost" : share >= 0.8 ? "attention" : "plain";
  return (
    <span class="meter" data-tone={tone} role="img" aria-label={label}>
      <i style={{ width: `${share * 100}%` }} />
    </span>
  );
}
