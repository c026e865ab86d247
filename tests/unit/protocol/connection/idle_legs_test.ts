/**
 * The four legs with the real dialling end and the real served end, over a network that the test controls.
 *
 * @module
 */
import { equal, ok } from "node:assert/strict";
import { createControlLink } from "../../../../agent/control_link.ts";
import { agentLegServer } from "../../../../coordinator/sockets/agent.ts";
import { operatorLegServer } from "../../../../coordinator/sockets/operator.ts";
import { TOKEN_SECONDS } from "../../../../coordinator/secrets/signed_token.ts";
import { FULL_PASS } from "../../../../coordinator/domain/pass.ts";
import { userLegServer } from "../../../../coordinator/sockets/user.ts";
import { workerLegServer } from "../../../../coordinator/sockets/worker.ts";
import { KEEP_ALIVE, longestSilence } from "../../../../protocol/connection/keep_alive.ts";
import {
  type FromOperator,
  fromOperator,
  type ToOperator,
  toOperator,
} from "../../../../protocol/legs/operator_leg.ts";
import {
  type FromUser,
  fromUser,
  type ToUser,
  toUser,
} from "../../../../protocol/legs/user_leg.ts";
import { createLegSocket } from "../../../../web/shared/socket/leg_socket.ts";
import { createCoordinatorLink } from "../../../../worker/coordinator_link.ts";
import { Cable } from "../../../support/control/cable.ts";
import type { FakeClock } from "../../../fakes/clock.ts";
import { createFakeCoordinator, CREDENTIAL, helloOf } from "../../../fakes/coordinator.ts";
import { factsOf } from "../../../support/coordinator/request_facts.ts";
import { HOST, openBench } from "../../../support/control/bench.ts";
import { ABOUT, createDeviceKey } from "../../../support/control/device.ts";

interface Scene extends Disposable {
  readonly clock: FakeClock;
  readonly cable: Pick<Cable<never, never>, "lost" | "dialled" | "served">;
  /** Time until something has to be renewed, in milliseconds, and how it is. */
  readonly renewal?: { readonly after: number; readonly run: () => Promise<void> };
}

function ofUser(): Scene {
  const { clock, services } = createFakeCoordinator();
  const server = () => userLegServer(services, { ports: services, query: {}, pass: FULL_PASS });
  const cable = new Cable(services, server);
  const socket = createLegSocket<ToUser, FromUser>({
    ...{ clock, random: services.random, dial: cable.dial, url: () => "ws://test/ws" },
    ...{ incoming: toUser, outgoing: fromUser, listener: () => {}, unreadable: fail },
  });
  return { clock, cable, [Symbol.dispose]: () => socket[Symbol.dispose]() };
}

function ofWorker(): Scene {
  const { clock, services } = createFakeCoordinator();
  const { random, log } = services;
  const cable = new Cable(services, () => workerLegServer(services, { ports: services }));
  const link = createCoordinatorLink({
    ...{ clock, random, log, url: "ws://test/wso", dial: cable.dial, credential: CREDENTIAL },
    hello: (nonce) => ({ id: "1", type: "worker.hello", payload: helloOf("w1", { nonce }) }),
    receive: () => {},
    accepted: () => {},
  });
  return { clock, cable, [Symbol.dispose]: () => link[Symbol.dispose]() };
}

async function ofAgent(): Promise<Scene> {
  const bench = await openBench();
  const { clock, ports, control } = bench;
  const admin = await bench.admin();
  const made = await bench.http("POST", "/api/senders", { as: admin, body: { name: "Box" } });
  const key = await createDeviceKey();
  const credentials = {
    ...{ publicKey: key.publicKey, senderId: undefined, token: made.body.enrollment_token },
  };
  const facts = factsOf({ headers: { host: HOST }, peer: "192.0.2.1" });
  const cable = new Cable(ports, () => agentLegServer(control, { ports, facts }));
  const link = createControlLink({
    ...{ clock, random: ports.random, log: ports.log, dial: cable.dial, sign: key.sign },
    target: () => ({ url: `wss://${HOST}/agent/ws`, credentials }),
    facts: () => ({ ...ABOUT, running_streams: [] }),
    listener: { online: () => {}, received: () => {}, changed: () => {} },
  });
  /** A challenge and its answer; the device's first one is its login. */
  let token: string | undefined;
  const proof = async () => {
    const before = token;
    for (; token === before; token = link.state.state === "online" ? link.state.token : token) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  await settled(clock, proof());
  const after = (TOKEN_SECONDS - 60) * 1000 - 1_000;
  return {
    ...{ clock, cable, renewal: { after, run: () => settled(clock, proof()) } },
    [Symbol.dispose]() {
      link[Symbol.dispose]();
      bench[Symbol.dispose]();
    },
  };
}

async function ofOperator(): Promise<Scene> {
  const bench = await openBench();
  const { clock, ports, control } = bench;
  let { token } = await bench.admin();
  const cable = new Cable(
    ports,
    () => operatorLegServer(control, { ports, userAgent: "test" }),
  );
  const socket = createLegSocket<ToOperator, FromOperator>({
    ...{ clock, random: ports.random, dial: cable.dial, url: () => "ws://test/api/ws" },
    ...{ incoming: toOperator, outgoing: fromOperator, listener: () => {}, unreadable: fail },
  });
  const renew = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const renewed = await bench.http("POST", "/api/auth/refresh", { headers });
    token = renewed.body.token;
    const answer = await socket.request("auth.login", { token });
    ok(!("error" in answer), JSON.stringify(answer));
  };
  await clock.run(100);
  await settled(clock, renew());
  return {
    ...{ clock, cable },
    renewal: { after: 300_000, run: () => settled(clock, renew()) },
    [Symbol.dispose]() {
      socket[Symbol.dispose]();
      bench[Symbol.dispose]();
    },
  };
}

/** Moves time on until the running work has ended; its cryptography takes real time. */
async function settled(clock: FakeClock, running: Promise<void>): Promise<void> {
  let over = false;
  const ended = running.finally(() => over = true);
  while (!over) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await clock.run(1);
  }
  await ended;
}

function fail(reason: string): void {
  throw new Error(reason);
}

const LEGS = { "/ws": ofUser, "/wso": ofWorker, "/agent/ws": ofAgent, "/api/ws": ofOperator };

for (const [path, open] of Object.entries(LEGS)) {
  Deno.test(`[LEG14] an hour without traffic ends no connection of ${path}`, async () => {
    using scene = await open();
    const { renewal = { after: 600_000, run: () => Promise.resolve() } } = scene;
    while (scene.clock.now() < 3_600_000) {
      await scene.clock.run(renewal.after);
      await renewal.run();
    }
    equal(scene.cable.dialled, 1);
    equal(scene.cable.served[0]?.open, true);
  });

  for (const lost of [["toServer"], ["toClient"], ["toServer", "toClient"]] as const) {
    Deno.test(`[LEG15] both ends of ${path} notice that ${lost.join(" and ")} is lost`, async () => {
      using scene = await open();
      await scene.clock.run(2 * KEEP_ALIVE.period + 100);
      for (const direction of lost) scene.cable.lost[direction] = true;
      await scene.clock.run(longestSilence(KEEP_ALIVE) + 100);
      equal(scene.cable.served[0]?.open, false);
      await scene.clock.run(30_000);
      ok(scene.cable.dialled > 1, "the client still believes in the old connection");
    });
  }
}
