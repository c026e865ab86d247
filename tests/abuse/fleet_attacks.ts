/**
 * Attacks by those who hold something of the fleet: a worker's credential, or a page in somebody's browser.
 *
 * @module
 */
import { type ToWorker, toWorker } from "../../protocol/legs/worker_leg.ts";
import { helloOf } from "../fakes/coordinator.ts";
import { Dialled } from "../support/coordinator/served.ts";
import { HOSTILE_TEXTS } from "../support/control/hostile.ts";
import { ask, type Attack, repeat, type Target } from "./attack.ts";

/** Where the attacker is. */
const FROM = "127.0.0.70";
/** How requests end that were not carried out: refused for what they are, or for how many there are. */
const HELD: readonly number[] = [0, 403, 429];

/** Whether the coordinator accepts a worker of this id by the credential of the one that runs. */
async function isAccepted(target: Target, worker: string, instance: string): Promise<boolean> {
  const url = target.url.replace("http", "ws").replace("localhost", "127.0.0.1");
  const socket = new Dialled<ToWorker>(`${url}/wso`, toWorker.decode, { localAddress: FROM });
  // An upgrade is refused when there are too many: then nobody gets in.
  const isOpen = await Promise.race([
    socket.opened.then(() => true),
    socket.closed.then(() => false),
  ]);
  if (!isOpen) return false;
  const hello = helloOf(worker, { credential: target.workerCredential, instance, capacity: 9 });
  socket.send("worker.hello", hello);
  const { payload } = await socket.next("worker.hello.response");
  socket.hangUp();
  return !("error" in payload);
}

/** The id of the worker that runs. */
async function workerOf({ url }: Target): Promise<string> {
  const { workers } = await (await fetch(`${url}/api/workers`)).json();
  return workers[0].worker_id;
}

/** Attacks on the fleet. */
export const attacks: readonly Attack[] = [
  {
    name: "connect as another worker with a worker's credential",
    run: (target) => repeat(target, (n) => isAccepted(target, `thief-${n % 5}`, "thief")),
  },
  {
    name: "take over the name of a worker that is connected",
    async run(target) {
      const worker = await workerOf(target);
      return await repeat(target, (n) => isAccepted(target, worker, `thief-${n}`));
    },
  },
  {
    name: "change something from a page of another site",
    run: (target) =>
      repeat(target, async (n) => {
        const path = ["logout", "refresh", "login", "setup"][n % 4];
        const { status } = await ask(target, `/api/auth/${path}`, {
          from: FROM,
          method: "POST",
          headers: { origin: "https://evil.example", "content-type": "application/json" },
          body: "{}",
        });
        return !HELD.includes(status);
      }),
  },
  {
    name: "bring the coordinator to a fault of its own by what a call holds",
    run: (target) =>
      repeat(target, async (n) => {
        const text = encodeURIComponent(HOSTILE_TEXTS[n % HOSTILE_TEXTS.length]!.toWellFormed());
        const paths = [
          `/api/apps?zone=${text}`,
          `/api/${text.slice(0, 400)}`,
          `/ws?room_id=${text}`,
        ];
        const path = paths[n % 3]!.slice(0, 4_000);
        const headers = { cookie: "farpad_login=%ff" };
        const { status } = await ask(target, path, { from: FROM, headers });
        return status >= 500;
      }),
  },
];
