import { deepEqual, equal, ok } from "node:assert/strict";
import { createMachineLoad, memoryBelow, parseProcess } from "../../../worker/machine_load.ts";

Deno.test("[WRK10] a worker's memory is its own and that of every process below it, shared pages once", () => {
  const table = [
    { pid: 10, parent: 1, resident: 300, shared: 100 },
    { pid: 11, parent: 10, resident: 250, shared: 100 },
    { pid: 12, parent: 11, resident: 120, shared: 100 },
    { pid: 20, parent: 1, resident: 900, shared: 0 },
  ];
  equal(memoryBelow(10, table), 300 + 150 + 20);
  equal(memoryBelow(99, table), 0);
});

Deno.test("[WRK10] the parent of a process is read behind its name, which may hold brackets", () => {
  const stat = "42 (a) b (c)) S 7 42 42 0 -1";
  deepEqual(parseProcess(42, { stat, statm: "5000 300 100 1 0 200 0" }), {
    pid: 42,
    parent: 7,
    resident: 300 * 4096,
    shared: 100 * 4096,
  });
  equal(parseProcess(42, { stat: "", statm: "" }), undefined);
});

Deno.test("[WRK10] the memory of this process is read in megabytes of a million bytes", () => {
  ok(createMachineLoad()().memory_mb > 20);
});
