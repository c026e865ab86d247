/**
 * A table of a short list with its search above: which rows match stands in the address, like the sort.
 *
 * @module
 */
import { matches } from "../model/table.ts";
import { ListBar, NothingFound, useListChoice } from "./list_bar.tsx";
import { type Column, Table } from "./table.tsx";

/** A table with a search above it; `words` gives the text that a row is searched by. */
export function SearchedTable<Row>(
  { label, placeholder, all, columns, rowKey, words, href, tall = false }: {
    readonly label: string;
    readonly placeholder: string;
    readonly all: readonly Row[];
    readonly columns: readonly Column<Row>[];
    readonly rowKey: (row: Row) => string;
    /** The texts of a row that the search looks into. */
    readonly words: (row: Row) => readonly (string | undefined)[];
    /** Where a row leads. */
    readonly href?: (row: Row) => string;
    readonly tall?: boolean;
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
          tall={tall}
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
