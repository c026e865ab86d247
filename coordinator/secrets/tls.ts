/**
 * The certificate for HTTPS: a given one, or a self-signed one, which each browser asks its user to accept once.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Random } from "../../protocol/random.ts";
import type { CoordinatorSettings } from "../config.ts";
import type { TlsFiles } from "../server.ts";
import { readIfThere } from "./data_folder.ts";

const DAY = 24 * 60 * 60 * 1000;
/** Validity of a self-signed certificate, in milliseconds. Browsers refuse certificates for more than 398 days. */
const GOOD_FOR = 397 * DAY;
/** A self-signed certificate that ends sooner than this is replaced at the next start, in milliseconds. */
const RENEW_BEFORE = 30 * DAY;

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The certificate to serve with; `undefined` for plain HTTP.
 *
 * @throws {TypeError} when a given file cannot be read
 */
export async function openTls(
  { tls, tlsCert, tlsKey, tlsHosts, host, data }: CoordinatorSettings,
  ports: Ports,
): Promise<TlsFiles | undefined> {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { cert: readPem(tlsCert, "FARPAD_TLS_CERT"), key: readPem(tlsKey, "FARPAD_TLS_KEY") };
  }
  if (tls === "off") return undefined;
  const own = host === "0.0.0.0" || host === "::" ? [] : [host];
  return await keepCertificate(data, { ports, hosts: [...new Set([...tlsHosts, ...own])] });
}

/** The stored certificate, or a new one if that ends soon or is not for all of `hosts`. */
async function keepCertificate(
  folder: string,
  { ports, hosts }: { ports: Ports; hosts: readonly string[] },
): Promise<TlsFiles> {
  const [certPath, keyPath] = [join(folder, "tls_cert.pem"), join(folder, "tls_key.pem")];
  const [cert, key] = [readIfThere(certPath), readIfThere(keyPath)];
  if (cert && key && isGood(cert, { hosts, now: ports.clock.epoch() })) return { cert, key };
  const made = await makeCertificate(ports, hosts);
  await writeDurably(keyPath, made.key);
  await writeDurably(certPath, made.cert);
  return made;
}

/** A self-signed certificate (RFC 5280) for names and IP addresses, ECDSA on P-256. */
export async function makeCertificate(
  { clock, random }: Ports,
  hosts: readonly string[],
): Promise<TlsFiles> {
  // Imported only when needed: the package is large, and most starts have a certificate or need none.
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign", "verify"],
  );
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // A serial number is positive and unique (RFC 5280 §4.1.2.2).
    serialNumber: "01" + random.bytes(15).toHex(),
    name: "CN=Farpad",
    // The clocks of clients may be up to a day behind.
    notBefore: new Date(clock.epoch() - DAY),
    notAfter: new Date(clock.epoch() - DAY + GOOD_FOR),
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) ? "ip" as const : "dns" as const, value })),
      ),
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: certificate.toString("pem"),
    key: x509.PemConverter.encode(key, x509.PemConverter.PrivateKeyTag),
  };
}

/** Whether a certificate names all of `hosts` and is valid for longer than {@linkcode RENEW_BEFORE}. */
export function isGood(
  cert: string,
  { hosts, now }: { hosts: readonly string[]; now: EpochMillis },
): boolean {
  try {
    const certificate = new X509Certificate(cert);
    const isFor = (host: string) =>
      isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host);
    return Date.parse(certificate.validTo) - now > RENEW_BEFORE && hosts.every(isFor);
  } catch {
    return false;
  }
}

function readPem(path: string, setting: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const why = errorText(cause);
    throw new TypeError(`Cannot read ${path} (${setting}): ${why}`, { cause });
  }
}
