/**
 * The library as cards, with the filters by shelf and system.
 *
 * @module
 */
import { useComputed, useSignal } from "@preact/signals";
import type { AppId } from "../../../protocol/ids.ts";
import { Icon } from "../../shared/icon.tsx";
import { useServices } from "../services.ts";
import { Card } from "./card/card.tsx";
import { AddGames, NothingFound } from "./empty.tsx";
import { type App, findApps, type Shelf, shelvesOf, systemsOf } from "./library.ts";

/** A shelf with at most this many apps ends with the card that says how to add games. */
const FEW = 4;

interface Choice {
  readonly kind: Shelf;
  readonly system: string | undefined;
  /** Whether favourites alone are shown. */
  readonly marked?: boolean;
}

interface ShelvesProps {
  readonly search: string;
  readonly clear: () => void;
}

/** The cards that match the shelf, the system and `search`. */
export function Shelves({ search, clear }: ShelvesProps) {
  const { connection, recents, favourites } = useServices();
  const wish = useSignal<Choice>({ kind: "game", system: undefined });
  // A shelf may become empty while it is shown; then the first shelf is shown.
  const choice = useComputed(() => {
    const shelves = shelvesOf(connection.apps.value);
    const stands = shelves.some(({ kind }) => kind === wish.value.kind);
    return stands ? wish.value : { kind: shelves[0]!.kind, system: undefined };
  });
  const apps = connection.apps.value;
  const { kind, system } = choice.value;
  const among = choice.value.marked ? favourites.list.value : undefined;
  const found = findApps(apps, { kind, system, search, among });
  const isShort = search === "" && !among && system === undefined && kind === "game" &&
    found.length <= FEW;
  const pictures = new Map(recents.list.value.map(({ app_id, picture }) => [app_id, picture]));
  return (
    <section aria-label="Everything to play">
      {search === "" && (
        <Filters
          apps={apps}
          choice={choice.value}
          marks={favourites.list.value}
          choose={(next) => (wish.value = next)}
        />
      )}
      <p class="unseen" role="status">{found.length} found</p>
      {found.length === 0 ? <NothingFound search={search} clear={clear} /> : (
        <ul class="app-grid">
          {found.map((app) => (
            <Card
              key={app.app_id}
              app={app}
              picture={app.cover ?? pictures.get(app.app_id)}
              favourite={favourites.list.value.includes(app.app_id)}
              toggle={() => favourites.toggle(app.app_id)}
              running={runningWord(app, connection.ready.value?.room?.app_id)}
            />
          ))}
          {isShort && <AddGames />}
        </ul>
      )}
    </section>
  );
}

interface FiltersProps {
  readonly apps: readonly App[];
  readonly choice: Choice;
  readonly marks: readonly AppId[];
  readonly choose: (choice: Choice) => void;
}

function Filters({ apps, choice: { kind, system, marked }, marks, choose }: FiltersProps) {
  const systems = systemsOf(apps, kind);
  const hasMarked = marked ||
    findApps(apps, { kind, system: undefined, search: "", among: marks }).length > 0;
  return (
    <div class="lobby-filters">
      <div class="shelves" role="group" aria-label="Shelf">
        {shelvesOf(apps).map((shelf) => (
          <button
            type="button"
            class="shelf"
            aria-pressed={shelf.kind === kind}
            onClick={() => choose({ kind: shelf.kind, system: undefined })}
            key={shelf.kind}
          >
            {shelf.name}
          </button>
        ))}
      </div>
      {(systems.length > 1 || hasMarked) && (
        <div class="systems" role="group" aria-label="System">
          {hasMarked && (
            <button
              type="button"
              class="chip"
              aria-pressed={marked === true}
              onClick={() => choose({ kind, system: undefined, marked: !marked })}
            >
              <Icon name="star" /> Favourites
            </button>
          )}
          {[undefined, ...systems].map((name) => (
            <button
              type="button"
              class="chip"
              aria-pressed={name === system && !marked}
              onClick={() => choose({ kind, system: name })}
              key={name ?? ""}
            >
              {name ?? "All"}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function runningWord(
  { app_id, kind, on_demand }: App,
  own: string | undefined,
): string | undefined {
  if (kind === "live") return on_demand ? undefined : "Live";
  return app_id === own ? "Running" : undefined;
}
