import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { credibleRecords } from "../../../../worker/werift/dtls_filter.ts";

const TYPE = { change: 20, alert: 21, handshake: 22, data: 23 } as const;

/** One DTLS record (RFC 6347 §4.1). */
function record(
  type: number,
  { epoch = 0, body = [1, 2, 3] }: { epoch?: number; body?: number[] },
) {
  const header = [type, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 7, 0, body.length];
  return Uint8Array.from([...header, ...body]);
}

function join(...records: Uint8Array[]): Uint8Array {
  return Uint8Array.from(records.flatMap((each) => [...each]));
}

/** The records that pass, one after the other. */
function passed(datagram: Uint8Array, phase: "handshake" | "connected"): Uint8Array {
  return join(...credibleRecords(datagram, phase));
}

Deno.test("[PEE14] the flights of a browser pass, also with several records in one datagram", () => {
  const flight = join(
    record(TYPE.handshake, {}),
    record(TYPE.change, {}),
    record(TYPE.handshake, { epoch: 1 }),
  );
  deepEqual(passed(flight, "handshake"), flight);
});

Deno.test("[PEE14] after the handshake, the encrypted records of a repeated last flight pass", () => {
  const finished = record(TYPE.handshake, { epoch: 1 });
  const flight = join(record(TYPE.handshake, {}), record(TYPE.change, {}), finished);
  deepEqual(passed(flight, "connected"), finished);
});

Deno.test("[PEE14] forged alerts, hellos and unknown records are dropped", () => {
  for (
    const forged of [
      record(TYPE.alert, { body: [1, 0] }),
      record(TYPE.alert, { epoch: 1, body: [1, 0] }),
      record(TYPE.alert, { epoch: 1, body: [] }),
      record(TYPE.handshake, {}),
      record(TYPE.data, {}),
      record(40, { epoch: 1 }),
    ]
  ) equal(passed(forged, "connected").length, 0, forged.toString());
  for (const forged of [record(TYPE.alert, { body: [2, 40] }), record(40, {})]) {
    equal(passed(forged, "handshake").length, 0, forged.toString());
  }
});

Deno.test("[PEE14] encrypted alerts and encrypted data pass", () => {
  const goodbye = record(TYPE.alert, { epoch: 1, body: [0, 1, 0, 0, 0, 0, 0, 9, 7, 7] });
  const data = record(TYPE.data, { epoch: 1 });
  deepEqual(passed(goodbye, "connected"), goodbye);
  deepEqual(passed(data, "connected"), data);
});

Deno.test("[PEE14] from any bytes only whole records pass", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom("handshake" as const, "connected" as const),
    (bytes, phase) => {
      const kept = passed(bytes, phase);
      deepEqual(passed(kept, phase), kept);
    },
  ));
  equal(passed(record(TYPE.data, { epoch: 1 }).subarray(0, 15), "connected").length, 0);
});
