/**
 * Tries out the fast ways of sending on this machine.
 *
 * @module
 */
import type { Batch, Grouping } from "./batch.ts";
import type { TrialLibc } from "./libc.ts";
import type { Libcrypto } from "./libcrypto.ts";
import { IPV4_SIZE, socketAddress } from "../../media/socket_address.ts";
import { SrtpSealer } from "./srtp_sealer.ts";

/** The packet of RFC 7714 §16.1.1: header, payload and protected payload. */
const HEADER = "8040f17b8041f8d35501a0b2";
const PAYLOAD = "47616c6c696120657374206f6d6e697320646976697361" +
  "20696e207061727465732074726573";
const SEALED = "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b" +
  "36de3adf8833899d7f27beb16a9152cf765ee4390cce";
const KEY = "000102030405060708090a0b0c0d0e0f";
const SALT = "517569642070726f2071756f";
const [SSRC, SEQUENCE_NUMBER] = [0x5501_a0b2, 0xf17b];

/** Lengths of the packets of the trial: two messages when they are cut, four otherwise. */
const TRIAL = [1_200, 1_200, 600, 1_200];

/**
 * Seals a known packet.
 *
 * @throws {Error} when the library fails, or the result is another
 */
export function checkSealing(libcrypto: Libcrypto): void {
  using sealer = new SrtpSealer(libcrypto, {
    key: Uint8Array.fromHex(KEY),
    salt: Uint8Array.fromHex(SALT),
  });
  const into = new Uint8Array(64);
  const payload = Uint8Array.fromHex(PAYLOAD);
  const packet = { ssrc: SSRC, sequenceNumber: SEQUENCE_NUMBER };
  const length = sealer.seal(packet, { header: Uint8Array.fromHex(HEADER), payload, into });
  if (into.subarray(0, length).toHex() === SEALED) return;
  throw new Error("OpenSSL does not encrypt a packet as RFC 7714 does");
}

/** Whether packets that are sent on one socket of the loopback interface arrive whole at another. */
export function sendsInGroups(
  libc: TrialLibc,
  { batch, grouping }: { readonly batch: Batch; readonly grouping: Grouping },
): boolean {
  const [from, to] = [libc.openSocket(), libc.openSocket()];
  try {
    const name = socketAddress({ address: "127.0.0.1", port: 0 })!;
    if (from < 0 || to < 0 || libc.bind(to, name) < 0) return false;
    const bound = new Uint8Array(new ArrayBuffer(IPV4_SIZE));
    if (libc.socketName(to, bound) < 0) return false;
    batch.clear();
    for (const [index, length] of TRIAL.entries()) {
      batch.room.fill(index, 0, length - 1);
      batch.add(Uint8Array.of(index), length - 1);
    }
    const { fault } = batch.send(from, { to: bound, grouping });
    const received = TRIAL.map((_, index) => receiveFilled(libc, to, index));
    return fault === 0 && received.every((length, index) => length === TRIAL[index]);
  } finally {
    batch.clear();
    for (const descriptor of [from, to]) if (descriptor >= 0) libc.close(descriptor);
  }
}

/** The length of the next datagram; -1 when it does not consist of this byte. */
function receiveFilled(libc: TrialLibc, descriptor: number, byte: number): number {
  const into = new Uint8Array(new ArrayBuffer(2_048));
  const length = libc.receive(descriptor, into);
  return length > 0 && into.subarray(0, length).every((each) => each === byte) ? length : -1;
}
