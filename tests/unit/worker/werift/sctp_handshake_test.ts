import { deepEqual, equal } from "node:assert/strict";
import type { RTCSctpTransport } from "werift";
import { shortenSctpHandshake } from "../../../../worker/werift/sctp/handshake.ts";

const INIT = 1;
const SACK = 3;

function setup() {
  const sent: number[] = [];
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const sctp = {
    rto: 3,
    sendChunk(chunk: { type: number } | undefined) {
      sent.push(chunk!.type);
      return left;
    },
  };
  shortenSctpHandshake({ sctp } as unknown as RTCSctpTransport);
  return { sctp, sent, leave };
}

Deno.test("[PEE20] werift accepts the answer to its INIT before the sending of the INIT has completed", async () => {
  const { sctp, sent } = setup();
  await sctp.sendChunk({ type: INIT });
  deepEqual(sent, [INIT]);
});

Deno.test("[PEE20] chunks after the handshake complete when they are sent", async () => {
  const { sctp, leave } = setup();
  let over = false;
  const sending = sctp.sendChunk({ type: SACK }).then(() => over = true);
  await Promise.resolve();
  equal(over, false);
  leave();
  await sending;
  equal(over, true);
});

Deno.test("[PEE20] a packet whose answer comes when it is to be repeated is not sent, and ends nothing", async () => {
  const { sctp, sent } = setup();
  await sctp.sendChunk(undefined);
  deepEqual(sent, []);
});

Deno.test("[PEE20] a lost packet of the handshake is repeated after one second", () => {
  equal(setup().sctp.rto, 1);
});
