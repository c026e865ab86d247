import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import {
  inTransaction,
  migrate,
  MIGRATIONS,
} from "../../../../coordinator/adapters/sqlite_schema.ts";
import { openSqliteStore } from "../../../../coordinator/adapters/sqlite_store.ts";
import type { StoreFault } from "../../../../coordinator/ports.ts";
import { storeContract, userRow } from "../../../contracts/store_contract.ts";

storeContract("memory", createMemoryStore);
storeContract("SQLite", () => openSqliteStore(":memory:"));

Deno.test("[STO11] rows are there after a restart", async () => {
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

Deno.test("[STO13] a list can be restricted by indexed fields only", async () => {
  using store = openSqliteStore(":memory:");
  const asked = store.users.list({ where: { "1=1; --": "x" } });
  equal(await asked.then(() => "listed", (error: Error) => error.name), "TypeError");
});

Deno.test("[STO20] a full disk is reported as such, and writes succeed once there is space", () => {
  using db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (a TEXT); PRAGMA max_page_count = 4");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  const fill = () =>
    inTransaction(db, () => {
      for (let n = 0; n < 10; n++) insert.run("x".repeat(4_000));
    });
  throws(fill, /database or disk is full/);
  throws(fill, /database or disk is full/);
  db.exec("PRAGMA max_page_count = 1000");
  fill();
  equal(db.prepare("SELECT count(*) AS n FROM t").get()?.["n"], 10);
});

Deno.test("[STO20] an error of the disk becomes a StoreFault with its reason; an error of the program is passed on", async () => {
  const folder = await Deno.makeTempDir();
  try {
    throws(() => openSqliteStore(`${folder}/none/farpad.db`), {
      name: "StoreFault",
      reason: "missing",
      message: `Cannot open the database ${folder}/none/farpad.db: the folder is not there`,
    });
    const faults: StoreFault[] = [];
    const store = openSqliteStore(`${folder}/farpad.db`, (fault) => faults.push(fault));
    await store.users.insert(userRow("u1"));
    await store.probe();
    const own = () => {
      throw new RangeError("of the caller");
    };
    await rejects(store.users.update("u1", own), { name: "RangeError" });
    equal(faults.length, 0);
    store[Symbol.dispose]();
    await rejects(store.users.insert(userRow("u2")), Error);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("[STO12] a migration step that fails changes nothing, and runs again at the next start", () => {
  using db = new DatabaseSync(":memory:");
  // This index has the name of the last index of the first step, so the step fails.
  db.exec("CREATE TABLE alerts_by_state (a)");
  throws(() => migrate(db));
  equal(db.isTransaction, false);
  db.exec("DROP TABLE alerts_by_state");
  migrate(db);
  equal(db.prepare("SELECT version FROM schema_version").get()?.["version"], MIGRATIONS.length);
});
