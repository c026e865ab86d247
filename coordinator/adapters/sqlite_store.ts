/**
 * The store in an SQLite file that one process writes. A row is stored as JSON beside its indexed columns, and is
 * parsed when it is read.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type Store, StoreFault, type Table } from "../ports.ts";
import { DEFAULT_LIMIT, type ListQuery, type TableSpec } from "../records/table.ts";
import { specOf, type Tables, tables } from "../records/tables.ts";
import { inTransaction, migrate } from "./sqlite_schema.ts";

/** How long a statement waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT = 2_000;

/**
 * Opens or creates the database; `:memory:` keeps it in memory. `failed` is called with every fault that a method of
 * a table rejects with.
 *
 * @throws {StoreFault} when the file cannot be opened, read or written
 * @throws {Error} when a newer release wrote it
 */
export function openSqliteStore(
  path: string,
  failed: (fault: StoreFault) => void = () => {},
): Store {
  const db = open(path);
  const names = Object.keys(tables) as (keyof Tables)[];
  const made = names.map((
    name,
  ) => [name, createSqliteTable(db, { name, spec: specOf(name), failed })]);
  return {
    ...Object.fromEntries(made),
    probe: () =>
      run(
        "write to the database",
        () => inTransaction(db, () => void db.exec("UPDATE schema_version SET version = version")),
      ),
    [Symbol.dispose]: () => db.close(),
  } as Store;
}

function open(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    // SQLite gives its journal files the same access rights as the database file.
    if (path !== ":memory:") {
      Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    }
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw isOfDisk(error) ? new StoreFault(`open the database ${path}`, error) : error;
  }
}

function createSqliteTable<T>(
  db: DatabaseSync,
  { name, spec, failed }: {
    name: string;
    spec: TableSpec<T>;
    failed: (fault: StoreFault) => void;
  },
): Table<T> {
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
  const reading = <R>(work: () => R) => run("read the database", work, failed);
  const writing = <R>(work: () => R) => run("write to the database", work, failed);
  return {
    get: (id) => reading(() => read(select.get(id))),
    insert: (row) => writing(() => insert.run(...values(row)).changes === 1),
    update: (id, change) =>
      writing(() =>
        inTransaction(db, () => {
          const before = read(select.get(id));
          const after = before && (change(before) ?? before);
          if (after && after !== before) update.run(...values(after).slice(1), id);
          return { before, after };
        })
      ),
    remove: (id) => writing(() => read(remove.get(id))),
    list: (query = {}) =>
      reading(() => {
        const { sql, args } = listQuery(name, query);
        const statement = lists.get(sql) ?? db.prepare(sql);
        lists.set(sql, statement);
        return statement.all(...args).map((found) => read(found)!);
      }),
  };
}

/** Runs synchronous work as a promise. An error of the disk is wrapped in a fault; other errors are not. */
async function run<R>(
  what: string,
  work: () => R,
  failed: (fault: StoreFault) => void = () => {},
): Promise<R> {
  try {
    return await Promise.try(work);
  } catch (error) {
    if (!isOfDisk(error)) throw error;
    const fault = new StoreFault(what, error);
    failed(fault);
    throw fault;
  }
}

/** Whether an error comes from SQLite or the file system, and not from this program's own code. */
function isOfDisk(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^(ERR_SQLITE_ERROR|E[A-Z]+)$/.test(code);
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
