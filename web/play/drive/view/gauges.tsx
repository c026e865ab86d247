/**
 * Two slim gauges, steering and throttle: what this page sends, what the worker passed on, and what the vehicle
 * confirms.
 *
 * @module
 */
import type { DriveState } from "../../../../protocol/control/control.ts";
import { useServices } from "../../services.ts";
import { shareText } from "../words.ts";

/** The three places of one axis; `undefined`: not known. */
interface Places {
  readonly sent: number | undefined;
  readonly passed: number | undefined;
  readonly confirmed: number | undefined;
}

/** The gauges of a vehicle. A watcher sends nothing, so the worker's value is the first one there. */
export function Gauges() {
  const { game, drive: { driver } } = useServices();
  const view = game.media.value?.vehicle.newest.value?.view;
  const sent = driver.sent.value;
  const places = (axis: keyof DriveState): Places => ({
    sent: sent?.[axis],
    passed: view?.sent?.[axis],
    confirmed: view?.confirmed?.[axis],
  });
  return (
    <div class="gauges">
      <Gauge name="Throttle" way="upright" places={places("throttle")} />
      <Gauge name="Steering" way="lying" places={places("steering")} />
      <ul class="gauge-key fine" aria-hidden="true">
        {sent && <li data-place="sent">sent</li>}
        <li data-place="passed">passed on</li>
        <li data-place="confirmed">confirmed</li>
      </ul>
    </div>
  );
}

interface GaugeProps {
  readonly name: string;
  readonly way: "upright" | "lying";
  readonly places: Places;
}

function Gauge({ name, way, places: { sent, passed, confirmed } }: GaugeProps) {
  const shown = confirmed ?? passed ?? sent;
  return (
    <div
      class="gauge"
      data-way={way}
      role="meter"
      aria-label={name}
      aria-valuemin={-100}
      aria-valuemax={100}
      aria-valuenow={Math.round((shown ?? 0) * 100)}
      aria-valuetext={[
        sent !== undefined && `sent ${shareText(sent)}`,
        passed !== undefined && `passed on ${shareText(passed)}`,
        confirmed === undefined ? "not confirmed" : `confirmed ${shareText(confirmed)}`,
      ].filter(Boolean).join(", ")}
    >
      <span class="gauge-name" aria-hidden="true">{name}</span>
      <span class="gauge-track" aria-hidden="true">
        {confirmed !== undefined && <span class="gauge-fill" style={{ "--at": confirmed }} />}
        {passed !== undefined && <span class="gauge-passed" style={{ "--at": passed }} />}
        {sent !== undefined && <span class="gauge-sent" style={{ "--at": sent }} />}
      </span>
      <span class="gauge-figure figures" aria-hidden="true">
        {shown === undefined ? "–" : shareText(shown)}
      </span>
    </div>
  );
}
