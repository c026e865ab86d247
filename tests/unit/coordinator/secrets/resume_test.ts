import { equal } from "node:assert/strict";
import fc from "fast-check";
import { createResumeTokens } from "../../../../coordinator/secrets/resume.ts";
import { SessionId } from "../../../../protocol/ids.ts";

const key = new Uint8Array(32).fill(1);
const session = SessionId.parse("ses_1.a-b");
const token = createResumeTokens(key).issue(session);

Deno.test("[RES1] a token names its session, also for another process with the same key", () => {
  equal(createResumeTokens(key).read(token), session);
});

const forgeries: readonly [string, string][] = [
  ["of another key", createResumeTokens(new Uint8Array(32)).issue(session)],
  ["with another session", token.replace("ses_1", "ses_2")],
  ["cut short", token.slice(0, -1)],
  ["with more at its end", `${token}A`],
  ["without a signature", "ses_1"],
  ["without a session", token.slice(token.lastIndexOf("."))],
  ["of nothing", ""],
];
for (const [what, forged] of forgeries) {
  Deno.test(`[RES1] a token ${what} is invalid`, () => {
    equal(createResumeTokens(key).read(forged), undefined);
  });
}

Deno.test("[RES1] no other text is a token", () => {
  const tokens = createResumeTokens(key);
  fc.assert(fc.property(fc.string(), (text) => equal(tokens.read(text), undefined)));
});
