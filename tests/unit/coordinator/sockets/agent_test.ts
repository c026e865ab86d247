import { deepEqual, equal, ok } from "node:assert/strict";
import { TOKEN_LIFETIME } from "../../../../coordinator/domain/sender.ts";
import { TOKEN_SECONDS } from "../../../../coordinator/secrets/signed_token.ts";
import { AGENT_KEEP_ALIVE } from "../../../../coordinator/sockets/agent.ts";
import { longestSilence } from "../../../../protocol/connection/keep_alive.ts";
import { COMMAND_LIMIT, toAgent } from "../../../../protocol/legs/agent_leg.ts";
import { CLOSE } from "../../../../protocol/close.ts";
import { SenderId } from "../../../../protocol/ids.ts";
import { type Bench, openBench } from "../../../support/control/bench.ts";
import { ABOUT, createDeviceKey, FakeDevice } from "../../../support/control/device.ts";

async function setup() {
  const bench = await openBench();
  const admin = await bench.admin();
  const made = await bench.http("POST", "/api/senders", { as: admin, body: { name: "Box 7" } });
  const { enrollment_token: token, sender } = made.body;
  const device = new FakeDevice(bench, { key: await createDeviceKey() });
  return { bench, admin, token, id: SenderId.parse(sender.sender_id), device };
}

function again(bench: Bench, device: FakeDevice, address?: string): FakeDevice {
  return new FakeDevice(bench, { key: device.key, ...(address ? { address } : {}) });
}

Deno.test("[AGT1] a device with a token and a key is enrolled and online", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  const { payload } = await device.enroll(token);
  deepEqual([payload.success, payload.sender_id, payload.expires_in_s], [true, id, TOKEN_SECONDS]);
  equal(payload.config.name, "Box 7");
  ok(device.wire.messages.every((message) => toAgent.decode(JSON.stringify(message)).ok));
  const { body } = await bench.http("GET", `/api/senders/${id}`, { as: admin });
  deepEqual([body.state, body.online, body.hostname], ["enrolled", true, ABOUT.hostname]);
});

Deno.test("[AGT2] a token is spent once: a second device with it is refused and closed", async () => {
  const { bench, token, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const second = new FakeDevice(bench, { key: await createDeviceKey() });
  const { payload } = await second.enroll(token);
  deepEqual([payload.success, payload.error.code], [false, "token_used"]);
  equal(second.wire.closed?.code, CLOSE.unauthenticated);
});

Deno.test("[AGT3] of two devices that use one token at once exactly one is enrolled", async () => {
  const { bench, token } = await setup();
  using _ = bench;
  const devices = await Promise.all(
    [1, 2, 3].map(async () => new FakeDevice(bench, { key: await createDeviceKey() })),
  );
  const answers = await Promise.all(devices.map((device) => device.enroll(token)));
  equal(answers.filter(({ payload }) => payload.success).length, 1);
});

Deno.test("[AGT4] an expired, a wrong and a malformed token are refused, each with its reason", async () => {
  const { bench, token, device } = await setup();
  using _ = bench;
  const wrong = token.replace(/.$/, (last: string) => last === "A" ? "B" : "A");
  const tries = [[wrong, "token_wrong"], ["snd_nobody.AAAA", "token_wrong"], ["", "token_wrong"]];
  for (const [text, code] of tries) {
    const { payload } = await again(bench, device).enroll(text!);
    equal(payload.error.code, code);
  }
  bench.clock.advance(TOKEN_LIFETIME);
  equal((await again(bench, device).enroll(token)).payload.error.code, "token_expired");
});

Deno.test("[AGT5] an enrolled device logs in again with a proof of its key", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  device.drop();
  equal(bench.control.agents.isOnline(id), false);
  const back = again(bench, device);
  equal((await back.login(id)).payload.success, true);
  equal(bench.control.agents.isOnline(id), true);
});

Deno.test("[AGT6] a wrong signature, another device's id and an unknown id are refused", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const thief = new FakeDevice(bench, { key: await createDeviceKey() });
  const { payload } = await thief.login(id);
  deepEqual([payload.success, payload.error.code], [false, "forbidden"]);
  equal(thief.wire.closed?.code, CLOSE.forbidden);

  const swapped = again(bench, device);
  swapped.send("auth.login", { device_id: id, ...ABOUT });
  await swapped.prove(await swapped.wire.next("auth.challenge"), "snd_other");
  equal((await swapped.wire.next("auth.login.response")).payload.error.code, "forbidden");

  const nobody = again(bench, device);
  nobody.send("auth.login", { device_id: "snd_nobody", ...ABOUT });
  equal((await nobody.wire.next("auth.login.response")).payload.success, false);
});

Deno.test("[AGT7] a challenge is valid once, on its own connection, and for 10 s", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const first = again(bench, device);
  first.senderId = id;
  first.send("auth.login", { device_id: id, ...ABOUT });
  const challenge = await first.wire.next("auth.challenge");
  const replay = again(bench, device);
  replay.senderId = id;
  replay.send("auth.login", { device_id: id, ...ABOUT });
  await replay.wire.next("auth.challenge");
  await replay.prove(challenge);
  equal((await replay.wire.whenClosed()).code, CLOSE.unauthenticated);
  bench.clock.advance(COMMAND_LIMIT);
  equal((await first.wire.whenClosed()).code, CLOSE.silent);
});

Deno.test("[AGT8] a device that lost the response to its enrolment logs in with a proof of its key", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  device.drop();
  const back = again(bench, device);
  back.senderId = id;
  back.send("auth.login", {
    enrollment_token: token,
    device_public_key: device.key.publicKey,
    ...ABOUT,
  });
  await back.prove(await back.wire.next("auth.challenge"));
  equal((await back.wire.next("auth.login.response")).payload.success, true);
});

Deno.test("[AGT9] a device is challenged again before its token expires, and both tokens are valid for a while", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const old = device.sessionToken;
  bench.clock.advance(TOKEN_SECONDS * 1000 - 60_000);
  await device.prove(await device.wire.next("auth.challenge"));
  const renewed = await device.wire.next("auth.login.response");
  equal(renewed.payload.success, true);
  ok(renewed.payload.session_token !== old);
  device.status({ cpu_percent: 33 });
  equal(bench.control.live.device(id).status?.value.cpu_percent, 33);
  device.sessionToken = renewed.payload.session_token;
  device.status({ cpu_percent: 34 });
  equal(bench.control.live.device(id).status?.value.cpu_percent, 34);
});

Deno.test("[AGT10] a device that does not answer the new challenge is closed, and may log in again", async () => {
  const { bench, token, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  bench.clock.advance(TOKEN_SECONDS * 1000 - 60_000 + COMMAND_LIMIT);
  equal(device.wire.closed?.code, CLOSE.silent);
});

Deno.test("[AGT11] a message without this session's token is refused and does nothing", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const good = device.sessionToken;
  for (const bad of [undefined, "x", `${good}x`]) {
    device.sessionToken = bad;
    device.status({ cpu_percent: 99 });
    equal((await device.wire.next("device.status.response")).payload.error.code, "token_wrong");
  }
  equal(bench.control.live.device(id).status, undefined);
});

Deno.test("[AGT12] a message that names another sender is refused", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  device.status({ sender_id: "snd_other" });
  equal((await device.wire.next("device.status.response")).payload.error.code, "forged");
  equal(bench.control.live.device(id).status, undefined);
  device.status({ sender_id: id });
  equal(bench.control.live.device(id).status?.value.stream_state, "idle");
});

Deno.test("[AGT13] a message before the login closes the connection", async () => {
  const { bench, device } = await setup();
  using _ = bench;
  device.status();
  equal(device.wire.closed?.code, CLOSE.unauthenticated);
});

Deno.test("[AGT14] decommissioning closes the socket at once, and its key is refused from then on", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  equal((await bench.http("DELETE", `/api/senders/${id}`, { as: admin })).status, 200);
  equal(device.wire.closed?.code, CLOSE.forbidden);
  const back = again(bench, device);
  back.send("auth.login", { device_id: id, ...ABOUT });
  equal((await back.wire.next("auth.login.response")).payload.error.code, "forbidden");
  equal((await again(bench, device).enroll(token)).payload.error.code, "forbidden");
});

Deno.test("[AGT14] a device that is decommissioned while it logs in is turned away", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const second = again(bench, device);
  const { tokens } = bench.control;
  const { sign } = tokens;
  const [asked, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  tokens.sign = async (...claims) => {
    asked.resolve();
    await late.promise;
    return await sign(...claims);
  };
  const login = second.login(id);
  await asked.promise;
  tokens.sign = sign;
  await bench.http("DELETE", `/api/senders/${id}`, { as: admin });
  late.resolve();
  equal((await login).payload.success, false);
  equal(bench.control.agents.isOnline(id), false);
});

Deno.test("[AGT15] the newer of two connections of one device wins", async () => {
  const { bench, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const newer = again(bench, device);
  await newer.login(id);
  equal(device.wire.closed?.code, CLOSE.replaced);
  device.drop();
  equal(bench.control.agents.isOnline(id), true);
});

Deno.test("[AGT16] a connection cannot become another sender", async () => {
  const { bench, admin, token, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const other = await bench.http("POST", "/api/senders", { as: admin, body: { name: "Box 8" } });
  const { payload } = await device.enroll(other.body.enrollment_token);
  equal(payload.error.code, "forbidden");
  const get = await bench.http("GET", `/api/senders/${other.body.sender.sender_id}`, { as: admin });
  equal(get.body.state, "invited");
});

Deno.test("[AGT17] the skew of a device's clock is reported and has no other effect", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  const late = { ts: new Date(bench.clock.epoch() - 3_600_000).toISOString() };
  device.send("auth.login", {
    enrollment_token: token,
    device_public_key: device.key.publicKey,
    ...ABOUT,
  }, late);
  const { payload } = await device.wire.next("auth.login.response");
  deepEqual([payload.success, payload.clock_skew_ms], [true, -3_600_000]);
  const { body } = await bench.http("GET", `/api/senders/${id}`, { as: admin });
  equal(body.clock_skew_ms, -3_600_000);
});

Deno.test("[AGT18] of ten thousand guessed tokens at most ten are checked and none is accepted", async () => {
  const { bench, id, device } = await setup();
  using _ = bench;
  const codes = new Map<string, number>();
  for (let n = 0; n < 10_000; n++) {
    const guess = again(bench, device, `203.0.113.${n % 250}`);
    const secret = String(n).replaceAll(/[01]/g, "A").padStart(26, "Z");
    const { payload } = await guess.enroll(`${id}.${secret}`);
    codes.set(payload.error.code, (codes.get(payload.error.code) ?? 0) + 1);
  }
  ok((codes.get("token_wrong") ?? 0) <= 10, JSON.stringify([...codes]));
  equal(codes.get("rate"), 10_000 - (codes.get("token_wrong") ?? 0));
});

Deno.test("[AGT18] addresses of one IPv6 network share the limit of guessed tokens", async () => {
  const { bench, device } = await setup();
  using _ = bench;
  let refusals = 0;
  for (let n = 0; n < 70; n++) {
    const guess = again(bench, device, `2001:db8::${n.toString(16)}`);
    const { payload } = await guess.enroll(`snd_${n}.${"A".repeat(26)}`);
    if (payload.error.code === "rate") refusals += 1;
  }
  equal(refusals, 10);
});

Deno.test("[AGT19] a device is closed after too many messages, and after too many unreadable ones", async () => {
  const { bench, token, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  for (let n = 0; n < 130; n++) device.status();
  equal(device.wire.closed?.code, CLOSE.tooMany);

  const { wire, served } = bench.agentSocket();
  const bombs = [
    "[".repeat(30_000) + "]".repeat(30_000),
    `{"id":"1","type":"auth.login","payload":${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}}`,
    '{"id":"1","type":"auth.login","payload":{"__proto__":{"x":1}}}',
    "\u0000",
    "nonsense",
    '{"id":"1","type":"no.such","payload":{}}',
  ];
  for (const bomb of bombs) served.text(bomb);
  equal(wire.messages.length, bombs.length);
  ok(wire.messages.every(({ payload }) => payload.error.message.length > 0));
  for (let n = 0; n < 30; n++) served.text("nonsense");
  equal(wire.closed?.code, CLOSE.badMessages);
  const big = bench.agentSocket();
  big.served.text(" ".repeat(70_000));
  equal(big.wire.closed?.code, CLOSE.tooLarge);
});

Deno.test("[AGT20] a device that does not answer pings is offline, and its newest report stays with its age", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  device.status();
  const receivedAt = bench.clock.epoch();
  device.wire.answersTo = undefined;
  bench.clock.advance(longestSilence(AGENT_KEEP_ALIVE));
  equal(device.wire.closed?.code, CLOSE.silent);
  const { body } = await bench.http("GET", `/api/senders/${id}/status`, { as: admin });
  deepEqual([body.online, body.age_ms], [false, longestSilence(AGENT_KEEP_ALIVE)]);
  equal(body.at, receivedAt);
});

Deno.test("[AGT21] a command is acknowledged, refused with the device's message, or fails after 10 s", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const change = (discard_deadline_ms: number) =>
    bench.http("PUT", `/api/senders/${id}/config`, {
      as: admin,
      body: { scheduler: { discard_deadline_ms } },
    });
  const taken = change(300);
  await device.answer("config.update", { applied: ["scheduler.discard_deadline_ms"] });
  deepEqual((await taken).body, { applied: ["scheduler.discard_deadline_ms"] });

  const turnedDown = change(301);
  await device.answer("config.update", {
    error: { code: "config.not_hot", message: "Cannot change it while a stream runs" },
  });
  const answer = await turnedDown;
  deepEqual([answer.status, answer.body.error.code], [409, "config.not_hot"]);

  const ignored = change(302);
  await device.wire.next("config.update");
  bench.clock.advance(COMMAND_LIMIT);
  equal((await ignored).status, 504);
  device.drop();
  equal((await change(303)).body.error.code, "sender_offline");
});

Deno.test("[AGT22] settings that a device accepted are sent to it again at its next login", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  await device.enroll(token);
  const body = { scheduler: { discard_deadline_ms: 300 }, encoder: { bitrate_kbps: 900 } };
  const taken = bench.http("PUT", `/api/senders/${id}/config`, { as: admin, body });
  await device.answer("config.update", { applied: [] });
  await taken;
  const back = again(bench, device);
  const { payload } = await back.login(id);
  deepEqual([payload.config.scheduler, payload.config.encoder], [body.scheduler, body.encoder]);
});

Deno.test("[AGT23] a device may use another version of the protocol, which is shown", async () => {
  const { bench, admin, token, id, device } = await setup();
  using _ = bench;
  device.send("auth.login", {
    enrollment_token: token,
    device_public_key: device.key.publicKey,
    ...ABOUT,
    field_of_the_future: true,
  }, { proto: 7 });
  equal((await device.wire.next("auth.login.response")).payload.success, true);
  equal((await bench.http("GET", `/api/senders/${id}`, { as: admin })).body.proto, 7);
});
