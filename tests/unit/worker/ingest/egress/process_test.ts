import { deepEqual, equal } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { egressProcesses } from "../../../../../worker/ingest/egress/process.ts";

/** An egress process; a kill is its end. */
class FakeProcess extends EventEmitter {
  readonly stdin = new EventEmitter();
  readonly sent: unknown[] = [];

  send(message: unknown): void {
    this.sent.push(message);
  }

  kill(signal: string): void {
    this.emit("exit", null, signal);
  }
}

Deno.test("[EGR6] an egress process that sends what cannot be read is ended with the reason", () => {
  const child = new FakeProcess();
  const reported: unknown[] = [];
  const start = egressProcesses({
    startChild: () => child as unknown as ChildProcess,
    permissions: [],
    allowedHosts: [],
  });
  start({ id: "d1", url: "srt://studio:9000" } as unknown as Parameters<typeof start>[0], {
    connected: () => void reported.push("connected"),
    sent: (bytes) => void reported.push(bytes),
    gone: (detail) => void reported.push(detail),
  });
  child.emit("message", { type: "ready" });
  equal(child.sent.length, 1);
  child.emit("message", { type: "connected" });
  child.emit("message", { type: "sent", bytes: 7 });
  child.emit("message", { type: "sent", bytes: "many" });
  child.emit("message", { type: "sent", bytes: 8 });
  deepEqual(reported, ["connected", 7, "Its process sent a message that cannot be read"]);
});
