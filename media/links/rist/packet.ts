/**
 * The inner layer of RIST's main profile: two virtual ports, and behind them media in RTP or control in RTCP
 * (VSF TR-06-1 §5). Packets that were sent again are marked by the last bit of the source.
 *
 * @module
 */
import { concat } from "../../../protocol/bytes/concat.ts";
import { blank, Reader } from "../../../protocol/datagram/bytes.ts";

/** Virtual ports, as librist uses them: media and control of the one stream in a link. */
const PORTS = { from: 0x8000, media: 1968, control: 1969 } as const;
const RTP_VERSION = 0x80;
/** Payload type of transport packets (RFC 3551 §6). */
const TRANSPORT = 33;
/** Payload types of RTCP (RFC 5761 §4). */
const [FIRST_CONTROL, LAST_CONTROL] = [192, 223];
const PORT_BYTES = 4;
/** Bytes before the payload. */
export const MEDIA_HEAD = 16;
/** Ticks of an RTP timestamp in a millisecond. */
export const TICKS = 90;

/** One media packet. */
export interface MediaPacket {
  /** 16 bits. */
  readonly number: number;
  /** 32 bits, in ticks of 90 kHz of the sender's clock. */
  readonly timestamp: number;
  /** Names the stream; even. */
  readonly flow: number;
  readonly isRepeat: boolean;
  readonly payload: Uint8Array;
}

/** What a datagram holds: media, or control for {@linkcode decodeControl}. */
export type Inner =
  | { readonly kind: "media"; readonly media: MediaPacket }
  | { readonly kind: "control"; readonly control: Uint8Array };

/** Puts ports and RTP before a payload. */
export function encodeMedia({ number, timestamp, flow, isRepeat, payload }: MediaPacket) {
  const { bytes, view } = blank(MEDIA_HEAD);
  view.setUint16(0, PORTS.from + 1);
  view.setUint16(2, PORTS.media);
  view.setUint8(4, RTP_VERSION);
  view.setUint8(5, TRANSPORT);
  view.setUint16(6, number);
  view.setUint32(8, timestamp);
  view.setUint32(12, isRepeat ? flow | 1 : flow);
  return concat([bytes, payload]);
}

/** Puts the ports before a control packet. */
export function encodeInnerControl(control: Uint8Array): Uint8Array<ArrayBuffer> {
  const { bytes, view } = blank(PORT_BYTES);
  view.setUint16(0, PORTS.from);
  view.setUint16(2, PORTS.control);
  return concat([bytes, control]);
}

/** `undefined`: neither media nor control, as after decryption with another secret. */
export function decodeInner(plain: Uint8Array): Inner | undefined {
  const reader = new Reader(plain);
  reader.u16();
  reader.u16();
  const first = reader.u8();
  const type = reader.u8();
  if ((first & 0xc0) !== RTP_VERSION) return undefined;
  if (type >= FIRST_CONTROL && type <= LAST_CONTROL) {
    return { kind: "control", control: plain.subarray(PORT_BYTES) };
  }
  if (first !== RTP_VERSION || type !== TRANSPORT) return undefined;
  const number = reader.u16();
  const timestamp = reader.u32();
  const source = reader.u32();
  if (!reader.ok || reader.left === 0) return undefined;
  const [flow, isRepeat] = [(source & ~1) >>> 0, (source & 1) === 1];
  const payload = reader.rest();
  return { kind: "media", media: { number, timestamp, flow, isRepeat, payload } };
}
