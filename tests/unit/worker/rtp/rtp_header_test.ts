import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { RtpHeader as WeriftHeader } from "werift";
import type { EpochMillis, Millis } from "../../../../protocol/clock.ts";
import { middleOfNtp, ntpTime } from "../../../../worker/rtp/ntp.ts";
import {
  ABS_CAPTURE_TIME,
  ABS_SEND_TIME,
  absSendTime,
  MID,
  PLAYOUT_DELAY,
  RtpHeader,
} from "../../../../worker/rtp/rtp_header.ts";

const NO_PAYLOAD = new Uint8Array();

Deno.test("[RTP8] a header has the bytes that werift writes, with any extensions", () => {
  const uris = fc.subarray([MID, ABS_SEND_TIME, PLAYOUT_DELAY, ABS_CAPTURE_TIME, "urn:unknown"]);
  fc.assert(fc.property(
    uris,
    fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { minLength: 5, maxLength: 5 }),
    fc.stringMatching(/^[a-z0-9]{1,16}$/),
    fc.record({
      ssrc: fc.nat(2 ** 32 - 1),
      payloadType: fc.nat(127),
      sequenceNumber: fc.nat(2 ** 16 - 1),
      timestamp: fc.nat(2 ** 32 - 1),
      marker: fc.boolean(),
      capturedAt: fc.double({ min: 0, max: 4e12, noNaN: true }),
    }),
    fc.double({ min: 0, max: 1e12, noNaN: true }),
    (uris, ids, mid, packet, at) => {
      const now = at as Millis;
      const extensions = uris.map((uri, index) => ({ uri, id: ids[index]! }));
      const header = new RtpHeader({ extensions, mid });
      header.fill({ ...packet, payload: NO_PAYLOAD }, 1 as Millis);
      header.fill({ ...packet, payload: NO_PAYLOAD }, now);
      const time = Buffer.alloc(3);
      time.writeUIntBE(absSendTime(now), 0, 3);
      const contents: Record<string, Buffer> = {
        [MID]: Buffer.from(mid),
        [ABS_SEND_TIME]: time,
        [PLAYOUT_DELAY]: Buffer.alloc(3),
        [ABS_CAPTURE_TIME]: ntpOf(packet.capturedAt),
      };
      const expected = new WeriftHeader({
        ...packet,
        extensions: extensions.filter(({ uri }) => contents[uri])
          .sort((a, b) => a.id - b.id)
          .map(({ uri, id }) => ({ id, payload: contents[uri]! })),
      });
      deepEqual([...header.bytes], [...expected.serialize(expected.serializeSize)]);
    },
  ));
});

/** The NTP timestamp of milliseconds since 1970, of 64 bits. */
function ntpOf(epoch: number): Buffer {
  const bytes = Buffer.alloc(8);
  const seconds = Math.floor(epoch / 1000);
  bytes.writeUInt32BE((seconds + 2_208_988_800) % 2 ** 32, 0);
  bytes.writeUInt32BE(Math.floor((epoch - seconds * 1000) / 1000 * 2 ** 32), 4);
  return bytes;
}

Deno.test("[LAT1] abs-capture-time is the NTP time of the picture, and sound leaves it as it was", () => {
  const header = new RtpHeader({ extensions: [{ uri: ABS_CAPTURE_TIME, id: 3 }], mid: "0" });
  const packet = {
    ssrc: 1,
    payloadType: 96,
    sequenceNumber: 1,
    timestamp: 0,
    marker: true,
    payload: NO_PAYLOAD,
  };
  header.fill({ ...packet, capturedAt: 1_500 }, 0 as Millis);
  const at = 12 + 4 + 1;
  const view = new DataView(header.bytes.buffer);
  deepEqual([view.getUint32(at), view.getUint32(at + 4)], [2_208_988_801, 2 ** 31]);
  header.fill({ ...packet, capturedAt: undefined }, 0 as Millis);
  deepEqual([view.getUint32(at), view.getUint32(at + 4)], [2_208_988_801, 2 ** 31]);
});

Deno.test("[RTP7] abs-send-time has 24 bits, 18 of them fractional", () => {
  equal(absSendTime(0 as Millis), 0);
  equal(absSendTime(500 as Millis), 2 ** 17);
  equal(absSendTime(64_000 as Millis), 0);
  equal(absSendTime(65_000 as Millis), 2 ** 18);
  fc.assert(fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (now) => {
    const time = absSendTime(now as Millis);
    ok(Number.isInteger(time) && time >= 0 && time < 2 ** 24);
  }));
});

Deno.test("[RTP7] NTP timestamps count from 1900", () => {
  equal(ntpTime(0 as EpochMillis), 2_208_988_800n << 32n);
  equal(ntpTime(1_500 as EpochMillis), (2_208_988_801n << 32n) + (1n << 31n));
  equal(middleOfNtp(1_500 as EpochMillis), (2_208_988_801 % 2 ** 16) * 2 ** 16 + 2 ** 15);
});
