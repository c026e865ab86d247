/**
 * The contract of sending media, on each of the three ways.
 *
 * @module
 */
import { createLog } from "../../../protocol/log.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { openFastSend } from "../../../worker/fast_send/fast_send.ts";
import { rtpWriterContract } from "../../contracts/rtp_writer_contract.ts";

const log = createLog({ clock: systemClock, sink: () => {} });

rtpWriterContract("gso", () => found(openFastSend({ log, only: "gso" })));
rtpWriterContract("mmsg", () => found(openFastSend({ log, only: "mmsg" })));
rtpWriterContract("werift", () => undefined);

function found<Found>(fast: Found | undefined): Found {
  if (!fast) throw new Error("This machine has not this way of sending");
  return fast;
}
