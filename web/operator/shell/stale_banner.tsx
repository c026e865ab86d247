/**
 * Shows that the figures on the page are old: since when, the reason, and the time of the next attempt.
 *
 * @module
 */
import { Mark } from "../../shared/mark.tsx";
import { formatLeft } from "../../shared/format.ts";
import { formatMoment, formatSpan } from "../model/format.ts";
import { useNow, useServices } from "../services.ts";

/** A reconnect within this time shows no banner, in milliseconds. */
const PATIENCE = 1_500;

/** The banner shown while the live connection is lost. */
export function StaleBanner() {
  const { live, clock, time } = useServices();
  const now = useNow();
  const state = live.state.value;
  if (state.state !== "stale" || time.read() - state.since < PATIENCE) return null;
  const next = state.retryAt === undefined
    ? "Trying now."
    : `Trying again in ${formatLeft(state.retryAt - clock.now())}.`;
  const moment = formatMoment(state.since, now);
  const why = state.why ?? "The connection to the coordinator was lost.";
  return (
    <div class="banner" role="region" aria-label="Connection">
      {/* Told once; the seconds beside it are for the eye. */}
      <span class="unseen" role="status">Not live since {moment}. {why}</span>
      <Mark status="attention" />
      <span aria-hidden="true">
        <b>Not live since {moment}</b> ({formatSpan(now - state.since)}). {why}{" "}
        <span class="figures">{next}</span>
      </span>
      <button type="button" class="button" onClick={() => live.retry()}>Try now</button>
    </div>
  );
}
