import { equal } from "node:assert/strict";
import { PartialMessages } from "../../../../coordinator/sockets/partial_messages.ts";
import {
  CLOSE_LIMIT,
  LOST_AFTER,
  MESSAGE_LIMIT,
  PING_AFTER,
  Transport,
} from "../../../../coordinator/sockets/transport.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  return { clock, transport: new Transport(clock) };
}

Deno.test("[LEG18] a message that is not complete in time is due, however often a byte of it comes", () => {
  const { clock, transport } = setup();
  for (let ms = 0; ms <= MESSAGE_LIMIT; ms += 1_000) {
    transport.received();
    equal(transport.due(), undefined);
    clock.advance(1_000);
  }
  equal(transport.due(), "slow message");
});

Deno.test("[LEG18] complete messages are never due", () => {
  const { clock, transport } = setup();
  for (let n = 0; n < 20; n++) {
    transport.received();
    transport.complete();
    clock.advance(MESSAGE_LIMIT);
    equal(transport.due(), undefined);
  }
});

Deno.test("[LEG16] a silent socket is pinged once, and lost when it stays silent", () => {
  const { clock, transport } = setup();
  clock.advance(PING_AFTER - 1);
  equal(transport.due(), undefined);
  clock.advance(1);
  equal(transport.due(), "ping");
  equal(transport.due(), undefined);
  clock.advance(LOST_AFTER - PING_AFTER);
  equal(transport.due(), "lost");
});

Deno.test("[LEG19] a socket that does not agree to its close is lost", () => {
  const { clock, transport } = setup();
  transport.closing();
  transport.received();
  clock.advance(CLOSE_LIMIT - 1);
  equal(transport.due(), undefined);
  clock.advance(1);
  equal(transport.due(), "lost");
});

Deno.test("[LEG18] where incomplete messages take too much memory the socket with the most has to go", () => {
  const partial = new PartialMessages<string>(100);
  equal(partial.add("ana", 10), undefined);
  equal(partial.add("mallory", 80), undefined);
  equal(partial.add("ana", 20), "mallory");
  partial.clear("mallory");
  equal(partial.add("ana", 60), undefined);
  equal(partial.add("ana", 20), "ana");
});
