/**
 * State that is kept in memory only: which devices are connected, the newest report of each device and of both ends
 * of each stream, and the times of arrival. A restart loses it; the next reports restore it within seconds.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Absence, absenceAt, type AbsenceReport } from "../../protocol/field/absence.ts";
import type { DeviceStatus, LinkStats, StreamStats } from "../../protocol/field/device.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import type { SenderId, StreamId } from "../../protocol/ids.ts";
import type { Gap } from "../../protocol/recording/device.ts";
import { defined } from "../accounts/audit.ts";
import type { StreamFigures } from "../../protocol/rest/streams.ts";

/** A value and when it arrived, milliseconds since 1970. */
export interface Received<T> {
  readonly at: number;
  readonly value: T;
}

/** The present state of a device. */
export interface DeviceLive {
  readonly online: boolean;
  /** When it came online or went offline, milliseconds since 1970; absent when it never connected to this process. */
  readonly since?: number;
  /** When the newest message arrived, milliseconds since 1970. */
  readonly lastSeenAt?: number;
  readonly status?: Received<DeviceStatus>;
}

/** The newest reports of a stream's two ends. */
export interface StreamReceived {
  readonly sent?: Received<StreamStats>;
  readonly received?: Received<IngestStats>;
  /** When the worker last reported that a picture arrives, milliseconds since 1970. */
  readonly pictureAt?: number;
}

/** Absences that are kept of one device. */
const MAX_ABSENCES = 5;
const OFFLINE: DeviceLive = { online: false };

/** The present state of all devices and streams. */
export class Live {
  readonly #devices = new Map<SenderId, DeviceLive>();
  readonly #streams = new Map<StreamId, StreamReceived>();
  readonly #absences = new Map<SenderId, readonly Absence[]>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  device(sender: SenderId): DeviceLive {
    return this.#devices.get(sender) ?? OFFLINE;
  }

  setOnline(sender: SenderId, online: boolean): void {
    const now = this.#clock.epoch();
    const known = this.device(sender);
    const since = known.online === online ? known.since ?? now : now;
    this.#devices.set(sender, { ...known, online, since, lastSeenAt: now });
  }

  /** Records that a message arrived from a device. */
  arrived(sender: SenderId): void {
    const known = this.#devices.get(sender);
    if (known) this.#devices.set(sender, { ...known, lastSeenAt: this.#clock.epoch() });
  }

  setStatus(sender: SenderId, value: DeviceStatus): Received<DeviceStatus> {
    const status = { at: this.#clock.epoch(), value };
    this.#devices.set(sender, { ...this.device(sender), status, lastSeenAt: status.at });
    return status;
  }

  /** What devices reported of gaps that they recorded. */
  gaps(): { sender: SenderId; online: boolean; gaps: readonly Gap[] }[] {
    return [...this.#devices].map(([sender, { online, status }]) => ({
      ...{ sender, online, gaps: status?.value.recording?.gaps ?? [] },
    }));
  }

  /** The newest absences of a device, the newest first. */
  absences(sender: SenderId): readonly Absence[] {
    return this.#absences.get(sender) ?? [];
  }

  /** Keeps what a device noted while it was away; the oldest absence is dropped. */
  addAbsence(sender: SenderId, report: AbsenceReport): void {
    const absence = absenceAt(report, this.#clock.epoch());
    this.#absences.set(sender, [absence, ...this.absences(sender)].slice(0, MAX_ABSENCES));
  }

  forgetDevice(sender: SenderId): void {
    this.#absences.delete(sender);
    this.#devices.delete(sender);
  }

  stream(id: StreamId): StreamReceived {
    return this.#streams.get(id) ?? {};
  }

  setSent(value: StreamStats): number {
    const at = this.#clock.epoch();
    this.#streams.set(value.stream_id, { ...this.stream(value.stream_id), sent: { at, value } });
    return at;
  }

  setReceived(value: IngestStats): number {
    const at = this.#clock.epoch();
    const known = this.stream(value.stream_id);
    const pictureAt = value.picture ? { pictureAt: at } : {};
    this.#streams.set(value.stream_id, { ...known, received: { at, value }, ...pictureAt });
    return at;
  }

  forgetStream(id: StreamId): void {
    this.#streams.delete(id);
  }

  /** The few figures that a list shows; `undefined` before the first report. */
  figures(id: StreamId): StreamFigures | undefined {
    const { sent, received } = this.stream(id);
    if (!sent && !received) return undefined;
    return {
      at: Math.max(sent?.at ?? 0, received?.at ?? 0),
      ...(sent && { sent: sentFigures(sent) }),
      ...(received && { received: receivedFigures(received) }),
    };
  }
}

function sentFigures({ at, value }: Received<StreamStats>): StreamFigures["sent"] {
  const { links, encoder_bitrate_kbps } = value;
  const live = links.filter(isLive);
  const quickest = live.flatMap(({ rtt_ms }) => rtt_ms ?? []);
  return {
    at,
    bitrate_kbps: encoder_bitrate_kbps,
    links_live: live.length,
    links: links.length,
    ...defined({
      loss_rate: lossOf(links),
      rtt_ms: quickest.length > 0 ? Math.min(...quickest) : undefined,
    }),
  };
}

function receivedFigures({ at, value }: Received<IngestStats>): StreamFigures["received"] {
  const { bitrate_kbps, picture, viewers, previews, last_picture_at, still, links } = value;
  const loss = lossOf(
    links.map(({ loss_rate, bitrate_kbps }) => ({ loss_rate, observed_bps: bitrate_kbps })),
  );
  return {
    ...{ at, bitrate_kbps, picture, viewers },
    ...defined({ previews, last_picture_at, still, loss_rate: loss }),
  };
}

function isLive(link: LinkStats): boolean {
  return link.state === "Live";
}

/**
 * The loss rate over the links that report one, 0 … 1, weighted by the bitrate of each link. It is the plain mean when
 * no link reports a bitrate, and `undefined` when no link reports a loss rate.
 */
export function lossOf(
  links: readonly Pick<LinkStats, "loss_rate" | "observed_bps" | "capacity_bps">[],
): number | undefined {
  const reported = links.flatMap(({ loss_rate, observed_bps, capacity_bps }) =>
    typeof loss_rate === "number" ? [{ loss_rate, weight: observed_bps ?? capacity_bps ?? 0 }] : []
  );
  if (reported.length === 0) return undefined;
  const total = reported.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) {
    return reported.reduce((sum, { loss_rate }) => sum + loss_rate, 0) / reported.length;
  }
  return reported.reduce((sum, { loss_rate, weight }) => sum + loss_rate * weight, 0) / total;
}
