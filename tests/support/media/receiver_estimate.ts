/**
 * A browser's own estimate of its link (REMB), modelled on draft-ietf-rmcat-gcc-02 §5: the gradient of the delay by a
 * Kalman filter, an adaptive threshold, and the control of the rate.
 *
 * @module
 */

interface Group {
  readonly sentAt: number;
  readonly lastSent: number;
  readonly receivedAt: number;
}

/** Packets that were sent within this long belong to one group, in milliseconds. */
const BURST = 5;
const RATE_WINDOW = 500;
const OVERUSE_TIME = 10;

export class ReceiverEstimate {
  #group: Group | undefined;
  #before: Group | undefined;
  #gradient = 0;
  #error = 0.1;
  #noise = 50;
  #threshold = 12.5;
  #thresholdAt: number | undefined;
  #overusedSince: number | undefined;
  #state: "increase" | "hold" | "decrease" = "increase";
  #signal: "normal" | "over" | "under" = "normal";
  #estimate: number | undefined;
  #at: number | undefined;
  #decreasedAt = -Infinity;
  #packets: { readonly receivedAt: number; readonly bytes: number }[] = [];

  arrived(packet: { sentAt: number; receivedAt: number; bytes: number }): void {
    this.#packets.push(packet);
    const { sentAt, receivedAt } = packet;
    if (this.#group && sentAt - this.#group.sentAt <= BURST) {
      this.#group = { ...this.#group, lastSent: sentAt, receivedAt };
      return;
    }
    if (this.#group && this.#before) this.#filter(this.#before, this.#group);
    this.#before = this.#group;
    this.#group = { sentAt, lastSent: sentAt, receivedAt };
  }

  /** The estimate at a time, bits per second. */
  bitrate(now: number): number {
    this.#packets = this.#packets.filter(({ receivedAt }) => now - receivedAt <= RATE_WINDOW);
    const bits = this.#packets.reduce((sum, { bytes }) => sum + 8 * bytes, 0);
    const incoming = bits / RATE_WINDOW * 1000;
    const elapsed = Math.min(1000, now - (this.#at ?? now));
    this.#at = now;
    this.#estimate ??= incoming;
    if (this.#signal === "over") this.#state = "decrease";
    else if (this.#signal === "under") this.#state = "hold";
    else this.#state = this.#state === "hold" || this.#state === "increase" ? "increase" : "hold";
    if (this.#state === "decrease" && now - this.#decreasedAt > 200) {
      this.#estimate = 0.85 * incoming;
      this.#decreasedAt = now;
    }
    if (this.#state === "increase") this.#estimate *= 1.08 ** (elapsed / 1000);
    this.#estimate = Math.min(this.#estimate, 1.5 * incoming + 10_000);
    return this.#estimate;
  }

  #filter(before: Group, group: Group): void {
    const sent = group.lastSent - before.lastSent;
    const delta = group.receivedAt - before.receivedAt - sent;
    const z = delta - this.#gradient;
    const alpha = 0.95;
    this.#noise = Math.max(1, alpha * this.#noise + (1 - alpha) * z * z);
    const gain = (this.#error + 1e-3) / (this.#noise + this.#error + 1e-3);
    const most = 3 * Math.sqrt(this.#noise);
    this.#gradient += gain * Math.max(-most, Math.min(most, z));
    this.#error = (1 - gain) * (this.#error + 1e-3);
    this.#detect(60 * this.#gradient, group.receivedAt);
  }

  #detect(offset: number, now: number): void {
    if (offset > this.#threshold) {
      this.#overusedSince ??= now;
      if (now - this.#overusedSince >= OVERUSE_TIME) this.#signal = "over";
    } else {
      this.#overusedSince = undefined;
      this.#signal = offset < -this.#threshold ? "under" : "normal";
    }
    const elapsed = Math.min(100, now - (this.#thresholdAt ?? now));
    this.#thresholdAt = now;
    const distance = Math.abs(offset) - this.#threshold;
    if (distance > 15) return;
    const k = distance < 0 ? 0.00018 : 0.01;
    this.#threshold = Math.max(6, Math.min(600, this.#threshold + elapsed * k * distance));
  }
}
