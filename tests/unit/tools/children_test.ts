import { deepEqual } from "node:assert/strict";
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
