/**
 * The newest figures of the network paths of the running stream, and of the radios of their interfaces, each with its
 * time. Time is passed in.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import { PATH_STATES, type VehiclePath } from "../../protocol/control/vehicle_paths.ts";
import type { LinkStats } from "../../protocol/field/device.ts";
import type { Signal } from "../probes/modem.ts";

/** Figures are left out when they are older than this, in milliseconds. */
const KEPT = 60_000;

/** Holds the newest figures of each path. */
export class PathStore {
  #links: { readonly newest: readonly LinkStats[]; readonly at: Millis } | undefined;
  #signals: { readonly newest: ReadonlyMap<string, Signal>; readonly at: Millis } | undefined;

  /** Takes the figures of the stream's link. */
  takeLinks(newest: readonly LinkStats[], at: Millis): void {
    this.#links = { newest, at };
  }

  /** Takes the levels of all radios, by interface. */
  takeSignals(newest: ReadonlyMap<string, Signal>, at: Millis): void {
    this.#signals = { newest, at };
  }

  /** Another stream begins: what was measured of the last one is no figure of it. */
  clear(): void {
    this.#links = undefined;
  }

  /** The paths with their ages; `undefined` while nothing is known of them. */
  at(now: Millis): VehiclePath[] | undefined {
    const links = this.#links;
    if (!links || now - links.at > KEPT) return undefined;
    return links.newest.flatMap((link) => {
      const state = PATH_STATES.find((each) => each === link.state);
      return state ? [this.#path({ ...link, state }, now - links.at, now)] : [];
    });
  }

  #path(
    { interface: name, state, state_s, rtt_ms, loss_rate, capacity_bps }:
      & Omit<LinkStats, "state">
      & {
        readonly state: VehiclePath["state"];
      },
    age: number,
    now: Millis,
  ): VehiclePath {
    const signal = this.#signal(name, now);
    return {
      ...{ interface: name, state, age_ms: Math.round(age) },
      ...(typeof state_s === "number" && { state_ms: Math.round(state_s * 1_000 + age) }),
      ...(typeof rtt_ms === "number" && { rtt_ms: Math.round(rtt_ms) }),
      ...(typeof loss_rate === "number" && { loss_rate }),
      ...(typeof capacity_bps === "number" && { capacity_kbps: Math.round(capacity_bps / 1_000) }),
      ...(signal && { signal }),
    };
  }

  #signal(name: string, now: Millis): VehiclePath["signal"] {
    const { newest, at = now } = this.#signals ?? {};
    const { signal_dbm: dbm, signal_percent: percent } = newest?.get(name) ?? {};
    if (now - at > KEPT || (typeof dbm !== "number" && typeof percent !== "number")) {
      return undefined;
    }
    return {
      ...(typeof dbm === "number" && { dbm }),
      ...(typeof percent === "number" && { percent }),
      age_ms: Math.round(now - at),
    };
  }
}
