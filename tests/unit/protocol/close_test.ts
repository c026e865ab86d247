import { deepEqual, equal } from "node:assert/strict";
import { CLOSE, isRetryable } from "../../../protocol/close.ts";

Deno.test("[CLS1] our own codes lie where applications may choose", () => {
  const own = Object.values(CLOSE).filter((code) => code >= 1016);
  equal(own.every((code) => code >= 4400 && code <= 4499), true);
  equal(new Set(Object.values(CLOSE)).size, Object.values(CLOSE).length);
});

Deno.test("[CLS2] what would fail the same way again is not tried again", () => {
  const final = Object.entries(CLOSE).filter(([, code]) => !isRetryable(code));
  deepEqual(final.map(([name]) => name).sort(), [
    "badMessages",
    "forbidden",
    "replaced",
    "tooLarge",
    "unauthenticated",
    "unsupported",
  ]);
});

Deno.test("[CLS2] an unknown code and a lost connection are tried again", () => {
  for (const code of [1005, 1006, 1015, 4999]) equal(isRetryable(code), true);
});
