/**
 * Values that a page fetches by REST: loading, refused or read, with the time of reading. While the page is visible they
 * are read again every few seconds, because other people and programs change them too.
 *
 * @module
 */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Refusal } from "../../../protocol/envelope.ts";
import type { Answer, CallArgs, CallResult, Contract } from "../../../protocol/rest/contract.ts";
import { useServices } from "../services.ts";
import { rereadWhileVisible } from "./rereading.ts";

/** A fetched value that was read longer ago than this is shown with its age, in milliseconds. */
export const READ_STALE = 12_000;

/** The state of a value that a page fetches. */
export type Fetched<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly error: Refusal }
  /** `at`: the coordinator's time when it was read. */
  | { readonly state: "ready"; readonly value: T; readonly at: number };

/** A fetched value, with the function that reads it again. */
export interface Fetching<T> {
  readonly state: Fetched<T>;
  /** Reads it again; the old value stays until the answer arrives. */
  reload(): Promise<void>;
  /** Sets the value that another call answered with. */
  replace(value: T): void;
}

/** Most pages of one list that are read at once. */
const MAX_PAGES = 50;

/**
 * Calls a contract now, whenever `args` change, and again while the page is visible. Of a list all pages are read, up to
 * {@linkcode MAX_PAGES}.
 */
export function useFetched<C extends Contract>(
  spec: C,
  args: CallArgs<C>,
): Fetching<Answer<C>> {
  const { api } = useServices();
  return useRead(
    `${spec.path} ${JSON.stringify(args)}`,
    () => readAll((cursor) => api.call(spec, withCursor(args, cursor))),
  );
}

/** The arguments of the call of a list, for the page at `cursor`. */
function withCursor<C extends Contract>(args: CallArgs<C>, cursor: string | undefined) {
  if (cursor === undefined) return args;
  const { query } = args as { readonly query?: object };
  return { ...args, query: { ...query, cursor } };
}

/** The answer of a call; that of a list holds the items of all its pages. */
export async function readAll<T>(
  read: (cursor: string | undefined) => Promise<CallResult<T>>,
): Promise<CallResult<T>> {
  let result = await read(undefined);
  for (let pages = 1; pages < MAX_PAGES && result.ok; pages++) {
    const { items, next } = result.value as Partial<Page<unknown>>;
    if (items === undefined || next === undefined) return result;
    const more = await read(next);
    if (!more.ok) return more;
    const { items: added = [] } = more.value as Partial<Page<unknown>>;
    result = { ok: true, value: { ...more.value, items: [...items, ...added] } };
  }
  return result;
}

/** The items of a whole list, of all its pages. `read` must be the same list for the same `key`. */
export function useWhole<T>(
  key: string,
  read: (cursor: string | undefined) => Promise<CallResult<Page<T>>>,
): Fetching<readonly T[]> {
  return useRead(key, async () => {
    const result = await readAll(read);
    return result.ok ? { ok: true, value: result.value.items } : result;
  });
}

function useRead<T>(key: string, read: () => Promise<CallResult<T>>): Fetching<T> {
  const state = useSignal<Fetched<T>>({ state: "loading" });
  const taking = useTaking(state);
  const reload = () => taking.take(read(), (value) => value);
  useEffect(() => {
    state.value = { state: "loading" };
    void reload();
  }, [key]);
  useRereading(() => taking.take(read(), (value) => value, "quietly"));
  return { state: state.value, reload, replace: taking.replace };
}

/** Reads again while the page is visible. */
function useRereading(reread: () => Promise<void>): void {
  const { clock } = useServices();
  const newest = useRef(reread);
  newest.current = reread;
  useEffect(() => {
    const rereading = rereadWhileVisible({ clock, page: document }, () => newest.current());
    return () => rereading[Symbol.dispose]();
  }, []);
}

/**
 * Puts answers into a state. Only the answer to the newest request counts. A refusal leaves the old value; unless it
 * was read again quietly, the refusal is shown beside it.
 */
function useTaking<T>(state: Signal<Fetched<T>>) {
  const { time, toaster } = useServices();
  const newest = useRef(0);
  const put = (value: T) => void (state.value = { state: "ready", value, at: time.read() });
  return {
    replace(value: T): void {
      newest.current += 1;
      put(value);
    },
    async take<A>(
      asked: Promise<CallResult<A>>,
      merge: (answer: A) => T,
      how: "aloud" | "quietly" = "aloud",
    ): Promise<void> {
      const mine = ++newest.current;
      const result = await asked;
      if (mine !== newest.current) return;
      if (result.ok) put(merge(result.value));
      else if (state.peek().state !== "ready") {
        state.value = { state: "failed", error: result.error };
      } else if (how === "aloud") toaster.refused(result.error.message);
    },
  };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/** A list that is fetched page by page. */
export interface Pages<T> {
  readonly state: Fetched<readonly T[]>;
  /** Whether there is more to fetch. */
  readonly more: boolean;
  readonly fetching: boolean;
  fetchMore(): Promise<void>;
  reload(): Promise<void>;
}

/** Reads a list page by page, newest first. `read` must be the same list for the same `key`. */
export function usePages<T>(
  key: string,
  read: (cursor: string | undefined) => Promise<CallResult<Page<T>>>,
  idOf: (row: T) => string,
): Pages<T> {
  const state = useSignal<Fetched<readonly T[]>>({ state: "loading" });
  const next = useSignal<string | undefined>(undefined);
  const fetching = useSignal(false);
  const taking = useTaking(state);

  async function fetchFrom(cursor: string | undefined) {
    const before = cursor === undefined ? [] : listOf(state.peek());
    fetching.value = true;
    await taking.take(read(cursor), ({ items, next: more }) => {
      next.value = more;
      return [...before, ...items];
    });
    fetching.value = false;
  }

  /** Puts the rows that are new before those that were read; the older pages stay. */
  async function refresh() {
    if (fetching.peek()) return;
    await taking.take(read(undefined), ({ items, next: more }) => {
      const fresh = new Set(items.map(idOf));
      const before = listOf(state.peek());
      const older = before.filter((row) => !fresh.has(idOf(row)));
      const joined = older.length < before.length;
      if (joined && before.length > items.length) return [...items, ...older];
      next.value = more;
      return items;
    }, "quietly");
  }

  useEffect(() => {
    state.value = { state: "loading" };
    void fetchFrom(undefined);
  }, [key]);
  useRereading(refresh);
  return {
    state: state.value,
    more: next.value !== undefined,
    fetching: fetching.value,
    fetchMore: () => next.value === undefined ? Promise.resolve() : fetchFrom(next.value),
    reload: () => fetchFrom(undefined),
  };
}

function listOf<T>(state: Fetched<readonly T[]>): readonly T[] {
  return state.state === "ready" ? state.value : [];
}
