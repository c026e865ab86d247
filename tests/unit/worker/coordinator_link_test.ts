import { deepEqual, equal } from "node:assert/strict";
import { hashCredential, proofOf } from "../../../protocol/legs/worker_proof.ts";
import type { Wire, WireListener } from "../../../protocol/connection/leg_client.ts";
import { createLog } from "../../../protocol/log.ts";
import { fromWorker, type ToWorker, toWorker } from "../../../protocol/legs/worker_leg.ts";
import { createCoordinatorLink } from "../../../worker/coordinator_link.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { CREDENTIAL, helloOf } from "../../fakes/coordinator.ts";
import { SeededRandom } from "../../fakes/random.ts";

/** A worker that dialled a program, which a test speaks for. */
function setup() {
  const clock = new FakeClock();
  const dialled: { readonly listener: WireListener; readonly sent: string[]; code?: number }[] = [];
  const received: string[] = [];
  const keys: string[] = [];
  const link = createCoordinatorLink({
    ...{ clock, random: new SeededRandom(), url: "ws://test/wso", credential: CREDENTIAL },
    log: createLog({ clock, sink: () => {} }),
    hello: (nonce) => ({ id: "1", type: "worker.hello", payload: helloOf("w1", { nonce }) }),
    receive: ({ type }) => void received.push(type),
    accepted: (key) => void keys.push(key),
    dial(_url, listener): Wire {
      const end: (typeof dialled)[number] = { listener, sent: [] };
      dialled.push(end);
      return {
        send: (text) => void end.sent.push(text),
        close: (code, reason) => {
          end.code = code;
          listener.closed(code, reason);
        },
        terminate: () => void (end.code = 0),
        bufferedAmount: 0,
      };
    },
  });
  const end = () => dialled.at(-1)!;
  const say = (type: string, payload: unknown) =>
    end().listener.text(toWorker.encode({ id: "1", type, payload } as ToWorker));
  function hello() {
    end().listener.opened();
    const decoded = fromWorker.decode(end().sent[0]!);
    if (!decoded.ok || decoded.message.type !== "worker.hello") throw new Error("no hello");
    return decoded.message.payload;
  }
  return { clock, dialled, received, keys, end, say, hello, link };
}

const answer = (proof: string | undefined) => ({
  worker_id: "w1",
  pass_key: "k".repeat(64),
  ...(proof !== undefined && { proof }),
});

Deno.test("[WRK12] a worker obeys the coordinator that proves to know its credential", () => {
  const { say, hello, received, keys, end, link } = setup();
  const { worker_id, nonce } = hello();
  say(
    "worker.hello.response",
    answer(proofOf({ worker_id, nonce: nonce! }, hashCredential(CREDENTIAL))),
  );
  say("worker.drain", { deadline_ms: 0 });
  deepEqual([received, keys.length, end().code], [["worker.drain"], 1, undefined]);
  link[Symbol.dispose]();
});

Deno.test("[WRK12] a worker obeys no stranger at the coordinator's address, and dials again after a minute", () => {
  const strangers = [
    undefined,
    "A".repeat(43),
    proofOf(
      { worker_id: helloOf("w1").worker_id, nonce: "B".repeat(43) },
      hashCredential(CREDENTIAL),
    ),
  ];
  for (const proof of strangers) {
    const { clock, dialled, say, hello, received, keys, end, link } = setup();
    hello();
    say("worker.drain", { deadline_ms: 0 });
    say("worker.hello.response", answer(proof));
    equal(end().code, 4403);
    deepEqual([received, keys], [[], []]);
    clock.advance(59_000);
    equal(dialled.length, 1);
    clock.advance(2_000);
    equal(dialled.length, 2);
    link[Symbol.dispose]();
  }
});

Deno.test("[WRK12] each hello has a nonce of its own", () => {
  const { clock, hello, end, link } = setup();
  const first = hello().nonce;
  end().listener.closed(1006);
  clock.advance(5_000);
  equal(first === hello().nonce, false);
  link[Symbol.dispose]();
});

Deno.test("[LEG20] a program that opens the connection and never answers the hello is dialled again", () => {
  const { clock, dialled, hello, end, link } = setup();
  hello();
  clock.advance(14_000);
  equal(end().code, undefined);
  clock.advance(1_000);
  equal(end().code, 0, "cut off");
  clock.advance(5_000);
  equal(dialled.length, 2);
  link[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[LEG20] an accepted hello ends the limit", () => {
  const { clock, say, hello, end, link } = setup();
  const { worker_id, nonce } = hello();
  const proof = proofOf({ worker_id, nonce: nonce! }, hashCredential(CREDENTIAL));
  say("worker.hello.response", answer(proof));
  clock.advance(20_000);
  equal(end().code, undefined);
  link[Symbol.dispose]();
});
