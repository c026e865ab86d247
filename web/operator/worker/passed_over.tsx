/**
 * The files of a worker's games folder that are not in its library, and the next step for each.
 *
 * @module
 */
import type { PassedOverList } from "../../../protocol/legs/room.ts";
import { formatCount } from "../model/format.ts";
import { passedOverWords } from "./words.ts";

/** The panel of the files that are not in a worker's library. */
export function PassedOverPanel({ list: { first, count } }: { list: PassedOverList }) {
  return (
    <section class="panel" aria-labelledby="passed-over">
      <div class="panel-head">
        <h2 id="passed-over">Not in the library</h2>
        <span class="soft fine">{formatCount(count)}</span>
      </div>
      <div class="panel-body">
        <dl class="facts">
          {first.map(({ path, ...why }) => (
            <div key={path}>
              <dt>{path === "." ? "The games folder" : path}</dt>
              <dd>{passedOverWords(why)}</dd>
            </div>
          ))}
        </dl>
        {count > first.length && (
          <p class="small soft">And {formatCount(count - first.length)} more.</p>
        )}
      </div>
    </section>
  );
}
