import { deepEqual, equal, match } from "node:assert/strict";
import { createLog } from "../../../../protocol/log.ts";
import {
  chooseOnce,
  type FastSendOptions,
  openFastSend,
} from "../../../../worker/fast_send/fast_send.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeLibc } from "../../../fakes/fast_send/libc.ts";
import { FakeLibcrypto } from "../../../fakes/fast_send/libcrypto.ts";

const ENOSYS = 38;
const EINVAL = 22;

function parts() {
  const lines: { level: string; path: string; reason?: string }[] = [];
  const log = createLog({ clock: new FakeClock(), sink: (line) => lines.push(JSON.parse(line)) });
  return { lines, log, libc: new FakeLibc(), libcrypto: new FakeLibcrypto() };
}

function setup(more: Partial<FastSendOptions> = {}) {
  const { lines, log, libc, libcrypto } = parts();
  const open = () =>
    openFastSend({
      log,
      loadLibc: () => libc,
      loadLibcrypto: () => libcrypto.library,
      ...more,
    });
  return { libc, libcrypto, open, lines };
}

Deno.test("[FST3] a system that cuts messages is sent segments, and the log says so once", () => {
  const { open, lines, libc, libcrypto } = setup();
  equal(open()?.grouping, "segments");
  deepEqual(lines.map(({ level, path }) => [level, path]), [["info", "gso"]]);
  deepEqual([libc.open.size, libcrypto.contexts], [0, 0]);
});

Deno.test("[FST3] a system that does not cut is sent several packets a call", () => {
  const { open, lines, libc } = setup();
  libc.fault = ({ segments }) => segments > 1 ? EINVAL : 0;
  equal(open()?.grouping, "packets");
  deepEqual(lines.map(({ path }) => path), ["mmsg"]);
});

Deno.test("[FST3] where packets are lost or changed on the way, the way is not used", () => {
  for (const spoil of ["lose", "change"]) {
    const { open, libc } = setup();
    const receive = libc.receive.bind(libc);
    libc.receive = (descriptor, into) => {
      const length = receive(descriptor, into);
      if (spoil === "lose") return -11;
      into[length - 1] = 77;
      return length;
    };
    equal(open(), undefined);
  }
});

Deno.test("[FST3] without library, call or descriptor, media is sent through werift, with the reason", () => {
  const missing = () => {
    throw new Error("cannot open shared object file");
  };
  const unwilling = new FakeLibc();
  unwilling.fault = () => ENOSYS;
  const full = new FakeLibc();
  full.limit = 1;
  const wrong = new FakeLibcrypto();
  wrong.failing.add("final");
  const cases: [Partial<FastSendOptions>, RegExp][] = [
    [{ loadLibcrypto: missing }, /cannot open shared object/],
    [{ loadLibc: missing }, /cannot open shared object/],
    [{ loadLibc: () => unwilling }, /several packets in one call/],
    [{ loadLibc: () => full }, /several packets in one call/],
    [{ loadLibcrypto: () => wrong.library }, /OpenSSL could not encrypt/],
  ];
  for (const [options, reason] of cases) {
    const { open, lines } = setup(options);
    equal(open(), undefined);
    deepEqual(lines.map(({ level, path }) => [level, path]), [["warn", "werift"]]);
    match(lines[0]!.reason!, reason);
  }
  deepEqual([full.open.size, wrong.contexts], [0, 0]);
});

Deno.test("[FST3] a library that encrypts otherwise is not used", () => {
  const { open, libcrypto, lines } = setup();
  libcrypto.leavesTagOut = true;
  equal(open(), undefined);
  match(lines[0]!.reason!, /not encrypt a packet as RFC 7714/);
});

Deno.test("[FST3] the way is chosen at the first connection, once, also when there is none", () => {
  for (const isMissing of [false, true]) {
    let loaded = 0;
    const { log, libc, libcrypto } = parts();
    const fastSend = chooseOnce({
      log,
      loadLibc: () => libc,
      loadLibcrypto() {
        loaded++;
        if (isMissing) throw new Error("cannot open shared object file");
        return libcrypto.library;
      },
    });
    equal(loaded, 0);
    deepEqual([fastSend() === undefined, fastSend() === undefined], [isMissing, isMissing]);
    equal(loaded, 1);
  }
});
