/**
 * The rules of every store, checked on each adapter.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import type { Store } from "../../coordinator/ports.ts";
import { positionOf, timeKey } from "../../coordinator/records/table.ts";
import { specOf, type Tables } from "../../coordinator/records/tables.ts";
import type { UserId } from "../../protocol/ids.ts";

type UserRecord = Tables["users"];

export function userRow(user_id: string, more: Partial<UserRecord> = {}): UserRecord {
  return {
    user_id: user_id as UserId,
    email: `${user_id}@example.org`,
    name: user_id,
    role: "operator",
    owner_id: user_id as UserId,
    password_hash: "-",
    disabled: false,
    created_at: 1,
    ...more,
  };
}

/** Registers the suite for one adapter. */
export function storeContract(name: string, open: () => Store): void {
  const rule = (sentence: string, body: (store: Store) => Promise<void>) =>
    Deno.test(`${sentence} (${name})`, async () => {
      using store = open();
      await body(store);
    });

  rule("[STO1] a row comes back as it went in", async ({ users }) => {
    equal(await users.insert(userRow("u1", { last_login_at: 7 })), true);
    deepEqual(await users.get("u1"), userRow("u1", { last_login_at: 7 }));
    equal(await users.get("u2"), undefined);
  });

  rule("[STO2] an id or a unique field is taken once", async ({ users }) => {
    await users.insert(userRow("u1"));
    equal(await users.insert(userRow("u1", { email: "other@example.org" })), false);
    equal(await users.insert(userRow("u2", { email: "u1@example.org" })), false);
    equal((await users.list()).length, 1);
  });

  rule("[STO3] an update sees the newest row and tells what it was", async ({ users }) => {
    await users.insert(userRow("u1"));
    const count = (row: UserRecord) => ({ ...row, last_login_at: (row.last_login_at ?? 0) + 1 });
    await Promise.all(Array.from({ length: 20 }, () => users.update("u1", count)));
    const { before, after } = await users.update("u1", count);
    deepEqual([before?.last_login_at, after?.last_login_at], [20, 21]);
    deepEqual(await users.update("u9", count), { before: undefined, after: undefined });
  });

  rule("[STO4] an update that answers nothing changes nothing", async ({ users }) => {
    await users.insert(userRow("u1"));
    const { before, after } = await users.update("u1", () => undefined);
    deepEqual(after, before);
    deepEqual(await users.get("u1"), userRow("u1"));
  });

  rule("[STO5] a throwing update leaves the row and the store usable", async ({ users }) => {
    await users.insert(userRow("u1"));
    const failing = Promise.try(() =>
      users.update("u1", () => {
        throw new Error("no");
      })
    );
    equal(await failing.then(() => "done", (error: Error) => error.message), "no");
    deepEqual(await users.get("u1"), userRow("u1"));
    equal(await users.insert(userRow("u2")), true);
  });

  rule("[STO6] removing tells what was there", async ({ users }) => {
    await users.insert(userRow("u1"));
    deepEqual(await users.remove("u1"), userRow("u1"));
    equal(await users.remove("u1"), undefined);
    equal(await users.insert(userRow("u1")), true);
  });

  rule(
    "[STO7] a list is filtered, ordered and paged without gaps or repeats",
    async ({ users }) => {
      for (let n = 0; n < 9; n++) {
        const owner_id = (n % 3 === 0 ? "o2" : "o1") as UserId;
        await users.insert(userRow(`u${n}`, { created_at: n >> 1, owner_id }));
      }
      const spec = specOf("users");
      for (const order of ["asc", "desc"] as const) {
        const seen: string[] = [];
        let after;
        for (;;) {
          const rows = await users.list({ where: { owner_id: "o1" }, order, after, limit: 2 });
          seen.push(...rows.map((row) => row.user_id));
          if (rows.length < 2) break;
          after = positionOf(spec, rows.at(-1)!);
        }
        const all = ["u1", "u2", "u4", "u5", "u7", "u8"];
        deepEqual(seen, order === "asc" ? all : all.toReversed());
      }
    },
  );

  rule("[STO8] an index follows its row", async ({ users }) => {
    await users.insert(userRow("u1"));
    await users.update("u1", (row) => ({ ...row, email: "new@example.org" }));
    equal((await users.list({ where: { email: "new@example.org" } })).length, 1);
    equal((await users.list({ where: { email: "u1@example.org" } })).length, 0);
  });

  rule("[STO9] text is data, whatever it looks like", async ({ users }) => {
    const name = `Robert'); DROP TABLE users;-- \u{1f3ae} "\\ \u0000`;
    await users.insert(userRow("u1", { name, email: name }));
    equal((await users.list({ where: { email: name } }))[0]?.name, name);
  });

  rule("[STO10] times sort as numbers", async ({ audit }) => {
    for (const at of [9, 1_700_000_000_000, 100]) {
      await audit.insert({ audit_id: `a${at}`, at, actor: "system", action: "x" });
    }
    deepEqual((await audit.list()).map((row) => row.at), [9, 100, 1_700_000_000_000]);
    equal(timeKey(9) < timeKey(100), true);
  });
}
