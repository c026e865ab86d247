/**
 * The button beneath a list that is fetched page by page, while there are older rows.
 *
 * @module
 */
import { formatCount } from "../model/format.ts";

/** The button that fetches the next page of older rows. */
export function ShowOlder(
  { pages, shown }: {
    readonly pages: {
      readonly more: boolean;
      readonly fetching: boolean;
      fetchMore(): Promise<void> | void;
    };
    /** The number of loaded rows; absent: not shown. */
    readonly shown?: number;
  },
) {
  if (!pages.more) return null;
  const label = shown === undefined ? "Show older" : `Show older than these ${formatCount(shown)}`;
  return (
    <div class="table-more">
      <button
        type="button"
        class="button"
        aria-disabled={pages.fetching}
        onClick={() => void pages.fetchMore()}
      >
        {pages.fetching ? "Loading…" : label}
      </button>
    </div>
  );
}
