/**
 * NTP time, by which sender reports date their RTP timestamps, and packets the capture of their picture.
 *
 * @module
 */
import type { EpochMillis } from "../../protocol/clock.ts";

/** Seconds from 1900, where NTP time begins, to 1970. */
const NTP_OFFSET = 2_208_988_800;

/** The 64-bit NTP timestamp: seconds since 1900 with 32 fractional bits (RFC 3550 §4). */
export function ntpTime(epoch: EpochMillis): bigint {
  return (BigInt(Math.round(epoch)) + BigInt(NTP_OFFSET) * 1000n) * 2n ** 32n / 1000n;
}

/**
 * Writes the 64-bit NTP timestamp at `at`, without big integers: it is written for each packet. `epoch`: milliseconds
 * since 1970 with fractions.
 */
export function writeNtpTime(view: DataView, at: number, epoch: number): void {
  const seconds = Math.floor(epoch / 1000);
  view.setUint32(at, seconds + NTP_OFFSET);
  view.setUint32(at + 4, (epoch - seconds * 1000) / 1000 * 2 ** 32);
}

/** The middle 32 bits of the NTP timestamp, by which a receiver names a sender report (RFC 3550 §6.4.1). */
export function middleOfNtp(epoch: EpochMillis): number {
  return Number(ntpTime(epoch) >> 16n & 0xffff_ffffn);
}
