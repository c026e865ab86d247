import { deepEqual, equal } from "node:assert/strict";
import { OwnDescriptor } from "../../../../worker/fast_send/descriptor.ts";
import { socketAddress } from "../../../../media/socket_address.ts";
import { FakeLibc } from "../../../fakes/fast_send/libc.ts";

const STREAM = 1;
const FILE = 0;
const NAME = socketAddress({ address: "0.0.0.0", port: 4_000 })!;
const SIX = socketAddress({ address: "::", port: 4_000 })!;

Deno.test("[FST4] the UDP socket with this family, address and port is found among other descriptors", () => {
  for (const name of [NAME, SIX]) {
    const libc = new FakeLibc();
    libc.add(new Uint8Array(), FILE);
    libc.add(name, STREAM);
    libc.add(name === NAME ? SIX : NAME);
    libc.add(socketAddress({ address: "0.0.0.0", port: 4_001 })!);
    const number = libc.add(name);
    using own = OwnDescriptor.of(libc, name);
    equal(libc.open.get(own!.number!), libc.open.get(number));
    equal(own!.number !== number, true);
  }
});

Deno.test("[FST4] without such a socket there is no descriptor", () => {
  const libc = new FakeLibc();
  libc.add(NAME, STREAM);
  equal(OwnDescriptor.of(libc, NAME), undefined);
  equal(libc.open.size, 1);
});

Deno.test("[FST4] a socket that is closed and replaced while it is duplicated is not used", () => {
  const libc = new FakeLibc();
  const number = libc.add(NAME);
  libc.meanwhile = () => {
    libc.open.delete(number);
    libc.add(new Uint8Array(), FILE);
  };
  equal(OwnDescriptor.of(libc, NAME), undefined);
  deepEqual([...libc.open.values()].map(({ type }) => type), [FILE]);
});

Deno.test("[FST4] where no descriptor is left, none is made", () => {
  const libc = new FakeLibc();
  libc.add(NAME);
  libc.limit = 1;
  equal(OwnDescriptor.of(libc, NAME), undefined);
});

Deno.test("[FST4] after disposing the number is forgotten, and closed once", () => {
  const libc = new FakeLibc();
  libc.add(NAME);
  const own = OwnDescriptor.of(libc, NAME)!;
  own[Symbol.dispose]();
  own[Symbol.dispose]();
  equal(own.number, undefined);
  equal(libc.open.size, 1);
});
