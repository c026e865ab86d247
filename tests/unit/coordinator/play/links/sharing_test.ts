import { deepEqual, equal, match } from "node:assert/strict";
import { createMemoryStore } from "../../../../../coordinator/adapters/memory_store.ts";
import { LINKS_PER_ROOM } from "../../../../../coordinator/play/sharing.ts";
import type { Store } from "../../../../../coordinator/ports.ts";
import { isRefused } from "../../../../../coordinator/refusals.ts";
import { readUserQuery, userLegServer } from "../../../../../coordinator/sockets/user.ts";
import { serveLeg } from "../../../../../coordinator/sockets/serve_leg.ts";
import { workerLegServer } from "../../../../../coordinator/sockets/worker.ts";
import { toUser } from "../../../../../protocol/legs/user_leg.ts";
import { toWorker } from "../../../../../protocol/legs/worker_leg.ts";
import { readPass } from "../../../../../protocol/signed_pass.ts";
import { DUEL, FakeEnd, type FakeUser, helloOf, roomOf } from "../../../../fakes/coordinator.ts";
import { openBench } from "../../../../support/control/bench.ts";

const BROWSERS = ["a", "b", "c"].map((each) => each.repeat(64));
const settle = async () => {
  for (let n = 0; n < 50; n++) await Promise.resolve();
};

/** A worker that runs room r1 of an administrator, who is in it. */
async function setup(store?: Store) {
  const bench = await openBench({ loopback: false, ...(store && { store }) });
  const admin = await bench.admin();
  const { services, http, control } = bench;
  await http("PUT", "/api/access", { as: admin, body: { policy: "share_link" } });
  const w1 = new FakeEnd((wire) => {
    const server = workerLegServer(services, { ports: services });
    return serveLeg(server, { wire, address: "192.0.2.1", ports: services });
  }, toWorker.decode);
  const owner = { holder: admin.user_id, fleet: admin.user_id };
  w1.send("worker.hello", {
    ...helloOf("w1"),
    ...{ rooms: [roomOf("w1", "r1"), roomOf("w1", "r2")], apps: [DUEL], capacity: 8 },
    owners: [{ room_id: "r1", owner }, { room_id: "r2", owner }],
  });
  const hello = w1.last("worker.hello.response").payload;
  const key = "pass_key" in hello ? hello.pass_key : "";

  /** A player inside the room, and the pass that its worker got. */
  async function inside(credentials: Parameters<typeof control.access.admit>[0], room = "r1") {
    const admitted = await control.access.admit(credentials);
    if (isRefused(admitted)) throw new Error(admitted.refusal.message);
    const query = readUserQuery(new URLSearchParams(`room_id=${room}`));
    if ("code" in query) throw new Error(query.message);
    const server = userLegServer(services, { ports: services, query, ...admitted });
    const user = new FakeEnd((wire) => {
      return serveLeg(server, { wire, address: "192.0.2.2", ports: services });
    }, toUser.decode);
    user.send("webrtc.init", {});
    const { session_id, pass } = w1.last("webrtc.init").payload;
    w1.send("webrtc.offer", { session_id, peer_id: "p", sdp: "v=0" });
    w1.send("session.media", { session_id, connected: true });
    return { user, pass: readPass(pass, { key, now: bench.clock.epoch() }) };
  }
  const host = (await inside({ login: admin.cookie.split("=")[1]! })).user;
  /** Makes a link; its secret and its id. */
  async function share(user: FakeUser, role: string) {
    user.send("share.create", { role });
    await settle();
    const { payload } = user.last("share.create.response");
    if ("error" in payload) throw new Error(payload.error.code);
    return {
      share: new URLSearchParams(payload.path.slice(2)).get("share")!,
      id: payload.share_id,
    };
  }
  async function list(user: FakeUser) {
    user.send("share.list", {});
    await settle();
    const { payload } = user.last("share.list.response");
    return "error" in payload ? payload.error.code : payload.links;
  }
  async function revoke(user: FakeUser, share_id: string) {
    user.send("share.revoke", { share_id });
    await settle();
    const { payload } = user.last("share.revoke.response");
    return "error" in payload ? payload.error.code : "revoked";
  }
  return { bench, admin, inside, host, share, list, revoke };
}

const refused = async (made: Promise<unknown>) =>
  match(String(await made.catch(String)), /share.forbidden/);

Deno.test("[PAS13] a link carries its role, and the room is told by which link its people came", async () => {
  const { bench, host, share, inside } = await setup();
  using _ = bench;
  for (const [n, role] of ["watcher", "player", "host"].entries()) {
    const link = await share(host, role);
    const { pass } = await inside({ share: link.share, browser: BROWSERS[n]! });
    deepEqual([pass?.role, pass?.link], [role, link.id]);
  }
});

Deno.test("[PAS13] hosts list the links that work, without their secrets, and nobody else does", async () => {
  const { bench, host, share, inside, list } = await setup();
  using _ = bench;
  const { share: secret, id } = await share(host, "player");
  const listed = await list(host);
  deepEqual(Array.isArray(listed) && listed.map(({ share_id, role }) => [share_id, role]), [[
    id,
    "player",
  ]]);
  equal(JSON.stringify(listed).includes(secret.split(".")[1]!), false);
  const guest = (await inside({ share: secret, browser: BROWSERS[0]! })).user;
  equal(await list(guest), "share.forbidden");
  await refused(share(guest, "watcher"));
});

Deno.test("[PAS13] a revoked link ends the visit of who came by it, and opens nothing", async () => {
  const { bench, host, share, inside, list, revoke } = await setup();
  using _ = bench;
  const link = await share(host, "player");
  const { user } = await inside({ share: link.share, browser: BROWSERS[0]! });
  equal(await revoke(host, link.id), "revoked");
  equal(user.last("session.ended").payload.reason, "right_ended");
  match(
    String(await inside({ share: link.share, browser: BROWSERS[1]! }).catch(String)),
    /invitation/,
  );
  deepEqual(await list(host), []);
  equal(await revoke(host, link.id), "share.unknown");
});

Deno.test("[PAS13] what a host by link made ends with that link; a guest revokes nothing", async () => {
  const { bench, host, share, inside, list, revoke } = await setup();
  using _ = bench;
  const first = await share(host, "host");
  const second = (await inside({ share: first.share, browser: BROWSERS[0]! })).user;
  const child = await share(second, "watcher");
  const guest = (await inside({ share: child.share, browser: BROWSERS[1]! })).user;
  equal(await revoke(guest, first.id), "share.forbidden");
  equal(await revoke(host, first.id), "revoked");
  equal(guest.last("session.ended").payload.reason, "right_ended");
  deepEqual(await list(host), []);
});

Deno.test("[PAS13] a link of another room is not there", async () => {
  const { bench, admin, host, share, inside, revoke } = await setup();
  using _ = bench;
  const elsewhere = (await inside({ login: admin.cookie.split("=")[1]! }, "r2")).user;
  const { id } = await share(elsewhere, "player");
  equal(await revoke(host, id), "share.unknown");
});

Deno.test("[PAS13] over REST a link that lets be host names its room", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const make = (body: object) => bench.http("POST", "/api/access/links", { as: admin, body });
  equal((await make({ name: "L", role: "host" })).status, 400);
  equal((await make({ name: "L", role: "host", room_id: "r1" })).status, 201);
});

Deno.test("[PAS13] a link that could not be stored is not counted among those of the room", async () => {
  const memory = createMemoryStore();
  let isBroken = true;
  const insert: typeof memory.shareLinks.insert = (row) =>
    isBroken ? Promise.reject(new Error("the disk is full")) : memory.shareLinks.insert(row);
  const { bench, host, share } = await setup({
    ...memory,
    shareLinks: { ...memory.shareLinks, insert },
  });
  using _ = bench;
  for (let n = 0; n < LINKS_PER_ROOM; n++) {
    match(String(await share(host, "player").catch(String)), /storage/);
  }
  isBroken = false;
  await share(host, "player");
});

Deno.test("[PAS13] that a host revokes a link which a person made is in the audit log", async () => {
  const { bench, admin, host, share, inside, revoke } = await setup();
  using _ = bench;
  const body = { name: "For guests", role: "player", room_id: "r1" };
  const { body: made } = await bench.http("POST", "/api/access/links", { as: admin, body });
  const second = (await inside({ share: (await share(host, "host")).share, browser: BROWSERS[0]! }))
    .user;
  equal(await revoke(second, made.link.share_id), "revoked");
  const entries = (await bench.store.audit.list()).filter(({ action }) =>
    action === "access.unshare"
  );
  deepEqual(entries.map(({ actor, target, detail }) => [actor, target, detail]), [[
    "host",
    made.link.share_id,
    "For guests",
  ]]);
});

Deno.test("[PAS20] a link that an operator made is none of those that the room has, also when a host revokes it", async () => {
  const { bench, admin, host, share, revoke } = await setup();
  using _ = bench;
  for (let n = 0; n < LINKS_PER_ROOM; n++) await share(host, "player");
  const body = { name: "For guests", role: "player", room_id: "r1" };
  const { body: made } = await bench.http("POST", "/api/access/links", { as: admin, body });
  equal(await revoke(host, made.link.share_id), "revoked");
  match(String(await share(host, "player").catch(String)), /too_many/);
});

Deno.test("[PAS20] a link that an operator removed makes room for another one, as do those that end with it", async () => {
  const { bench, admin, host, inside, share } = await setup();
  using _ = bench;
  const first = await share(host, "host");
  const second = (await inside({ share: first.share, browser: BROWSERS[0]! })).user;
  await share(second, "watcher");
  for (let n = 2; n < LINKS_PER_ROOM; n++) await share(host, "player");
  match(String(await share(host, "player").catch(String)), /too_many/);
  const path = `/api/access/links/${first.id}`;
  equal((await bench.http("DELETE", path, { as: admin })).status, 200);
  await share(host, "player");
  await share(host, "player");
  match(String(await share(host, "player").catch(String)), /too_many/);
});
