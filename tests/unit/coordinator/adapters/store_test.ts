import { deepEqual, equal, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import { migrate, MIGRATIONS } from "../../../../coordinator/adapters/sqlite_schema.ts";
import { openSqliteStore } from "../../../../coordinator/adapters/sqlite_store.ts";
import { storeContract, userRow } from "../../../contracts/store_contract.ts";

storeContract("memory", createMemoryStore);
storeContract("SQLite", () => openSqliteStore(":memory:"));

Deno.test("[STO11] what was written is there after a restart", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/farpad.db`;
    {
      using store = openSqliteStore(path);
      await store.users.insert(userRow("u1"));
    }
    using again = openSqliteStore(path);
    deepEqual(await again.users.get("u1"), userRow("u1"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("[STO12] migrating twice changes nothing, and a newer database is refused", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db);
  migrate(db);
  equal(db.prepare("SELECT version FROM schema_version").get()?.["version"], MIGRATIONS.length);
  db.exec("UPDATE schema_version SET version = 999");
  throws(() => migrate(db), /version 999/);
});

Deno.test("[STO13] only indexed fields can be asked for", async () => {
  using store = openSqliteStore(":memory:");
  const asked = store.users.list({ where: { "1=1; --": "x" } });
  equal(await asked.then(() => "listed", (error: Error) => error.name), "TypeError");
});
