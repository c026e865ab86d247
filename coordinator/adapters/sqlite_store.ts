/**
 * The store in an SQLite file: one process writes it. Rows are JSON beside the columns they are looked up by,
 * and are parsed again on the way out.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Store, Table } from "../ports.ts";
import { DEFAULT_LIMIT, type ListQuery, TableSpec } from "../records/table.ts";
import { specOf, type Tables, tables } from "../records/tables.ts";
import { migrate } from "./sqlite_schema.ts";

/** How long a statement waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT = 2_000;

/** Opens or creates the database; `:memory:` keeps it in memory. */
export function openSqliteStore(path: string): Store {
  // SQLite gives its side files the same rights as the file itself.
  if (path !== ":memory:") Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  migrate(db);
  const names = Object.keys(tables) as (keyof Tables)[];
  const made = names.map((name) => [name, createSqliteTable(db, name, specOf(name))]);
  return { ...Object.fromEntries(made), [Symbol.dispose]: () => db.close() } as Store;
}

function createSqliteTable<T>(db: DatabaseSync, name: string, spec: TableSpec<T>): Table<T> {
  const indexed = Object.keys(spec.index);
  const columns = ["id", "sort", ...indexed, "body"];
  const marks = columns.map(() => "?").join(", ");
  const select = db.prepare(`SELECT body FROM ${name} WHERE id = ?`);
  const insert = db.prepare(
    `INSERT INTO ${name} (${columns.join(", ")}) VALUES (${marks}) ON CONFLICT DO NOTHING`,
  );
  const settings = columns.slice(1).map((column) => `${column} = ?`).join(", ");
  const update = db.prepare(`UPDATE ${name} SET ${settings} WHERE id = ?`);
  const remove = db.prepare(`DELETE FROM ${name} WHERE id = ? RETURNING body`);
  const lists = new Map<string, StatementSync>();

  const read = (found: Record<string, unknown> | undefined): T | undefined =>
    found && spec.schema.parse(JSON.parse(String(found["body"])));
  const values = (row: T): SQLInputValue[] => [
    spec.key(row),
    spec.sort(row),
    ...indexed.map((column) => spec.index[column]!(row) ?? null),
    JSON.stringify(row),
  ];
  return {
    get: (id) => now(() => read(select.get(id))),
    insert: (row) => now(() => insert.run(...values(row)).changes === 1),
    update: (id, change) =>
      now(() =>
        inTransaction(db, () => {
          const before = read(select.get(id));
          const after = before && (change(before) ?? before);
          if (after && after !== before) update.run(...values(after).slice(1), id);
          return { before, after };
        })
      ),
    remove: (id) => now(() => read(remove.get(id))),
    list: (query = {}) =>
      now(() => {
        const { sql, args } = listQuery(name, query);
        const statement = lists.get(sql) ?? db.prepare(sql);
        lists.set(sql, statement);
        return statement.all(...args).map((found) => read(found)!);
      }),
  };
}

/** Runs synchronous work as a promise, so that a failure is a rejection. */
function now<R>(work: () => R): Promise<R> {
  return Promise.try(work);
}

function inTransaction<R>(db: DatabaseSync, work: () => R): R {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** Column names come from {@linkcode TableSpec.index}, never from a caller's text. */
function listQuery(name: string, query: ListQuery): { sql: string; args: SQLInputValue[] } {
  const where = Object.entries(query.where ?? {}).filter(([, value]) => value !== undefined);
  const unknown = where.find(([column]) => !(column in tables[name as keyof Tables].index));
  if (unknown) throw new TypeError(`Cannot list ${name} by ${unknown[0]}: it is not indexed`);
  const conditions = where.map(([column]) => `${column} = ?`);
  const args: SQLInputValue[] = where.map(([, value]) => value!);
  const [beyond, direction] = query.order === "desc" ? ["<", "DESC"] : [">", "ASC"];
  if (query.after) {
    conditions.push(`(sort, id) ${beyond} (?, ?)`);
    args.push(query.after.sort, query.after.id);
  }
  const filter = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
  const order = `ORDER BY sort ${direction}, id ${direction} LIMIT ?`;
  return {
    sql: `SELECT body FROM ${name} ${filter} ${order}`,
    args: [...args, query.limit ?? DEFAULT_LIMIT],
  };
}
