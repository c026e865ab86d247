import { equal, notEqual, ok, rejects } from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { COORDINATOR_SETTINGS, parseSettings } from "../../../../coordinator/config.ts";
import { isGood, makeCertificate, openTls } from "../../../../coordinator/secrets/tls.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const DAY = 24 * 60 * 60 * 1000;
const hosts = ["play.test", "localhost", "192.0.2.7", "::1"];

function ports(epoch = 1_800_000_000_000) {
  return { clock: new FakeClock({ epoch }), random: new SeededRandom() };
}

/** Settings with `tls = self` in a folder that goes away with the test. */
async function inFolder(use: (env: Record<string, string>) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await use({ FARPAD_DATA: folder, FARPAD_TLS: "self", FARPAD_TLS_HOSTS: hosts.join(",") });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
function open(env: Record<string, string>, now = ports()) {
  const read = parseSettings({ env });
  if (!read.ok) throw new Error(read.faults.join());
  return openTls(read.settings, now);
}

Deno.test("[TLS1] a self-signed certificate is for every name and address, and its key fits", async () => {
  const { cert, key } = await makeCertificate(ports(), hosts);
  const certificate = new X509Certificate(cert);
  for (const name of ["play.test", "localhost"]) ok(certificate.checkHost(name), name);
  for (const ip of ["192.0.2.7", "::1"]) ok(certificate.checkIP(ip), ip);
  ok(!certificate.checkHost("evil.test"));
  ok(certificate.checkPrivateKey(createPrivateKey(key)));
  equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  equal(certificate.ca, false);
});

Deno.test("[TLS1] a self-signed certificate is valid for at most 398 days, which browsers accept", async () => {
  const { cert } = await makeCertificate(ports(), hosts);
  const { validFrom, validTo } = new X509Certificate(cert);
  equal(Date.parse(validTo) - Date.parse(validFrom), 397 * DAY);
});

Deno.test("[TLS2] a certificate is kept over a restart, readable by its owner only", async () => {
  await inFolder(async (env) => {
    const first = await open(env);
    const second = await open(env);
    equal(second?.cert, first?.cert);
    const { mode } = await Deno.stat(`${env.FARPAD_DATA}/tls_key.pem`);
    equal(mode! & 0o077, 0);
  });
});

Deno.test("[TLS2] a certificate that ends within 30 days is replaced", async () => {
  await inFolder(async (env) => {
    const first = await open(env);
    const later = ports(1_800_000_000_000 + 370 * DAY);
    const second = await open(env, later);
    notEqual(second?.cert, first?.cert);
    ok(isGood(second!.cert, { hosts, now: later.clock.epoch() }));
  });
});

Deno.test("[TLS2] a certificate that lacks a name is replaced", async () => {
  await inFolder(async (env) => {
    const first = await open(env);
    const second = await open({ ...env, FARPAD_TLS_HOSTS: "other.test" });
    notEqual(second?.cert, first?.cert);
    ok(new X509Certificate(second!.cert).checkHost("other.test"));
  });
});

Deno.test("[TLS2] a file that is no certificate is replaced", async () => {
  await inFolder(async (env) => {
    for (const name of ["tls_cert.pem", "tls_key.pem"]) {
      await Deno.writeTextFile(`${env.FARPAD_DATA}/${name}`, "nonsense");
    }
    ok((await open(env))?.cert.includes("BEGIN CERTIFICATE"));
  });
});

Deno.test("[PRC1] the error for a given certificate that cannot be read contains its setting", async () => {
  await rejects(open({ FARPAD_TLS_CERT: "no/such.pem", FARPAD_TLS_KEY: "no/such.key" }), {
    name: "TypeError",
    message: /^Cannot read no\/such\.pem \(FARPAD_TLS_CERT\): /,
  });
});

Deno.test("[TLS1] plain HTTP needs no certificate, and that is the default", async () => {
  equal(await open({}), undefined);
  equal(COORDINATOR_SETTINGS.tls.initial, "off");
});
