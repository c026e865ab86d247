import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { currentEnrollment, keepEnrollment } from "../../../agent/enrollment.ts";
import { openIdentity } from "../../../agent/identity.ts";
import { challengeText, DevicePublicKey } from "../../../protocol/legs/agent_leg.ts";
import { readEnrollment, writeEnrollment } from "../../../protocol/field/enrollment.ts";
import { SenderId } from "../../../protocol/ids.ts";

const SENDER = SenderId.parse("snd_1");
const TOKEN = "snd_1.ABCDEFGHJKLMNPQRSTUVWXYZ23";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[IDN1] the key is on disk, readable by its owner alone, before it is used", () =>
  withFolder(async (folder) => {
    const path = `${folder}/deep/identity.json`;
    const { publicKey } = await openIdentity(path);
    ok(DevicePublicKey.safeParse(publicKey).success);
    equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    equal((await openIdentity(path)).publicKey, publicKey);
  }));

Deno.test("[IDN2] a signature verifies for its challenge and its key alone", () =>
  withFolder(async (folder) => {
    const identity = await openIdentity(`${folder}/identity.json`);
    const challenge = { challenge: "C", host: "h", timestamp: 1, role: "agent" } as const;
    const text = challengeText({ ...challenge, device_id: SENDER });
    const from = (base64: string) => Uint8Array.fromBase64(base64, { alphabet: "base64url" });
    const key = await crypto.subtle.importKey("raw", from(identity.publicKey), "Ed25519", false, [
      "verify",
    ]);
    const signature = from(await identity.sign(text));
    ok(await crypto.subtle.verify("Ed25519", key, signature, text));
    const other = challengeText({ ...challenge, host: "other", device_id: SENDER });
    ok(!await crypto.subtle.verify("Ed25519", key, signature, other));
  }));

Deno.test("[IDN3] sender id and spent token survive a restart", () =>
  withFolder(async (folder) => {
    const path = `${folder}/identity.json`;
    const before = await openIdentity(path);
    deepEqual([before.senderId, before.spentToken], [undefined, undefined]);
    await before.enrolled(SENDER, TOKEN);
    await before.enrolled(SENDER, undefined);
    const after = await openIdentity(path);
    deepEqual([after.senderId, after.spentToken, after.publicKey], [
      SENDER,
      TOKEN,
      before.publicKey,
    ]);
  }));

Deno.test("[IDN7] an enrolment that cannot be kept is used, and written at the next login", () =>
  withFolder(async (folder) => {
    const path = `${folder}/data/identity.json`;
    const identity = await openIdentity(path);
    await Deno.rename(`${folder}/data`, `${folder}/away`);
    await Deno.writeTextFile(`${folder}/data`, "");
    await rejects(identity.enrolled(SENDER, TOKEN), /^Error: Cannot write the device key to /);
    deepEqual([identity.senderId, identity.spentToken], [SENDER, TOKEN]);
    await Deno.remove(`${folder}/data`);
    await identity.enrolled(SENDER, undefined);
    const after = await openIdentity(path);
    deepEqual([after.senderId, after.spentToken], [SENDER, TOKEN]);
    equal(after.publicKey, identity.publicKey);
  }));

Deno.test("[IDN4] a damaged key file is reported and never overwritten", () =>
  withFolder(async (folder) => {
    const path = `${folder}/identity.json`;
    await Deno.writeTextFile(path, '{"version":1,"private');
    await rejects(openIdentity(path), /damaged.*enrol again/);
    equal(await Deno.readTextFile(path), '{"version":1,"private');
  }));

Deno.test("[IDN5] the text of a QR code holds address and token, a bare token no address", () => {
  const url = "wss://farpad.example.org/agent/ws";
  const text = writeEnrollment({ url, token: TOKEN });
  equal(text, `farpad-enroll:?url=wss%3A%2F%2Ffarpad.example.org%2Fagent%2Fws&token=${TOKEN}`);
  deepEqual(readEnrollment(` ${text}\n`), { url, token: TOKEN });
  deepEqual(readEnrollment(TOKEN), { token: TOKEN });
  const wrong = ["", "snd_1", `${TOKEN}x`, "farpad-enroll:?token=" + TOKEN];
  for (const each of [...wrong, text.replace("wss", "https"), text.slice(0, -1)]) {
    equal(readEnrollment(each), undefined, each);
  }
});

Deno.test("[IDN6] a text given to the running agent takes precedence over its settings", () =>
  withFolder(async (folder) => {
    const other = "snd_2.ABCDEFGHJKLMNPQRSTUVWXYZ23";
    deepEqual(currentEnrollment(folder, TOKEN), { token: TOKEN });
    deepEqual(await keepEnrollment(folder, other), {});
    deepEqual(currentEnrollment(folder, TOKEN), { token: other });
    equal((await Deno.stat(`${folder}/enrollment.txt`)).mode! & 0o777, 0o600);
    ok((await keepEnrollment(folder, "nonsense")).error);
    deepEqual(currentEnrollment(folder, undefined), { token: other });
  }));
