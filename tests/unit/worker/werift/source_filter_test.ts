import { equal } from "node:assert/strict";
import fc from "fast-check";
import { SourceFilter } from "../../../../worker/werift/source_filter.ts";
import { connectivityCheck } from "../../../support/media/connectivity_check.ts";

const CREDENTIALS = { name: "abcd", password: "0123456789abcdef012345" };
const ANA = "192.0.2.1:5000";
const MALLORY = "192.0.2.66:5000";
const HELLO = Uint8Array.of(22, 254, 253);
const RTCP = Uint8Array.of(0x80, 201);

const filter = () => new SourceFilter(() => CREDENTIALS);
const check = (change: Partial<typeof CREDENTIALS> = {}) =>
  connectivityCheck({ ...CREDENTIALS, ...change });

Deno.test("[PEE15] a check with name and password is accepted", () => {
  equal(filter().accepts(check(), ANA), true);
});

Deno.test("[PEE15] a check for another name, with another password or without one is dropped", () => {
  equal(filter().accepts(check({ name: "abc" }), ANA), false);
  equal(filter().accepts(check({ password: "guess" }), ANA), false);
  equal(filter().accepts(check().subarray(0, 40), ANA), false);
  equal(new SourceFilter(() => undefined).accepts(check(), ANA), false);
});

Deno.test("[PEE15] a check that was changed on its way is dropped", () => {
  for (let at = 0; at < 40; at++) {
    // The first bytes make another kind of message of it, and the length is not part of the proof.
    if (at < 4) continue;
    const changed = check();
    changed[at]! ^= 1;
    equal(filter().accepts(changed, ANA), false, `byte ${at}`);
  }
});

Deno.test("[PEE14] media and handshakes are accepted only from an address that sent a check with proof", () => {
  const of = filter();
  equal(of.accepts(HELLO, ANA), false);
  of.accepts(check(), ANA);
  of.accepts(check({ password: "guess" }), MALLORY);
  for (const datagram of [HELLO, RTCP]) {
    equal(of.accepts(datagram, ANA), true);
    equal(of.accepts(datagram, MALLORY), false);
  }
});

Deno.test("[PEE14] the number of addresses is bounded, and the newest count", () => {
  const of = filter();
  for (let n = 0; n < 100; n++) of.accepts(check(), `192.0.2.1:${n}`);
  equal(of.accepts(HELLO, "192.0.2.1:0"), false);
  equal(of.accepts(HELLO, "192.0.2.1:99"), true);
});

Deno.test("[PEE14] no datagram causes an exception, and none without the password proves an address", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (datagram) => {
    const of = filter();
    of.accepts(datagram, MALLORY);
    return !of.accepts(HELLO, MALLORY);
  }));
});
