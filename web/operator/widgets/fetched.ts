/**
 * What a page fetches once and again on demand: loading, refused, or there, with the moment it was read.
 *
 * @module
 */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Refusal } from "../../../protocol/envelope.ts";
import type { Answer, CallArgs, CallResult, Contract } from "../../../protocol/rest/contract.ts";
import { useServices } from "../services.ts";

export type Fetched<T> =
  | { readonly name: "loading" }
  | { readonly name: "failed"; readonly error: Refusal }
  /** `at`: the coordinator's time when it was read. */
  | { readonly name: "ready"; readonly value: T; readonly at: number };

export interface Fetching<T> {
  readonly state: Fetched<T>;
  /** Reads it again; what is there stays until the answer comes. */
  reload(): Promise<void>;
  /** Takes over what another call answered. */
  replace(value: T): void;
}

/** Calls a contract now and whenever `args` change. */
export function useFetched<C extends Contract>(
  spec: C,
  args: CallArgs<C>,
): Fetching<Answer<C>> {
  const { api, time } = useServices();
  const state = useSignal<Fetched<Answer<C>>>({ name: "loading" });
  const key = JSON.stringify(args);
  const reload = async () => {
    const result = await api.call(spec, args);
    take(state, result, time.read());
  };
  useEffect(() => {
    state.value = { name: "loading" };
    void reload();
  }, [spec, key]);
  return {
    state: state.value,
    reload,
    replace: (value) => void (state.value = { name: "ready", value, at: time.read() }),
  };
}

function take<T>(state: Signal<Fetched<T>>, result: CallResult<T>, at: number): void {
  if (result.ok) state.value = { name: "ready", value: result.value, at };
  else if (state.peek().name !== "ready") state.value = { name: "failed", error: result.error };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

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
  const { time } = useServices();
  const state = useSignal<Fetched<readonly T[]>>({ name: "loading" });
  const next = useSignal<string | undefined>(undefined);
  const fetching = useSignal(false);

  async function fetchFrom(cursor: string | undefined) {
    fetching.value = true;
    const result = await read(cursor);
    fetching.value = false;
    if (!result.ok) {
      state.value = { name: "failed", error: result.error };
      return;
    }
    const before = cursor !== undefined && state.value.name === "ready" ? state.value.value : [];
    const value = [...before, ...result.value.items];
    next.value = result.value.next;
    state.value = { name: "ready", value, at: time.read() };
  }

  useEffect(() => {
    state.value = { name: "loading" };
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
