import { equal, ok } from "node:assert/strict";
import { createMachineLoad, memoryMb } from "../../../worker/machine_load.ts";

Deno.test("[WRK10] a worker's memory is its own and that of each of its room processes", () => {
  equal(memoryMb(90_000_000, new Map([[11, 150_000_000], [12, 60_400_000]])), 300);
  equal(memoryMb(90_000_000, new Map()), 90);
});

Deno.test("[WRK10] the memory of this process is read in megabytes of a million bytes", () => {
  const rooms = new Map<number, number>();
  const read = createMachineLoad(rooms);
  const alone = read().memory_mb;
  ok(alone > 20);
  rooms.set(11, 1_000_000_000);
  ok(read().memory_mb > 1_000);
});
