/**
 * The column of tables that names the worker of each row.
 *
 * @module
 */
import type { WorkerId } from "../../../protocol/ids.ts";
import type { Column } from "./table.tsx";
import { WorkerLink } from "../stream/facts.tsx";

/** Links to the worker of a row; a dash for a row without one. */
export const WORKER_COLUMN: Column<{ readonly worker_id?: WorkerId | undefined }> = {
  key: "worker",
  head: "Worker",
  rank: 2,
  phone: "none",
  value: ({ worker_id }) => worker_id,
  cell: ({ worker_id }) => <WorkerLink id={worker_id} />,
};
