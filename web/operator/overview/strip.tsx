/**
 * Five totals of the installation, each a link to its page.
 *
 * @module
 */
import { formatCount } from "../model/format.ts";
import { totals } from "../model/totals.ts";
import { useServices } from "../services.ts";

/** The row of totals at the head of the overview page. */
export function Strip() {
  const { on } = useServices().fleet;
  const sum = totals({
    senders: on.senders.value.values(),
    streams: on.streams.value.values(),
    workers: on.workers.value.values(),
    rooms: on.rooms.value.values(),
  });
  return (
    <div class="strip">
      <Tile
        href="/operator/streams"
        name="Live now"
        value={sum.live}
        {...(sum.changing > 0 ? { note: `${sum.changing} starting or stopping` } : {})}
      />
      <Tile href="/operator/senders" name="Senders online" value={sum.online} of={sum.senders} />
      <Tile href="/operator/rooms" name="Watching" value={sum.watching} />
      <Tile
        href="/operator/workers"
        name="Places free"
        value={sum.places.free}
        of={sum.places.all}
      />
      <Tile
        href="/operator/workers"
        name="Port pairs free"
        value={sum.ports.free}
        of={sum.ports.all}
      />
    </div>
  );
}

function Tile(
  { href, name, value, of, note }: {
    href: string;
    name: string;
    value: number;
    of?: number;
    note?: string;
  },
) {
  return (
    <a class="tile" href={href}>
      <span class="tile-name">{name}</span>
      <span class="tile-value figures">
        {formatCount(value)}
        {of !== undefined && <span class="tile-of">/ {formatCount(of)}</span>}
      </span>
      {note && <span class="tile-note">{note}</span>}
    </a>
  );
}
