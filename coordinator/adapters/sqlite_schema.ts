/**
 * The tables of the database, as migration steps. A released step is never edited: a later step changes the tables
 * that an earlier one created.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

/** The steps, in order. Each table has `id`, `sort`, its indexed columns, and the row as JSON (`body`). */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (id TEXT PRIMARY KEY, sort TEXT NOT NULL, email TEXT NOT NULL UNIQUE,
    owner_id TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX users_by_owner ON users (owner_id, sort, id);
  CREATE TABLE logins (id TEXT PRIMARY KEY, sort TEXT NOT NULL, user_id TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE INDEX logins_by_user ON logins (user_id, sort, id);
  CREATE TABLE invitations (id TEXT PRIMARY KEY, sort TEXT NOT NULL, created_by TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE TABLE shareLinks (id TEXT PRIMARY KEY, sort TEXT NOT NULL, owner_id TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE TABLE settings (id TEXT PRIMARY KEY, sort TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE audit (id TEXT PRIMARY KEY, sort TEXT NOT NULL, owner_id TEXT, target TEXT,
    body TEXT NOT NULL) STRICT;
  CREATE INDEX audit_by_time ON audit (sort, id);
  CREATE INDEX audit_by_owner ON audit (owner_id, sort, id);
  CREATE TABLE senders (id TEXT PRIMARY KEY, sort TEXT NOT NULL, owner_id TEXT NOT NULL,
    state TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX senders_by_owner ON senders (owner_id, sort, id);
  CREATE INDEX senders_by_name ON senders (sort, id);
  CREATE TABLE streams (id TEXT PRIMARY KEY, sort TEXT NOT NULL, owner_id TEXT NOT NULL,
    sender_id TEXT NOT NULL, active TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX streams_by_active ON streams (active, sort, id);
  CREATE INDEX streams_by_sender ON streams (sender_id, sort, id);
  CREATE INDEX streams_by_owner ON streams (owner_id, sort, id);
  CREATE TABLE destinations (id TEXT PRIMARY KEY, sort TEXT NOT NULL, owner_id TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE INDEX destinations_by_owner ON destinations (owner_id, sort, id);
  CREATE TABLE alerts (id TEXT PRIMARY KEY, sort TEXT NOT NULL, owner_id TEXT,
    state TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX alerts_by_state ON alerts (state, sort, id);
  `,
  `
  CREATE TABLE apiTokens (id TEXT PRIMARY KEY, sort TEXT NOT NULL, user_id TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE INDEX apiTokens_by_user ON apiTokens (user_id, sort, id);
  `,
  `
  CREATE TABLE identities (id TEXT PRIMARY KEY, sort TEXT NOT NULL, user_id TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE INDEX identities_by_user ON identities (user_id, sort, id);
  `,
  `
  ALTER TABLE shareLinks ADD COLUMN room_id TEXT;
  UPDATE shareLinks SET room_id = json_extract(body, '$.room_id');
  CREATE INDEX shareLinks_by_room ON shareLinks (room_id, sort, id);
  `,
  `
  CREATE TABLE trails (id TEXT PRIMARY KEY, sort TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX trails_by_time ON trails (sort, id);
  `,
  `
  CREATE TABLE presets (id TEXT PRIMARY KEY, sort TEXT NOT NULL, owner_id TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE INDEX presets_by_owner ON presets (owner_id, sort, id);
  `,
];

/**
 * Runs the steps that a database lacks. A step and its number are one transaction, so a step that fails changes
 * nothing and runs again at the next start.
 *
 * @throws {Error} when a newer release wrote the database
 * @throws SQLite's error when a step fails
 */
export function migrate(db: DatabaseSync): void {
  db.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT");
  const found = db.prepare("SELECT version FROM schema_version").get()?.["version"];
  const version = typeof found === "number" ? found : 0;
  if (version > MIGRATIONS.length) {
    throw new Error(
      `Cannot open the database: it has version ${version}, and this release reads versions up to ` +
        `${MIGRATIONS.length}. Start the release that wrote it, or restore a backup`,
    );
  }
  MIGRATIONS.slice(version).forEach((step, i) =>
    inTransaction(db, () => {
      db.exec(step);
      db.exec("DELETE FROM schema_version");
      db.prepare("INSERT INTO schema_version VALUES (?)").run(version + i + 1);
    })
  );
}

/**
 * Runs `work` as one transaction: when it throws, the database is unchanged.
 *
 * @throws what `work` throws, or SQLite's error
 */
export function inTransaction<R>(db: DatabaseSync, work: () => R): R {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite rolls back by itself when the disk is full (sqlite.org/lang_transaction.html, §3).
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
