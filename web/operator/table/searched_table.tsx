/**
 * A table of a short list with its search above: the address holds the search and the sort.
 *
 * @module
 */
import { matches } from "../model/table.ts";
import { ListBar, NothingFound, useListChoice } from "./list_bar.tsx";
import type { NarrowRow } from "./row_window.ts";
import { type Column, Table } from "./table.tsx";

/** A table with a search above it; `words` gives the text that a row is searched by. */
export function SearchedTable<Row>(
  { label, placeholder, all, columns, rowKey, words, href, narrow = "figures" }: {
    readonly label: string;
    readonly placeholder: string;
    readonly all: readonly Row[];
    readonly columns: readonly Column<Row>[];
    readonly rowKey: (row: Row) => string;
    /** The texts of a row that the search looks into. */
    readonly words: (row: Row) => readonly (string | undefined)[];
    /** The page that a row links to. */
    readonly href?: (row: Row) => string;
    /** The form of a row on a narrow screen. */
    readonly narrow?: NarrowRow;
  },
) {
  const choice = useListChoice({ shows: [], columns: columns.map(({ key }) => key) });
  const rows = all.filter((row) => matches(choice.search, words(row)));
  return (
    <>
      <ListBar
        choice={choice}
        placeholder={placeholder}
        found={{ left: rows.length, all: all.length }}
      />
      {rows.length === 0 ? <NothingFound choice={choice} /> : (
        <Table
          label={label}
          narrow={narrow}
          rows={rows}
          columns={columns}
          rowKey={rowKey}
          {...(href ? { href } : {})}
          sort={choice.sort}
          changeSort={choice.changeSort}
        />
      )}
    </>
  );
}
