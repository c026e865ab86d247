import { deepEqual, equal, ok } from "node:assert/strict";
import { array, assert, constantFrom, integer, property, tuple } from "fast-check";
import { ConnectionPool, poolLimits } from "../../../../coordinator/listen/connection_pool.ts";

interface Peer {
  readonly name: string;
}

function setup(limits = { total: 4, reserved: 1, newPerPrefix: 2 }) {
  const pool = new ConnectionPool<Peer>(limits);
  let made = 0;
  const enter = (address = `192.0.2.${++made}`, trusted = false) => {
    const peer = { name: address };
    const entered = pool.enter(peer, { address, trusted });
    return { peer, ...entered };
  };
  return { pool, enter };
}

Deno.test("[ADM7] beyond an address's limit its longest waiting connection goes, and nobody else's", () => {
  const { pool, enter } = setup();
  enter("192.0.2.9");
  const [first, second] = [enter("192.0.2.1"), enter("192.0.2.1")];
  pool.busy(first.peer);
  const third = enter("192.0.2.1");
  ok(third.admitted);
  equal(third.displaced, second.peer);
});

Deno.test("[ADM7] addresses of one IPv6 /64 count as one", () => {
  const { enter } = setup();
  const first = enter("2001:db8::1");
  enter("2001:db8::2");
  const third = enter("2001:db8::3");
  ok(third.admitted);
  equal(third.displaced, first.peer);
  const other = enter("2001:db8:0:1::3");
  ok(other.admitted);
  equal(other.displaced, undefined);
});

Deno.test("[ADM8] where all places are taken the longest waiting new connection goes", () => {
  const { pool, enter } = setup();
  const peers = Array.from({ length: 4 }, () => enter().peer);
  pool.rise(peers[0]!, "player");
  pool.busy(peers[1]!);
  pool.waits(peers[1]!);
  const fifth = enter();
  ok(fifth.admitted);
  equal(fifth.displaced, peers[2]);
});

Deno.test("[ADM8] where no connection is new a newcomer is turned away", () => {
  const { pool, enter } = setup();
  for (const _ of "1234") pool.rise(enter().peer, "known");
  equal(enter().admitted, false);
  equal(pool.size, 4);
});

Deno.test("[ADM9] players leave room for operators, workers and devices", () => {
  const { pool, enter } = setup();
  const peers = Array.from({ length: 4 }, () => enter().peer);
  deepEqual(peers.map((peer) => pool.rise(peer, "player")), [true, true, true, false]);
  ok(pool.rise(peers[3]!, "known"));
  pool.leave(peers[0]!);
  ok(pool.rise(enter().peer, "player"));
});

Deno.test("[ADM7] a trusted proxy's connections count in the total only", () => {
  const { enter } = setup();
  for (const _ of "1234") equal(enter("10.0.0.1", true).displaced, undefined);
});

Deno.test("[ADM11] without files the longest waiting new connections go, and there are fewer for a while", () => {
  const { pool, enter } = setup({ total: 100, reserved: 25, newPerPrefix: 100 });
  const peers = Array.from({ length: 50 }, () => enter().peer);
  pool.rise(peers[0]!, "player");
  deepEqual(pool.shrink(32), peers.slice(1, 33));
  ok(enter().displaced);
  pool.restore();
  equal(enter().displaced, undefined);
});

Deno.test("[ADM8] no limit is ever exceeded, and nobody who plays or is known is displaced", () => {
  const moves = array(
    tuple(
      constantFrom("enter", "busy", "waits", "player", "known", "leave"),
      integer({ min: 0, max: 9 }),
    ),
    { maxLength: 200 },
  );
  assert(property(moves, (all) => {
    const limits = poolLimits(8);
    const { pool, enter } = setup({ ...limits, newPerPrefix: 3 });
    const open: Peer[] = [];
    const risen = new Set<Peer>();
    for (const [move, n] of all) {
      const peer = open[n % Math.max(1, open.length)];
      if (move === "enter") {
        const entered = enter(`192.0.2.${n}`);
        if (!entered.admitted) continue;
        if (entered.displaced) {
          ok(!risen.has(entered.displaced));
          open.splice(open.indexOf(entered.displaced), 1);
        }
        open.push(entered.peer);
      } else if (peer && move === "leave") {
        pool.leave(peer);
        open.splice(open.indexOf(peer), 1);
      } else if (peer && (move === "busy" || move === "waits")) pool[move](peer);
      else if (peer && pool.rise(peer, move as "player" | "known")) risen.add(peer);
      equal(pool.size, open.length);
      ok(pool.size <= limits.total);
      ok(pool.count("player") <= limits.total - limits.reserved);
    }
  }));
});
