/**
 * The wall: the live pictures of up to sixteen streams on one page, those that need attention first. Pictures come in
 * the small layer, with the sound of one stream at most, and none while the tab is hidden.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { StreamId } from "../../../protocol/ids.ts";
import { Icon } from "../../shared/icon.tsx";
import { useDestinations } from "../destination/use_destinations.ts";
import { formatCount, plural } from "../model/format.ts";
import { useNow, useServices, useTopics } from "../services.ts";
import { wantsPicture } from "../stream/preview_video.tsx";
import { Empty, Loading, Page, useLoaded } from "../widgets/page.tsx";
import { useTabVisible } from "./on_screen.ts";
import { beyondWords, MOST_TILES, NO_ORDER, stepOrder, type Tile, tilesOf } from "./order.ts";
import { WallTile } from "./tile.tsx";
import { moveByKey, useFocusKept } from "./tile_keys.ts";

/** The tiles keep their places for so many milliseconds after a key, a press or a move of the pointer among them. */
const HELD_FOR = 4_000;

/** The page of many live pictures. */
export function WallPage() {
  useTopics("streams", "workers");
  const loaded = useLoaded("streams");
  const tiles = useTiles();
  const pictures = useSignal(wantsPicture());
  if (!loaded) {
    return (
      <Page title="Wall">
        <Loading what="streams" />
      </Page>
    );
  }
  if (tiles.length === 0) {
    return (
      <Page title="Wall">
        <Empty icon="film" title="Nothing is live">
          <p class="soft">The picture of every stream that runs is shown here.</p>
          <a class="button" href="/operator/senders?show=online">Senders online</a>
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title="Wall"
      state={<Summary tiles={tiles} />}
      actions={
        <button
          type="button"
          class="button"
          aria-pressed={pictures.value}
          onClick={() => void (pictures.value = !pictures.value)}
        >
          <Icon name="film" /> Pictures
        </button>
      }
    >
      <Grid tiles={tiles} pictures={pictures.value} />
    </Page>
  );
}

function useTiles(): readonly Tile[] {
  const { on } = useServices().fleet;
  const { state } = useDestinations();
  return tilesOf({
    streams: on.streams.value.values(),
    alerts: on.alerts.value.values(),
    destinations: state.state === "ready" ? state.value : undefined,
  }, useNow());
}

/** How many streams need attention. A screen reader says it when the number changes. */
function Summary({ tiles }: { tiles: readonly Tile[] }) {
  const troubled = tiles.filter(({ trouble }) => trouble !== undefined).length;
  return (
    <span class="soft" role="status">
      {troubled === 0
        ? `${plural(tiles.length, "stream")}, none needs attention`
        : `${formatCount(troubled)} of ${plural(tiles.length, "stream")} ${
          troubled === 1 ? "needs" : "need"
        } attention`}
    </span>
  );
}

function Grid({ tiles, pictures }: { tiles: readonly Tile[]; pictures: boolean }) {
  const { clock } = useServices();
  const now = useNow();
  const list = useRef<HTMLUListElement>(null);
  const order = useRef(NO_ORDER);
  const touchedAt = useRef(-Infinity);
  const sound = useSignal<StreamId | undefined>(undefined);
  const visible = useTabVisible();
  useFocusKept(list);
  const held = clock.now() - touchedAt.current < HELD_FOR;
  order.current = stepOrder(order.current, tiles, { now, held });
  const byId = new Map(tiles.map((tile) => [tile.stream.stream_id, tile]));
  const shown = order.current.ids.slice(0, MOST_TILES).map((id) => byId.get(id)!);
  const beyond = beyondWords(tiles.length);
  const touch = () => void (touchedAt.current = clock.now());
  return (
    <>
      {beyond && (
        <p class="notice wall-more">
          {beyond} <a href="/operator/streams">list of streams</a>.
        </p>
      )}
      <ul
        ref={list}
        class="wall"
        style={{ "--side": String(Math.ceil(Math.sqrt(shown.length))) }}
        aria-label="Live pictures"
        onKeyDown={(event) => {
          touch();
          moveByKey(event, event.currentTarget);
        }}
        onPointerMove={touch}
        onPointerDown={touch}
        onFocusIn={touch}
      >
        {shown.map((tile) => {
          const { stream_id } = tile.stream;
          return (
            <WallTile
              key={stream_id}
              tile={tile}
              plays={pictures && visible}
              sound={sound.value === stream_id}
              changeSound={(on) => void (sound.value = on ? stream_id : undefined)}
            />
          );
        })}
      </ul>
    </>
  );
}
