/**
 * The interface of a rule that decides the target bitrate of one viewer from what its browser reports.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { BitrateLimits } from "./limits.ts";

/** What became of one packet. */
export interface PacketReport {
  readonly sentAt: Millis;
  /** On the browser's clock, in milliseconds; `undefined`: it has not arrived. */
  readonly receivedAt: number | undefined;
  /** On the wire, headers counted. */
  readonly bytes: number;
}

/** One report of a browser on its link. */
export type LinkReport =
  /** Its estimate of what the link carries (REMB), bits per second. */
  | { readonly type: "remb"; readonly bitrate: number }
  /** Share of the pictures' packets lost since the report before, 0 … 1. */
  | { readonly type: "loss"; readonly share: number }
  /** Transport-wide feedback: packets in the order that they were sent. */
  | { readonly type: "packets"; readonly packets: readonly PacketReport[] };

/** What was sent to a viewer. */
export interface RuleSample {
  /** Bits in the last second, in the same measure as the rule's target. */
  readonly sent: number;
}

/** A target bitrate, in bits per second. Time is passed in, and must not go back. */
export interface RateRule {
  readonly target: number;
  /** Whether the link was ever found to be full. The target of a new viewer says nothing about its link yet. */
  readonly isNarrow: boolean;
  /** The newest share of packets lost, 0 … 1. */
  readonly loss: number;
  /** Takes a report. True when the target has fallen because of it, which the encoder has to follow at once. */
  report(report: LinkReport, now: Millis): boolean;
  /** Raises the target where the link is clear, and keeps it within limits. Call it four times a second. */
  step(
    sample: RuleSample,
    at: { readonly limits: BitrateLimits; readonly now: Millis },
  ): void;
  /** Forgets the reports so far, but not the target: they speak of a silence that has ended. */
  forget(): void;
}
