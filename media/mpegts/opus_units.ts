/**
 * Opus packets in a transport stream. A control header with the packet's length precedes each of them.
 *
 * @module
 */

/** Eleven bits that begin a control header. */
const PREFIX = 0x3ff;
/** Ticks of 48 kHz in one frame, by the configuration in the packet's first byte (RFC 6716 §3.1, table 2). */
const FRAME_TICKS = [
  [480, 960, 1920, 2880], // SILK
  [480, 960], // hybrid
  [120, 240, 480, 960], // CELT
] as const;
const SILK_CONFIGURATIONS = 12;
const HYBRID_CONFIGURATIONS = 16;

/** One Opus packet without its control header. */
export interface OpusPacket {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Its length in ticks of 48 kHz. */
  readonly ticks: number;
}

/** The packets of a PES payload, in order; reading ends at the first byte that begins no packet. */
export function splitOpus(payload: Uint8Array): OpusPacket[] {
  const packets: OpusPacket[] = [];
  for (let at = 0; at + 2 < payload.length;) {
    if (((payload[at]! << 3) | (payload[at + 1]! >> 5)) !== PREFIX) break;
    const flags = payload[at + 1]!;
    at += 2;
    let size = 0;
    let more = 0xff;
    while (more === 0xff && at < payload.length) {
      more = payload[at++]!;
      size += more;
    }
    if (flags & 0x10) at += 2; // start trim
    if (flags & 0x08) at += 2; // end trim
    if (flags & 0x04) at += 1 + (payload[at] ?? 0); // extension
    if (size === 0 || at + size > payload.length) break;
    const data = payload.slice(at, at + size);
    packets.push({ data, ticks: opusTicks(data) });
    at += size;
  }
  return packets;
}

/** Duration of a packet's sound, in ticks of 48 kHz (RFC 6716 §3.1 and §3.2). */
export function opusTicks(packet: Uint8Array): number {
  const configuration = packet[0]! >> 3;
  const frame = configuration < SILK_CONFIGURATIONS
    ? FRAME_TICKS[0][configuration & 3]!
    : configuration < HYBRID_CONFIGURATIONS
    ? FRAME_TICKS[1][configuration & 1]!
    : FRAME_TICKS[2][configuration & 3]!;
  const code = packet[0]! & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  return frame * frames;
}

/** An Opus packet behind its control header, as {@linkcode splitOpus} reads it. */
export function writeOpusUnit(packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const full = Math.floor(packet.length / 0xff);
  const unit = new Uint8Array(3 + full + packet.length);
  unit[0] = PREFIX >> 3;
  unit[1] = (PREFIX << 5) & 0xff;
  unit.fill(0xff, 2, 2 + full);
  unit[2 + full] = packet.length % 0xff;
  unit.set(packet, 3 + full);
  return unit;
}
