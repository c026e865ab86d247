import { deepEqual, equal } from "node:assert/strict";
import { SMALL_HEAP, V8_FLAGS } from "../../../protocol/process/small_memory.ts";
import {
  agentChild,
  coordinatorChild,
  launchSettings,
  workerChild,
} from "../../../tools/start/children.ts";

Deno.test("[SET15] no child shows progress of loading, which would overwrite the printed lines", () => {
  const settings = launchSettings({ FARPAD_DATA: "/data" }, "a credential");
  const children = [coordinatorChild, workerChild].map((child) => child(settings));
  for (const { name, args } of [...children, agentChild(settings, undefined)]) {
    deepEqual(args.slice(0, 3), ["run", "--quiet", "--no-prompt"], name);
  }
});

Deno.test("[MEM2] every child starts with a small heap and a small space for young objects", () => {
  const settings = launchSettings({ FARPAD_DATA: "/data", MALLOC_ARENA_MAX: "8" }, "a credential");
  const children = [coordinatorChild, workerChild].map((child) => child(settings));
  for (const { name, args, env } of [...children, agentChild(settings, undefined)]) {
    equal(args.includes(V8_FLAGS), true, name);
    equal(env.MALLOC_TRIM_THRESHOLD_, SMALL_HEAP.MALLOC_TRIM_THRESHOLD_, name);
    equal(env.MALLOC_ARENA_MAX, "8", name);
  }
});
