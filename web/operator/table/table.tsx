/**
 * A table for many rows: sticky head, sorting by its heads, moving with the arrow keys. It draws only the rows near
 * the screen. On a narrow screen each row has two or three lines.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { nextSort, type Sort, sortRows, type SortValue } from "../model/table.ts";
import { useRowKeys } from "./row_keys.ts";
import { type NarrowRow, useRowWindow } from "./row_window.ts";

/** One column of a table. */
export interface Column<T> {
  readonly key: string;
  readonly head: string;
  /** The head is for screen readers only: the buttons below it name themselves. */
  readonly headUnseen?: boolean;
  /** The unit, which is in the head and not in every row. */
  readonly unit?: string;
  /** The meaning of the column, when its head is too short for it. */
  readonly hint?: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Makes the column sortable. */
  readonly value?: (row: T) => SortValue;
  /** The first press sorts the largest to the top. */
  readonly downFirst?: boolean;
  readonly align?: "end";
  /** 1 is always shown; 3 and then 2 are hidden on narrower screens. */
  readonly rank?: 1 | 2 | 3;
  /** Its place in a row on a narrow screen: the name, the state beside it, a figure below, or nowhere. */
  readonly phone?: "name" | "state" | "figure" | "none";
  /** Takes the remaining width. */
  readonly wide?: boolean;
}

interface TableProps<T> {
  /** Names the table for screen readers. */
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly rowKey: (row: T) => string;
  /** The page that a row links to; its first cell becomes the link. */
  readonly href?: (row: T) => string;
  readonly sort?: Sort | undefined;
  readonly changeSort?: (sort: Sort | undefined) => void;
  /** The form of a row on a narrow screen. */
  readonly narrow?: NarrowRow;
}

/** A sortable table that draws only the rows near the screen. */
export function Table<T>(props: TableProps<T>) {
  const { label, rows, columns, rowKey, href, sort, changeSort, narrow = "figures" } = props;
  const sorted = useMemo(() => {
    const value = columns.find(({ key }) => key === sort?.column)?.value;
    return sort && value ? sortRows(rows, { value, down: sort.down }) : rows;
  }, [rows, sort?.column, sort?.down]);
  const { body, window, rowHeight } = useRowWindow(sorted.length, { narrow });
  const keys = useRowKeys({ body, count: sorted.length, rowHeight });
  const shown = sorted.slice(window.first, window.end);
  return (
    <div class="table-box">
      {changeSort && <PhoneSort columns={columns} sort={sort} change={changeSort} />}
      <table
        class="table"
        data-narrow={narrow}
        aria-label={label}
        aria-rowcount={sorted.length + 1}
        style={{ "--row": `${rowHeight}px` }}
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} change={changeSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={keys.onKeyDown} onFocusIn={keys.onFocusIn}>
          <Spacer height={window.first * rowHeight} columns={columns.length} />
          {shown.map((row, offset) => {
            const index = window.first + offset;
            return (
              <tr key={rowKey(row)} aria-rowindex={index + 2} data-index={index}>
                {columns.map((column, place) => (
                  <Cell
                    key={column.key}
                    column={column}
                    row={row}
                    first={place === 0}
                    href={href?.(row)}
                    tabIndex={keys.active === index ? 0 : -1}
                  />
                ))}
              </tr>
            );
          })}
          <Spacer height={(sorted.length - window.end) * rowHeight} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps<T> {
  readonly column: Column<T>;
  readonly sort: Sort | undefined;
  readonly change: ((sort: Sort | undefined) => void) | undefined;
}

function Head<T>({ column, sort, change }: HeadProps<T>) {
  const { key, head, headUnseen = false, unit, hint, value, downFirst = false } = column;
  const mine = sort?.column === key;
  const order = !mine ? "none" : sort.down ? "descending" : "ascending";
  const text = (
    <span class={headUnseen ? "unseen" : undefined}>
      {head}
      {unit && <span class="unit">{unit}</span>}
    </span>
  );
  return (
    <th
      scope="col"
      class={classOf(column)}
      title={hint}
      aria-sort={value && change ? order : undefined}
    >
      {value && change
        ? (
          <button type="button" onClick={() => change(nextSort(sort, key, { downFirst }))}>
            {text}
            <span class="sort-mark" data-order={order}>
              <Icon name={order === "ascending" ? "up" : "down"} />
            </span>
          </button>
        )
        : text}
    </th>
  );
}

interface CellProps<T> {
  readonly column: Column<T>;
  readonly row: T;
  readonly first: boolean;
  readonly href: string | undefined;
  readonly tabIndex: number;
}

function Cell<T>({ column, row, first, href, tabIndex }: CellProps<T>) {
  const content = column.cell(row);
  const label = column.unit ? `${column.head} ${column.unit}` : column.head;
  if (!first) return <td class={classOf(column)} data-label={label}>{content}</td>;
  return (
    <th scope="row" class={classOf(column)}>
      {href === undefined
        ? content
        : <a class="row-link" href={href} tabIndex={tabIndex}>{content}</a>}
    </th>
  );
}

function classOf<T>({ align, rank = 1, phone = "figure", wide }: Column<T>): string {
  return [`rank-${rank}`, `phone-${phone}`, align === "end" && "end", wide && "wide"]
    .filter(Boolean).join(" ");
}

/** Takes the height of the rows that are not drawn, above or below the others. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr class="spacer" aria-hidden="true" style={{ height: `${height}px` }}>
      <td colSpan={columns} />
    </tr>
  );
}

interface PhoneSortProps<T> {
  readonly columns: readonly Column<T>[];
  readonly sort: Sort | undefined;
  readonly change: (sort: Sort | undefined) => void;
}

/** The choice of the sort on a narrow screen, which shows no heads. */
function PhoneSort<T>({ columns, sort, change }: PhoneSortProps<T>) {
  const sortable = columns.filter(({ value }) => value);
  const chosen = sortable.find(({ key }) => key === sort?.column);
  return (
    <label class="phone-sort">
      Sort by
      <select
        value={chosen?.key ?? ""}
        onChange={({ currentTarget }) => {
          const column = sortable.find(({ key }) => key === currentTarget.value);
          change(column && { column: column.key, down: column.downFirst ?? false });
        }}
      >
        <option value="">Usual order</option>
        {sortable.map(({ key, head }) => <option key={key} value={key}>{head}</option>)}
      </select>
    </label>
  );
}
