import { deepEqual, equal, match } from "node:assert/strict";
import {
  INVITATIONS_OF_USER,
  KEPT_OF_FLEET,
  MINTED_BY_USER,
} from "../../../../coordinator/accounts/minting.ts";
import type { DestinationRecord, SenderRecord } from "../../../../coordinator/records/fleet.ts";
import { type Bench, openBench, type Person } from "../../../support/control/bench.ts";

async function setup() {
  const bench = await openBench();
  return { bench, admin: await bench.admin() };
}

const addSender = (bench: Bench, as: Person) =>
  bench.http("POST", "/api/senders", { as, body: { name: "Box" } });

Deno.test("[MNT1] a user makes thousands of tokens in one go and then one a second; another user is not concerned", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const { sender } = (await addSender(bench, admin)).body;
  const other = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const user = (await bench.store.users.get(admin.user_id))!;
  let made = 0;
  while (bench.control.minting.take({ user }) === undefined) made += 1;
  equal(made > MINTED_BY_USER.burst - 10, true);
  const post = (path: string, body?: unknown) => bench.http("POST", path, { as: admin, body });
  for (
    const answer of [
      await addSender(bench, admin),
      await post(`/api/senders/${sender.sender_id}/enrollment`),
      await post("/api/auth/tokens", { name: "T", scope: "read", days: 1 }),
      await post("/api/invitations", { role: "operator", fleet: "own" }),
      await post("/api/access/links", { name: "L", role: "player" }),
    ]
  ) {
    deepEqual([answer.status, answer.body.error.code], [429, "rate"]);
    equal(answer.headers.get("retry-after"), "60");
  }
  equal((await addSender(bench, other)).status, 201);
  bench.clock.advance(1_000);
  equal((await addSender(bench, admin)).status, 201);
  equal((await addSender(bench, admin)).status, 429);
});

/** Copies a row of the store until there are `count` rows. */
async function fill<T>(
  table: { insert(row: T): Promise<boolean>; list(): Promise<readonly T[]> },
  { count, copy }: { count: number; copy: (row: T, n: number) => T },
): Promise<void> {
  const [row] = await table.list();
  for (let n = 1; n < count; n++) await table.insert(copy(row!, n));
}

Deno.test("[MNT2] a fleet has at most so many devices that no box has enrolled, and says what to do", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  await addSender(bench, admin);
  await fill(bench.store.senders, {
    count: KEPT_OF_FLEET.invited,
    copy: (row, n) => ({ ...row, sender_id: `snd_${n}` as SenderRecord["sender_id"] }),
  });
  bench.clock.advance(60_000);
  const { status, body } = await addSender(bench, admin);
  deepEqual([status, body.error.code], [409, "conflict"]);
  match(body.error.message, /5000 devices that wait to be enrolled. Enrol or decommission/);
});

Deno.test("[MNT2] destinations, share links and invitations are bounded", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const attempts = {
    destinations: () =>
      bench.http("POST", "/api/destinations", {
        as: admin,
        body: { name: "D", platform: "rtmp", url: "rtmp://live.example/app/", stream_key: "k" },
      }),
    links: () =>
      bench.http("POST", "/api/access/links", { as: admin, body: { name: "L", role: "player" } }),
    invitations: () =>
      bench.http("POST", "/api/invitations", {
        as: admin,
        body: { role: "operator", fleet: "own" },
      }),
  };
  for (const attempt of Object.values(attempts)) equal((await attempt()).status, 201);
  await fill(bench.store.destinations, {
    count: KEPT_OF_FLEET.destinations,
    copy: (row, n) => ({
      ...row,
      destination_id: `dst_${n}` as DestinationRecord["destination_id"],
    }),
  });
  await fill(bench.store.shareLinks, {
    count: KEPT_OF_FLEET.links,
    copy: (row, n) => ({ ...row, share_id: `shr_${n}` }),
  });
  await fill(bench.store.invitations, {
    count: INVITATIONS_OF_USER,
    copy: (row, n) => ({ ...row, invitation_id: `inv_${n}` }),
  });
  for (const attempt of Object.values(attempts)) equal((await attempt()).status, 409);
});
