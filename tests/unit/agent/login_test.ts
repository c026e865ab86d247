import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  answered,
  closed,
  loginWith,
  OFFLINE,
  signer,
  whyNotDial,
  whyNotSign,
} from "../../../agent/login.ts";
import { SenderId } from "../../../protocol/ids.ts";

const SENDER = SenderId.parse("snd_1");
const TOKEN = "snd_2.ABCDEFGHJKLMNPQRSTUVWXYZ23";
const STRANGER = { publicKey: "K", senderId: undefined, token: undefined };

Deno.test("[BOX14] a new token enrols with the key; after that the device requests a challenge with its id alone", () => {
  deepEqual(loginWith({ ...STRANGER, token: TOKEN }), {
    enrollment_token: TOKEN,
    device_public_key: "K",
  });
  deepEqual(loginWith({ ...STRANGER, senderId: SENDER }), { device_id: SENDER });
  deepEqual(loginWith({ ...STRANGER, senderId: SENDER, token: TOKEN }), {
    enrollment_token: TOKEN,
    device_public_key: "K",
  });
  const none = loginWith(STRANGER);
  match("error" in none ? none.error : "", /not enrolled.*farpad-agent enrol/);
});

Deno.test("[BOX15] a challenge is signed as the sender it is for, also when an enrolment's answer was lost", () => {
  equal(signer({ ...STRANGER, senderId: SENDER }), SENDER);
  equal(signer({ ...STRANGER, token: TOKEN }), "snd_2");
  equal(signer(STRANGER), undefined);
});

Deno.test("[BOX16] a challenge for another host is not signed", () => {
  const challenge = {
    challenge: "C",
    host: "farpad.example.org",
    timestamp: 0,
    role: "agent",
  } as const;
  equal(whyNotSign(challenge, "wss://farpad.example.org/agent/ws"), undefined);
  match(whyNotSign(challenge, "wss://evil.example.org/agent/ws") ?? "", /evil.*not signed/);
  ok(whyNotSign(challenge, "wss://farpad.example.org:8443/agent/ws"));
});

Deno.test("[BOX24] a coordinator on another machine is dialled over TLS alone", () => {
  const plain = ["ws://farpad.example.org/agent/ws", "ws://192.168.1.5:8000/agent/ws"];
  for (const url of plain) {
    match(whyNotDial(url, false)!, /is not dialled: .* allow_plain = on/);
    equal(whyNotDial(url, true), undefined);
  }
  const safe = ["wss://farpad.example.org/agent/ws", "ws://127.0.0.1:8000/agent/ws", "ws://[::1]/"];
  for (const url of safe) equal(whyNotDial(url, false), undefined);
});

Deno.test("[BOX17] the reason for being offline is kept until the next attempt", () => {
  const refused = answered({
    success: false,
    error: { code: "token_used", message: "Cannot enrol: the token was used" },
  });
  deepEqual(closed(refused, "Closed: token_used"), {
    state: "offline",
    why: "Cannot enrol: the token was used",
  });
  deepEqual(closed({ state: "asking", why: undefined }, ""), {
    state: "offline",
    why: "The coordinator could not be reached",
  });
  const online = answered({
    success: true,
    sender_id: SENDER,
    session_token: "T",
    expires_in_s: 600,
    config: { name: "Box", status_period_ms: 10_000, stats_period_ms: 1_000 },
    server_time: 0,
  });
  equal(online.state, "online");
  deepEqual(closed(online, ""), { state: "offline", why: "The connection was lost" });
  equal(OFFLINE.state, "offline");
});
