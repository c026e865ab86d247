import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { EpochMillis, Millis } from "../../../../protocol/clock.ts";
import { middleOfNtp, ntpTime } from "../../../../worker/sending/ntp.ts";
import { absSendTime } from "../../../../worker/werift/rtp_writer.ts";

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
