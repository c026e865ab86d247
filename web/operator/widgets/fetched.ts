/**
 * A value that a page fetches once, and again on request. It is loading, refused or read, with the time of reading.
 *
 * @module
 */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Refusal } from "../../../protocol/envelope.ts";
import type { Answer, CallArgs, CallResult, Contract } from "../../../protocol/rest/contract.ts";
import { useServices } from "../services.ts";

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

/** Calls a contract now and whenever `args` change. */
export function useFetched<C extends Contract>(
  spec: C,
  args: CallArgs<C>,
): Fetching<Answer<C>> {
  const { api, time } = useServices();
  const state = useSignal<Fetched<Answer<C>>>({ state: "loading" });
  const take = useTaking(state);
  const key = JSON.stringify(args);
  const reload = () => take(api.call(spec, args), (value) => value);
  useEffect(() => {
    state.value = { state: "loading" };
    void reload();
  }, [spec, key]);
  return {
    state: state.value,
    reload,
    replace: (value) => void (state.value = { state: "ready", value, at: time.read() }),
  };
}

/**
 * Puts answers into a state. Only the answer to the newest request counts. A refusal leaves the old value, and is
 * shown beside it.
 */
function useTaking<T>(state: Signal<Fetched<T>>) {
  const { time, toaster } = useServices();
  const newest = useRef(0);
  return async function take<A>(asked: Promise<CallResult<A>>, merge: (answer: A) => T) {
    const mine = ++newest.current;
    const result = await asked;
    if (mine !== newest.current) return;
    if (result.ok) state.value = { state: "ready", value: merge(result.value), at: time.read() };
    else if (state.peek().state === "ready") toaster.refused(result.error.message);
    else state.value = { state: "failed", error: result.error };
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

/** Reads a list page by page. `read` must be the same list for the same `key`. */
export function usePages<T>(
  key: string,
  read: (cursor: string | undefined) => Promise<CallResult<Page<T>>>,
): Pages<T> {
  const state = useSignal<Fetched<readonly T[]>>({ state: "loading" });
  const next = useSignal<string | undefined>(undefined);
  const fetching = useSignal(false);
  const take = useTaking(state);

  async function fetchFrom(cursor: string | undefined) {
    const before = cursor === undefined ? [] : listOf(state.peek());
    fetching.value = true;
    await take(read(cursor), ({ items, next: more }) => {
      next.value = more;
      return [...before, ...items];
    });
    fetching.value = false;
  }

  useEffect(() => {
    state.value = { state: "loading" };
    void fetchFrom(undefined);
  }, [key]);
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
