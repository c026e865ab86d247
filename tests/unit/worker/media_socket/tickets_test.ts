import { deepEqual, equal, notEqual } from "node:assert/strict";
import { PeerId, SessionId } from "../../../../protocol/ids.ts";
import { MOST_TICKETS, TICKET_LIFETIME, Tickets } from "../../../../worker/media_socket/tickets.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const offered = { session: SessionId.parse("ana"), peer: PeerId.parse("peer_1") };
const bytesOf = (ticket: string) => Uint8Array.fromBase64(ticket, { alphabet: "base64url" });

function setup() {
  const clock = new FakeClock();
  return { clock, tickets: new Tickets({ clock, random: new SeededRandom() }) };
}

Deno.test("[TCP4] a ticket is good once, for the offer that it was made for", () => {
  const { tickets } = setup();
  const ticket = bytesOf(tickets.give(offered));
  equal(ticket.length, 32);
  deepEqual(tickets.take(ticket), offered);
  equal(tickets.take(ticket), undefined);
});

Deno.test("[TCP4] a ticket that was changed, guessed or is over is none", () => {
  const { clock, tickets } = setup();
  const ticket = bytesOf(tickets.give(offered));
  equal(tickets.take(ticket.with(0, ticket[0]! ^ 1)), undefined);
  equal(tickets.take(new Uint8Array(32)), undefined);
  clock.advance(TICKET_LIFETIME);
  equal(tickets.take(ticket), undefined);
});

Deno.test("[TCP4] every offer has a ticket of its own, and the oldest of too many is dropped", () => {
  const { tickets } = setup();
  const first = tickets.give(offered);
  notEqual(tickets.give(offered), first);
  for (let n = 0; n < MOST_TICKETS; n++) tickets.give(offered);
  equal(tickets.take(bytesOf(first)), undefined);
});
