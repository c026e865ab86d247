/**
 * The contract of sending media, on each of the three ways.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { createLog } from "../../../protocol/log.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { openFastSend } from "../../../worker/fast_send/fast_send.ts";
import { rtpWriterContract } from "../../contracts/rtp_writer_contract.ts";

const log = createLog({ clock: systemClock, sink: () => {} });

for (const path of ["gso", "mmsg"] as const) {
  rtpWriterContract(path, () => found(openFastSend({ log, only: path })));

  Deno.test(`[FST1] a process that may use only ${path} says that it uses it`, () => {
    const said: string[] = [];
    const recorded = createLog({ clock: systemClock, sink: (line) => void said.push(line) });
    found(openFastSend({ log: recorded, only: path }));
    equal(said.length, 1);
    equal(JSON.parse(said[0]!).path, path);
  });
}
rtpWriterContract("werift", () => undefined);

function found<Found>(fast: Found | undefined): Found {
  if (!fast) throw new Error("This machine has not this way of sending");
  return fast;
}
