/**
 * The bar above a table: a search, a choice of rows, and the number of rows that match. The address holds the
 * choice, so a list can be shared and found again.
 *
 * @module
 */
import { useLocation } from "preact-iso";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { formatCount } from "../model/format.ts";
import { readSort, type Sort, writeSort } from "../model/table.ts";

/** The search, filter and sort of a list, stored in the address. */
export interface ListChoice {
  readonly search: string;
  /** The pressed chip; the first when the address names none. */
  readonly show: string;
  readonly sort: Sort | undefined;
  change(next: { search?: string; show?: string }): void;
  changeSort(sort: Sort | undefined): void;
}

/** The choice that the address holds. */
export function useListChoice(
  { shows, columns }: { shows: readonly string[]; columns: readonly string[] },
): ListChoice {
  const { path, query, route } = useLocation();
  const go = (changes: Record<string, string | undefined>) => {
    const next = new URLSearchParams(query);
    for (const [key, value] of Object.entries(changes)) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    const text = next.toString();
    route(text ? `${path}?${text}` : path, true);
  };
  return {
    search: query.q ?? "",
    show: shows.find((show) => show === query.show) ?? shows[0] ?? "",
    sort: readSort(query.sort, columns),
    change: ({ search, show }) =>
      go({
        ...(search === undefined ? {} : { q: search }),
        ...(show === undefined ? {} : { show: show === shows[0] ? undefined : show }),
      }),
    changeSort: (sort) => go({ sort: writeSort(sort) }),
  };
}

interface ListBarProps {
  readonly choice: ListChoice;
  readonly placeholder: string;
  readonly shows?: readonly {
    readonly value: string;
    readonly label: string;
    readonly count?: number;
  }[];
  /** The number of matching rows and of all rows; shown when they differ. */
  readonly found?: { readonly left: number; readonly all: number };
  readonly children?: ComponentChildren;
}

/** The bar above a table; the key `/` moves the focus to its search. */
export function ListBar({ choice, placeholder, shows = [], found, children }: ListBarProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement &&
        event.target.matches("input, textarea, select");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", slash);
    return () => removeEventListener("keydown", slash);
  }, []);
  return (
    <div class="list-bar">
      <div class="field list-search">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          value={choice.search}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-keyshortcuts="/"
          onInput={({ currentTarget }) => choice.change({ search: currentTarget.value })}
          onKeyDown={(event) => event.key === "Escape" && choice.change({ search: "" })}
        />
      </div>
      {shows.length > 0 && (
        <div class="list-shows" role="group" aria-label="Show">
          {shows.map(({ value, label, count }) => (
            <button
              type="button"
              key={value}
              class="chip"
              aria-pressed={choice.show === value}
              onClick={() => choice.change({ show: value })}
            >
              {label}
              {count !== undefined && <span class="chip-count figures">{formatCount(count)}</span>}
            </button>
          ))}
        </div>
      )}
      {children}
      <span class="list-found figures" role="status">
        {found && found.left !== found.all &&
          `${formatCount(found.left)} of ${formatCount(found.all)}`}
      </span>
    </div>
  );
}

/** Shown when no row matches the search and the chips. */
export function NothingFound({ choice }: { choice: ListChoice }) {
  return (
    <div class="empty">
      <Icon name="search" />
      <h2>{choice.search ? `Nothing matches “${choice.search}”` : "Nothing here just now"}</h2>
      <button
        type="button"
        class="button"
        onClick={() => choice.change({ search: "", show: "" })}
      >
        Show everything
      </button>
    </div>
  );
}
