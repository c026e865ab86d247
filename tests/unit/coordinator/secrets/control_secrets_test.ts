import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import {
  checkProof,
  createChallenge,
  isDeviceKey,
  keyFingerprint,
} from "../../../../coordinator/secrets/device_proof.ts";
import { createSigningKey, openKeys } from "../../../../coordinator/secrets/key_folder.ts";
import { Passwords } from "../../../../coordinator/secrets/password.ts";
import { createSealer } from "../../../../coordinator/secrets/seal.ts";
import { createSignedTokens, TOKEN_SECONDS } from "../../../../coordinator/secrets/signed_token.ts";
import { createToken, matchesHash, splitToken } from "../../../../coordinator/secrets/token.ts";
import { challengeText, COMMAND_LIMIT } from "../../../../protocol/legs/agent_leg.ts";
import { SenderId } from "../../../../protocol/ids.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { createDeviceKey } from "../../../support/control/device.ts";

const random = new SeededRandom();
const cost = { ln: 1, r: 1, p: 1 };
const clock = new FakeClock();

Deno.test("[SEC1] a token has an id, and a secret without letters that are confused", () => {
  const { token, hash } = createToken("snd_1", random);
  const parts = splitToken(token);
  ok(parts);
  equal(parts.id, "snd_1");
  equal(/^[A-HJ-NP-Z2-9]{26}$/.test(parts.secret), true);
  equal(hash.includes(parts.secret), false);
  equal(matchesHash(parts.secret, hash), true);
  equal(matchesHash(parts.secret.replace(/^./, "?"), hash), false);
  equal(matchesHash(parts.secret, "short"), false);
});

Deno.test("[SEC2] what is no token is told apart", () => {
  for (const text of ["", ".", "snd_1", "snd_1.", `a b.${"A".repeat(26)}`, `x.${"a".repeat(26)}`]) {
    equal(splitToken(text), undefined, text);
  }
});

Deno.test("[SEC3] a password verifies against its hash alone, and never twice has the same one", async () => {
  const passwords = new Passwords({ clock, random, cost });
  const hash = async (password: string) => (await passwords.hash(password, "known"))!;
  const stored = await hash("correct horse");
  equal(await passwords.verify("correct horse", stored, "other"), "right");
  equal(await passwords.verify("wrong horse", stored, "other"), "wrong");
  equal(await passwords.verify("correct horse", undefined, "other"), "wrong");
  equal(await passwords.verify("correct horse", "plain text", "other"), "wrong");
  notEqual(await hash("correct horse"), stored);
  equal(await passwords.verify("e\u0301", await hash("\u00e9"), "other"), "right");
});

Deno.test("[SEC4] a hash of another cost still verifies and is known as outdated", async () => {
  const weaker = await new Passwords({ clock, random, cost }).hash("correct horse", "known");
  const passwords = new Passwords({ clock, random, cost: { ...cost, ln: 2 } });
  equal(await passwords.verify("correct horse", weaker, "other"), "right");
  equal(passwords.isOutdated(weaker!), true);
  equal(passwords.isOutdated((await passwords.hash("x", "known"))!), false);
});

Deno.test("[SEC6] an access token is ours, for one audience, unchanged, and good for minutes", async () => {
  const clock = new FakeClock();
  const tokens = await createSignedTokens(await createSigningKey(), clock);
  const other = await createSignedTokens(await createSigningKey(), clock);
  const claims = { subject: "usr_1", session: "log_1" };
  const token = await tokens.sign("farpad-api", claims);
  deepEqual(await tokens.verify("farpad-api", token), claims);
  equal(await tokens.verify("farpad-agent", token), undefined);
  equal(await other.verify("farpad-api", token), undefined);
  const [head, body, signature] = token.split(".");
  const none = btoa('{"alg":"none"}').replaceAll("=", "");
  for (const forged of [`${none}.${body}.`, `${head}.${body}x.${signature}`, "", "a.b.c"]) {
    equal(await tokens.verify("farpad-api", forged), undefined);
  }
  clock.advance(TOKEN_SECONDS * 1000);
  equal(await tokens.verify("farpad-api", token), undefined);
});

Deno.test("[SEC7] a sealed text opens for its owner only, and only unchanged", () => {
  const sealer = createSealer(random.bytes(32), random);
  const sealed = sealer.seal("live_key", "dst_1");
  equal(sealer.open(sealed, "dst_1"), "live_key");
  equal(sealed.includes("live_key"), false);
  equal(sealer.open(sealed, "dst_2"), undefined);
  equal(createSealer(random.bytes(32), random).open(sealed, "dst_1"), undefined);
  const bytes = Uint8Array.fromBase64(sealed);
  bytes[14]! ^= 1;
  equal(sealer.open(bytes.toBase64(), "dst_1"), undefined);
  for (const text of ["", "?", "AAAA"]) equal(sealer.open(text, "dst_1"), undefined);
});

Deno.test("[SEC8] keys are made once, for their owner only, and a spoilt one is named", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = await openKeys(folder, random);
    deepEqual(await openKeys(folder, random), first);
    for (const name of ["signing_key.json", "sealing_key.txt"]) {
      equal((await Deno.stat(`${folder}/${name}`)).mode! & 0o777, 0o600);
    }
    await Deno.writeTextFile(`${folder}/signing_key.json`, "{}");
    await rejects(openKeys(folder, random), /signing_key\.json/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("[DEV5] a proof is good for its device, host, moment and key, and for nothing else", async () => {
  const clock = new FakeClock();
  const key = await createDeviceKey();
  const device_id = SenderId.parse("snd_1");
  const challenge = createChallenge({ clock, random }, "farpad.example");
  const text = challengeText({ ...challenge, device_id });
  const signature = await key.sign(text);
  const asked = { device_id, key: key.publicKey, signature, clock };
  equal(await checkProof(challenge, asked), undefined);
  for (
    const other of [
      { ...challenge, host: "evil.example" },
      { ...challenge, challenge: "A".repeat(43) },
      { ...challenge, timestamp: challenge.timestamp + 1 },
    ]
  ) equal(await checkProof(other, asked), "signature_wrong");
  equal(
    await checkProof(challenge, { ...asked, device_id: SenderId.parse("snd_2") }),
    "signature_wrong",
  );
  const stranger = (await createDeviceKey()).publicKey;
  equal(await checkProof(challenge, { ...asked, key: stranger }), "signature_wrong");
  clock.advance(COMMAND_LIMIT + 1);
  equal(await checkProof(challenge, asked), "too_late");
});

Deno.test("[DEV6] a key is an Ed25519 key, and has a short name", async () => {
  const { publicKey } = await createDeviceKey();
  equal(isDeviceKey(publicKey), true);
  equal(isDeviceKey("short"), false);
  equal(/^[0-9a-f]{16}$/.test(keyFingerprint(publicKey)), true);
});

Deno.test("[DEV6] a proof by a key of small order, which fits every text, is refused", async () => {
  const clock = new FakeClock();
  const device_id = SenderId.parse("snd_1");
  const challenge = createChallenge({ clock, random }, "farpad.example");
  const text = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  const neutral = new Uint8Array(32);
  neutral[0] = 1;
  const signature = new Uint8Array(64);
  signature[0] = 1;
  const forged = { device_id, key: text(neutral), signature: text(signature), clock };
  equal(await checkProof(challenge, forged), "signature_wrong");
});
