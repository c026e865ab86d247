import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  IPV4_SIZE,
  IPV6_SIZE,
  isSameEndpoint,
  socketAddress,
} from "../../../media/socket_address.ts";

Deno.test("[FST4] an address has family, port and bytes as the system expects them", () => {
  const four = socketAddress({ address: "192.0.2.7", port: 0x1234 })!;
  deepEqual([...four], [2, 0, 0x12, 0x34, 192, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0]);
  const six = socketAddress({ address: "2001:db8::a:1", port: 0x1234 })!;
  deepEqual([...six.subarray(0, 8)], [10, 0, 0x12, 0x34, 0, 0, 0, 0]);
  deepEqual([...six.subarray(8, 24)], [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa, 0, 1]);
  deepEqual([four.length, six.length], [IPV4_SIZE, IPV6_SIZE]);
});

Deno.test("[FST4] all forms of an IPv6 address are read", () => {
  const bytes = (address: string) => [...socketAddress({ address, port: 1 })!.subarray(8, 24)];
  deepEqual(bytes("::"), Array(16).fill(0));
  deepEqual(bytes("::1"), [...Array(15).fill(0), 1]);
  deepEqual(bytes("fe80::"), [0xfe, 0x80, ...Array(14).fill(0)]);
  deepEqual(bytes("::ffff:192.0.2.7"), [...Array(10).fill(0), 255, 255, 192, 0, 2, 7]);
  deepEqual(bytes("1:2:3:4:5:6:7:8"), [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]);
  fc.assert(fc.property(fc.ipV6(), (address) => {
    const host = new URL(`http://[${address}]/`).hostname.slice(1, -1);
    deepEqual(bytes(address), bytes(host));
  }));
});

Deno.test("[FST4] a name is no address", () => {
  for (const address of ["", "browser.local", "1.2.3", "1.2.3.4.5", ":::", "1::2::3"]) {
    equal(socketAddress({ address, port: 1 }), undefined, address);
  }
});

Deno.test("[FST4] endpoints differ by family, address and port", () => {
  const of = (address: string, port: number) => socketAddress({ address, port })!;
  equal(isSameEndpoint(of("127.0.0.1", 5), of("127.0.0.1", 5)), true);
  equal(isSameEndpoint(of("127.0.0.1", 5), of("127.0.0.1", 261)), false);
  equal(isSameEndpoint(of("127.0.0.1", 5), of("127.0.0.2", 5)), false);
  equal(isSameEndpoint(of("0.0.0.0", 5), of("::", 5)), false);
  equal(isSameEndpoint(of("::1", 5), of("::1", 5)), true);
  equal(isSameEndpoint(of("::1", 5), of("::2", 5)), false);
});
