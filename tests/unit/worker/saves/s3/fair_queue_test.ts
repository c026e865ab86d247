import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { FairQueue } from "../../../../../worker/saves/s3/fair_queue.ts";

const BOUNDS = { atOnce: 8, each: 4, waiting: 64 };

function setup() {
  const queue = new FairQueue(BOUNDS);
  const running: string[] = [];
  const refused: string[] = [];
  const clients = new Map<string, object>();
  const clientOf = (name: string): object => {
    const client = clients.get(name) ?? { name };
    clients.set(name, client);
    return client;
  };
  /** Adds requests such as `ana1`, of the client `ana`. */
  const add = (name: string, count = 1) => {
    for (let n = 1; n <= count; n++) {
      const request = `${name}${n}`;
      queue.add(clientOf(name), {
        begin: () => void running.push(request),
        refuse: () => void refused.push(request),
      });
    }
  };
  const end = (request: string) => {
    running.splice(running.indexOf(request), 1);
    queue.end(clientOf(request.replace(/\d+$/, "")));
  };
  return { queue, add, end, running, refused };
}

Deno.test("[SAV39] one room takes half of what runs at once, and another one begins beside it", () => {
  const { add, running } = setup();
  add("ana", 60);
  deepEqual(running, ["ana1", "ana2", "ana3", "ana4"]);
  add("ben", 2);
  deepEqual(running.slice(4), ["ben1", "ben2"]);
});

Deno.test("[SAV39] whoever has the fewest running is served next, and each in its order", () => {
  const { add, end, running } = setup();
  add("ana", 10);
  add("ben", 10);
  add("cyd", 2);
  end("ana1");
  end("ben1");
  deepEqual(running.slice(-2), ["cyd1", "cyd2"]);
  end("ana2");
  end("ben2");
  end("cyd1");
  deepEqual(running.slice(-3), ["ana5", "ben5", "ana6"]);
});

Deno.test("[SAV39] while as many wait as may, whoever has the most waiting gives up its newest", () => {
  const { add, refused } = setup();
  add("ana", 68);
  deepEqual(refused, []);
  add("ana");
  deepEqual(refused, ["ana1"]);
  add("ben", 5);
  deepEqual(refused.slice(1), ["ana68"]);
});

Deno.test("[SAV39] a client of which nothing runs and nothing waits is known no longer", () => {
  const { queue, add, end, refused } = setup();
  add("eve", 4);
  add("fay", 4);
  for (let n = 1; n <= 64; n++) add(`one${n}_`);
  equal(queue.clients, 66);
  for (let n = 65; n <= 128; n++) add(`one${n}_`);
  deepEqual([queue.clients, refused.length], [66, 64]);
  for (let n = 1; n <= 4; n++) {
    end(`eve${n}`);
    end(`fay${n}`);
  }
  for (let n = 1; n <= 64; n++) end(`one${n}_1`);
  equal(queue.clients, 0);
});

Deno.test("[SAV39] in any order the bounds hold, and every request runs or is refused once", () => {
  const action = fc.oneof(
    fc.record({
      add: fc.constantFrom("ana", "ben", "cyd", "dee"),
      count: fc.integer({ min: 1, max: 40 }),
    }),
    fc.record({ end: fc.nat() }),
  );
  fc.assert(fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
    const { add, end, running, refused } = setup();
    let [added, ended] = [0, 0];
    const check = () => {
      ok(running.length <= BOUNDS.atOnce);
      for (const name of ["ana", "ben", "cyd", "dee"]) {
        ok(running.filter((each) => each.startsWith(name)).length <= BOUNDS.each);
      }
      ok(added - ended - running.length - refused.length <= BOUNDS.waiting);
    };
    for (const each of actions) {
      if ("add" in each) {
        add(each.add, each.count);
        added += each.count;
      } else if (running.length > 0) {
        end(running[each.end % running.length]!);
        ended += 1;
      }
      check();
    }
    while (running.length > 0) {
      end(running[0]!);
      ended += 1;
      check();
    }
    equal(added, ended + refused.length);
  }));
});
