/**
 * A whole coordinator in memory: the product's services and control plane on a memory store and a clock that the
 * test moves, without ports. Scripted devices, workers and operators connect to it.
 *
 * @module
 */
import { createLocalBus } from "../../../coordinator/adapters/local_bus.ts";
import { createLocalLease } from "../../../coordinator/adapters/local_lease.ts";
import { createMemoryStore } from "../../../coordinator/adapters/memory_store.ts";
import { createApp } from "../../../coordinator/app.ts";
import type { CarHost } from "../../../coordinator/fleet/demo_car.ts";
import { openControl } from "../../../coordinator/control.ts";
import type { Store } from "../../../coordinator/ports.ts";
import { createSigningKey } from "../../../coordinator/secrets/key_folder.ts";
import type { SingleSignOnOptions } from "../../../coordinator/sign_in/single_sign_on.ts";
import { agentLegServer } from "../../../coordinator/sockets/agent.ts";
import { factsOf } from "../coordinator/request_facts.ts";
import { operatorLegServer } from "../../../coordinator/sockets/operator.ts";
import { type LegServer, type Served, serveLeg } from "../../../coordinator/sockets/serve_leg.ts";
import { workerLegServer } from "../../../coordinator/sockets/worker.ts";
import { writeHttp } from "../../../protocol/addresses/http.ts";
import type { StorageWatch } from "../../../protocol/disk/storage_watch.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { createFakeCoordinator } from "../../fakes/coordinator.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { FakeWire } from "./wire.ts";

export const HOST = "farpad.example";
/** The key that seals stored secrets. */
export const SEALING_KEY = new Uint8Array(32).fill(7);
const CHEAP = { ln: 1, r: 1, p: 1 };
const signingKey = await createSigningKey();

export interface Person {
  readonly token: string;
  readonly cookie: string;
  readonly user_id: string;
}

export interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- tests look into answers of every shape
  readonly body: any;
  readonly headers: Headers;
}

export interface Call {
  readonly body?: unknown;
  readonly as?: Person | undefined;
  readonly headers?: Record<string, string>;
  readonly address?: string;
}

export interface Posted {
  readonly url: string;
  /** The IP addresses that may be dialled. */
  readonly reachable: readonly string[];
  readonly headers: Record<string, string>;
  readonly body: string;
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

export async function openBench(
  {
    store = createMemoryStore(),
    clock = new FakeClock(),
    loopback = true,
    seed = 1,
    web = "no/such/folder",
    storage,
    singleSignOn,
    demoCar,
  }: {
    store?: Store;
    clock?: FakeClock;
    loopback?: boolean;
    seed?: number;
    /** Folder of the built pages. */
    web?: string;
    /** Whether the store can be written. */
    storage?: Pick<StorageWatch, "trouble">;
    singleSignOn?: SingleSignOnOptions;
    demoCar?: CarHost;
  } = {},
) {
  const random = new SeededRandom(seed);
  const { services, lines } = createFakeCoordinator({ clock, random });
  const { log, workers, recordings, rights, figures } = services;
  const posted: Posted[] = [];
  const world = {
    /** The HTTP status that the webhook answers with. */
    webhookStatus: 200,
    /** Host names and their addresses. */
    names: new Map([["live.example", ["203.0.114.7"]], ["hook.example", ["203.0.114.8"]]]),
  };
  const control = await openControl({
    credentials: services.credentials,
    ...{ clock, random, log, store, workers, recordings, rights, figures, signingKey, loopback },
    bus: createLocalBus(),
    lease: createLocalLease(clock),
    sealingKey: SEALING_KEY,
    urlRules: {
      resolve: (host) => Promise.resolve(world.names.get(host) ?? []),
      allowed: ["10.9.0.0/16"],
    },
    post: ({ address, reachable }, { headers, body }) => {
      posted.push({ url: writeHttp(address), reachable, headers, body });
      return Promise.resolve(world.webhookStatus);
    },
    passwordCost: CHEAP,
    ...(storage && { storage }),
    ...(demoCar && { demoCar }),
    singleSignOn,
  });
  services.attach(control);
  const ports = services;
  const app = createApp(services, { metricsToken: undefined, web });

  async function http(method: string, path: string, call: Call = {}): Promise<Answer> {
    const { body, as, headers = {}, address = "198.51.100.1" } = call;
    const response = await app.request(`http://${HOST}${path}`, {
      method,
      headers: {
        host: HOST,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(as ? { authorization: `Bearer ${as.token}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }, factsOf({ headers: { host: HOST, ...headers }, peer: address }));
    const text = await response.text();
    const json = text.startsWith("{") ? JSON.parse(text) : text;
    return { status: response.status, body: json, headers: response.headers };
  }

  function personOf({ body, headers, status }: Answer): Person {
    if (status >= 300) throw new Error(`Cannot sign in: ${JSON.stringify(body)}`);
    const cookie = (headers.get("set-cookie") ?? "").split(";")[0]!;
    return { token: body.token, cookie, user_id: body.user.user_id };
  }

  function connect<In extends { type: string; id: string }, Out>(
    server: LegServer<In, Out>,
    address: string,
  ): { wire: FakeWire; served: Served } {
    const wire = new FakeWire();
    const served = serveLeg(server, { wire, address, ports });
    wire.answersTo = served;
    return { wire, served };
  }

  return {
    ...{ app, clock, random, store, control, services, workers, ports, lines, posted, world },
    ...{ http, personOf },

    /** The first administrator. */
    async admin(): Promise<Person> {
      const token = await control.invitations.setupToken();
      const body = { token, email: "admin@farpad.example", name: "Ada", password: "correct horse" };
      return personOf(await http("POST", "/api/auth/setup", { body }));
    },

    /** A user whom `by` invited. */
    async person(
      by: Person,
      { role, fleet = "own", email }: { role: string; fleet?: "own" | "shared"; email: string },
    ): Promise<Person> {
      const invited = await http("POST", "/api/invitations", { as: by, body: { role, fleet } });
      const { token } = invited.body;
      const body = { token, email, name: email, password: "correct horse" };
      return personOf(await http("POST", "/api/auth/accept", { body }));
    },

    agentSocket: (address = "198.51.100.9", host = HOST) =>
      connect(
        agentLegServer(control, { ports, facts: factsOf({ headers: { host }, peer: address }) }),
        address,
      ),
    operatorSocket: () =>
      connect(operatorLegServer(control, { ports, userAgent: "test" }), "198.51.100.1"),

    workerSocket: () => connect(workerLegServer(services, { ports }), "198.51.100.2"),

    [Symbol.dispose]: () => services[Symbol.dispose](),
  };
}
