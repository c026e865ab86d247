import { deepEqual, ok } from "node:assert/strict";
import { readWorkerSettings } from "../../../worker/config.ts";

function faultsOf(env: Record<string, string>): readonly string[] {
  const read = readWorkerSettings({ flags: [], env });
  return read.ok ? [] : read.faults;
}

Deno.test("[SET3] without any setting there is no fault", () => {
  ok(readWorkerSettings({ flags: [], env: {} }).ok);
});

Deno.test("[SET3] a missing file is reported in a sentence, with all other faults", () => {
  deepEqual(faultsOf({ FARPAD_CONFIG: "no/such/file.toml", FARPAD_CAPACITY: "0" }), [
    "Cannot read the configuration file no/such/file.toml (from FARPAD_CONFIG): " +
    "No such file or directory (os error 2): readfile 'no/such/file.toml'",
    'Cannot use FARPAD_CAPACITY = "0" (from the environment): it must be a whole number from 1 to 500',
  ]);
});

Deno.test("[SET5] a range of one port is refused for media", () => {
  deepEqual(faultsOf({ FARPAD_UDP_PORTS: "5000-5000" }), [
    'Cannot use FARPAD_UDP_PORTS = "5000-5000" (from the environment): a connection takes two ports at least',
  ]);
});

for (const host of ["192.0.2.7:8000", "play.example.org", "[2001:db8::7]:8000"]) {
  Deno.test(`[SET17] the credential is not sent to ${host} without TLS, unless that is allowed`, () => {
    const FARPAD_COORDINATOR = `ws://${host}/wso`;
    deepEqual(faultsOf({ FARPAD_COORDINATOR }), [
      `Cannot use FARPAD_COORDINATOR = ${FARPAD_COORDINATOR}: everybody on the way could read this worker's ` +
      "credential. Use wss://, or set FARPAD_ALLOW_PLAIN = true where nobody listens",
    ]);
    deepEqual(faultsOf({ FARPAD_COORDINATOR, FARPAD_ALLOW_PLAIN: "true" }), []);
    deepEqual(faultsOf({ FARPAD_COORDINATOR: FARPAD_COORDINATOR.replace("ws:", "wss:") }), []);
  });
}

Deno.test("[SET17] on this machine the credential takes no TLS", () => {
  for (const host of ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "127.0.0.2"]) {
    deepEqual(faultsOf({ FARPAD_COORDINATOR: `ws://${host}/wso` }), []);
  }
});
