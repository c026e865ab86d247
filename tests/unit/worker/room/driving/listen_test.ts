import { deepEqual, equal } from "node:assert/strict";
import type { VehicleView } from "../../../../../protocol/control/vehicle.ts";
import { DRIVE_SECRET_BYTES } from "../../../../../protocol/driving/vehicle_telemetry.ts";
import { createLog } from "../../../../../protocol/log.ts";
import { listenForVehicle } from "../../../../../worker/room/driving/listen.ts";
import { FakeClock } from "../../../../fakes/clock.ts";
import { SeededRandom } from "../../../../fakes/random.ts";

const PORT = 15_001;
const secret = new Uint8Array(DRIVE_SECRET_BYTES).toHex();

Deno.test("[DPG18] a port that another program has is reported with its number, until it is bound", async () => {
  const clock = new FakeClock();
  const faults: VehicleView["port_fault"][] = [];
  const cause = Object.assign(new Error("bind EADDRINUSE"), { code: "EADDRINUSE" });
  const answers = [
    () => Promise.reject(new Error(`Cannot bind UDP port ${PORT}`, { cause })),
    () => Promise.reject(new Error("Cannot bind: no permission")),
    () => Promise.resolve({ expect: () => ({ [Symbol.dispose]() {} }), [Symbol.dispose]() {} }),
  ];
  using _listening = listenForVehicle(
    {
      ...{ clock, random: new SeededRandom(1), log: createLog({ clock, sink: () => {} }) },
      listen: (() => answers.shift()!()) as never,
    },
    { address: "127.0.0.1", port: PORT, secret },
    {
      opened: () => {
        throw new Error("no vehicle comes");
      },
      listening: (fault) => void faults.push(fault),
    },
  );
  for (let second = 0; second < 3; second++) await clock.run(1_000);
  deepEqual(faults, [{ port: PORT, reason: "taken" }, { port: PORT, reason: "failed" }, undefined]);
  equal(answers.length, 0);
});
