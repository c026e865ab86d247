import { deepEqual } from "node:assert/strict";
import type { StartStream } from "../../../../agent/pipeline/ports.ts";
import { driveTarget } from "../../../../agent/vehicle/drive_target.ts";

const drive = { host: "worker.example", port: 15_001, secret: "00".repeat(40) };

function started(uris: readonly string[], interfaces: readonly (string | undefined)[] = []) {
  return {
    drive,
    destinations: uris,
    bonding_config: {
      version: 1,
      links: uris.map((uri, id) => ({ id, uri, interface: interfaces[id] })),
      scheduler: {},
    },
  } as unknown as StartStream;
}

Deno.test("[DRV35] control has the paths of the pictures, each by its interface to its address", () => {
  const uris = ["rist://worker.example:15000", "rist://[2001:db8::1]:15002"];
  deepEqual(driveTarget(started(uris, ["wwan0", "eth0"])), {
    ...drive,
    paths: [{ host: "worker.example", interface: "wwan0" }, {
      host: "2001:db8::1",
      interface: "eth0",
    }],
  });
  deepEqual(driveTarget(started(uris))?.paths?.map(({ interface: name }) => name), [
    undefined,
    undefined,
  ]);
});

Deno.test("[DRV35] control of a stream with one path follows the routes of the system", () => {
  deepEqual(driveTarget(started(["srt://worker.example:15000"], ["wwan0"])), drive);
});
