import { deepEqual, equal } from "node:assert/strict";
import { invite, step, TOKEN_LIFETIME } from "../../../../coordinator/domain/sender.ts";
import type { EpochMillis } from "../../../../protocol/clock.ts";

const at = (ms: number) => ms as EpochMillis;
const key = "k".repeat(43);
const invited = invite("hash", at(0));
const enrolled = { type: "enrolled", key, matches: (hash: string) => hash === "hash" } as const;

Deno.test("[DEV1] one step spends the token and binds the key", () => {
  deepEqual(step(invited, enrolled, at(5)), { state: "enrolled", key, enrolled_at: 5 });
});

Deno.test("[DEV2] a token is valid once, and until it expires", () => {
  const once = step(invited, enrolled, at(5));
  equal(typeof once !== "string" && step(once, enrolled, at(6)), "token_used");
  equal(step(invited, enrolled, at(TOKEN_LIFETIME)), "token_expired");
  equal(step(invited, { ...enrolled, matches: () => false }, at(5)), "token_wrong");
});

Deno.test("[DEV3] the old key stays valid until the new token is spent", () => {
  const first = step(invited, enrolled, at(5));
  const again = typeof first === "string"
    ? invited
    : step(first, { type: "invited", hash: "next" }, at(6));
  equal(typeof again !== "string" && again.state === "enrolled" && again.key, key);
  const fresh = {
    type: "enrolled",
    key: "n".repeat(43),
    matches: (hash: string) => hash === "next",
  } as const;
  deepEqual(typeof again !== "string" && step(again, fresh, at(7)), {
    state: "enrolled",
    key: "n".repeat(43),
    enrolled_at: 7,
  });
});

Deno.test("[DEV4] a revoked sender stays revoked", () => {
  const over = step(invited, { type: "revoked" }, at(5));
  deepEqual(over, { state: "revoked", revoked_at: 5 });
  equal(typeof over !== "string" && step(over, enrolled, at(6)), "revoked");
  equal(typeof over !== "string" && step(over, { type: "invited", hash: "x" }, at(6)), "revoked");
});
