import { type Store, StoreFault, type Table } from "../../../coordinator/ports.ts";
import { errno } from "../../fakes/disk.ts";

/** A store whose writes fail like those to a full disk while `full` is set. */
export interface FailingStore extends Store {
  full: boolean;
}

/** Wraps `store`; reading goes on while writing fails. */
export function failingStore(store: Store): FailingStore {
  const state = { full: false };
  const fault = () => Promise.reject(new StoreFault("write to the database", errno("ENOSPC")));
  const wrap = <T>(table: Table<T>): Table<T> => ({
    get: (id) => table.get(id),
    list: (query) => table.list(query),
    insert: (row) => state.full ? fault() : table.insert(row),
    update: (id, change) => state.full ? fault() : table.update(id, change),
    remove: (id) => state.full ? fault() : table.remove(id),
  });
  const tables = Object.entries(store).filter(([, value]) => typeof value === "object");
  return Object.assign(state, {
    ...store,
    ...Object.fromEntries(tables.map(([name, table]) => [name, wrap(table as Table<unknown>)])),
    probe: () => state.full ? fault() : store.probe(),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  }) as FailingStore;
}
