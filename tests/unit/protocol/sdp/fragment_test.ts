import { deepEqual, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { readFragment, writeFragment } from "../../../../protocol/sdp/fragment.ts";

const ice = { ufrag: "abcd", pwd: "0123456789abcdef01234567" };
const candidates = ["candidate:1 1 udp 1 192.0.2.7 5000 typ host"];

Deno.test("[WHP6] a fragment is read as it was written", () => {
  for (const isComplete of [true, false]) {
    const fragment = { ice, candidates, isComplete };
    deepEqual(readFragment(writeFragment(fragment, { kind: "audio", mid: "0" })), fragment);
  }
});

Deno.test("[WHP6] a fragment without credentials, with too many candidates, or that is no SDP is refused", () => {
  const error = (text: string) => {
    const read = readFragment(text);
    ok("error" in read);
    return read.error;
  };
  match(error(""), /ice-ufrag/);
  match(error("hello"), /no SDP/);
  const many = { ice, candidates: Array(65).fill(candidates[0]), isComplete: false };
  match(error(writeFragment(many, { kind: "audio", mid: "0" })), /64 candidates/);
  match(error("a=x\r\n".repeat(9_000)), /no SDP/);
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void error(text)));
});
