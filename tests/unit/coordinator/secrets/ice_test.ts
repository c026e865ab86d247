import { deepEqual, equal, ok } from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createIce, TURN_TTL } from "../../../../coordinator/secrets/ice.ts";
import { SessionId } from "../../../../protocol/ids.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const session = SessionId.parse("ses_1");
const turn = { turnUrls: ["turn:t.test:3478"], turnSecret: "a secret of the server" };

Deno.test("[ICE1] without configured servers a session gets none", () => {
  const ice = createIce({ stun: [], turnUrls: [], turnSecret: undefined }, new FakeClock());
  deepEqual(ice.servers(session), []);
});

Deno.test("[ICE1] STUN servers are sent unchanged, TURN servers only with a secret", () => {
  const ice = createIce(
    { stun: ["stun:s.test"], turnUrls: ["turn:t.test"], turnSecret: undefined },
    new FakeClock(),
  );
  deepEqual(ice.servers(session), [{ urls: ["stun:s.test"] }]);
});

Deno.test("[ICE2] TURN credentials are what a server with the secret computes", () => {
  const clock = new FakeClock({ epoch: 1_700_000_000_000 });
  const [stun, server] = createIce({ stun: ["stun:s.test"], ...turn }, clock).servers(session);
  deepEqual(stun, { urls: ["stun:s.test"] });
  equal(server?.username, `${1_700_000_000 + TURN_TTL}:ses_1`);
  const expected = createHmac("sha1", turn.turnSecret).update(server!.username!).digest("base64");
  equal(server?.credential, expected);
  ok(!JSON.stringify(server).includes(turn.turnSecret));
});

Deno.test("[ICE3] credentials that end within a minute are not enough for a new connection", () => {
  const clock = new FakeClock();
  const ice = createIce({ stun: [], ...turn }, clock);
  const reportedAt = clock.now();
  clock.advance(239_000);
  ok(ice.willDo(reportedAt));
  clock.advance(1_000);
  ok(!ice.willDo(reportedAt));
});

Deno.test("[ICE3] STUN servers alone never expire", () => {
  const clock = new FakeClock();
  const ice = createIce({ stun: ["stun:s.test"], turnUrls: [], turnSecret: undefined }, clock);
  const reportedAt = clock.now();
  clock.advance(1e9);
  ok(ice.willDo(reportedAt));
});
