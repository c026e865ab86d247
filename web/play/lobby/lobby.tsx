/**
 * The lobby: what can be played, found by shelf, system or name, and what was played last.
 *
 * @module
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useTitle } from "../../shared/use_title.ts";
import { Icon } from "../../shared/icon.tsx";
import { useServices } from "../services.ts";
import { Card } from "./card.tsx";
import { Continue } from "./continue.tsx";
import { Empty, Loading, NothingFound, NoWorker } from "./empty.tsx";
import { type App, findApps, type Shelf, shelvesOf, systemsOf } from "./library.ts";
import { LinkBanner } from "./link_banner.tsx";
import { Logo } from "./logo.tsx";
import { WorkerMenu } from "./worker_menu.tsx";

export function Lobby() {
  const { connection, recents } = useServices();
  const main = useRef<HTMLElement>(null);
  const search = useSignal("");
  const shelf = useSignal<Shelf>("game");
  const system = useSignal<string | undefined>(undefined);
  const shelves = useComputed(() => shelvesOf(connection.apps.value));
  const kind = useComputed(() =>
    shelves.value.some((each) => each.kind === shelf.value) ? shelf.value : shelves.value[0]!.kind
  );
  const found = useComputed(() =>
    findApps(connection.apps.value, {
      kind: kind.value,
      system: system.value,
      search: search.value,
    })
  );
  useTitle("Farpad");
  useEffect(() => {
    document.documentElement.dataset.state = "lobby";
    // Who came back from a game goes on here, also by keyboard and screen reader.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, []);

  const { apps, noWorker, ready } = connection;
  const pictures = new Map(recents.list.value.map(({ app_id, picture }) => [app_id, picture]));
  return (
    <div class="lobby">
      <header class="lobby-head">
        <a class="wordmark" href="/" aria-label="Farpad, library">
          <Logo /> farpad
        </a>
        <label class="field lobby-search">
          <Icon name="search" />
          <span class="unseen">Search the library</span>
          <input
            type="search"
            placeholder="Search"
            autocomplete="off"
            value={search.value}
            onInput={({ currentTarget }) => (search.value = currentTarget.value)}
          />
        </label>
        <WorkerMenu />
      </header>
      <LinkBanner />
      <main class="lobby-main" ref={main} tabIndex={-1}>
        <h1 class="unseen">Library</h1>
        {search.value === "" && <Continue />}
        {ready.value === undefined
          ? (noWorker.value === undefined ? <Loading /> : <NoWorker message={noWorker.value} />)
          : apps.value.length === 0
          ? <Empty />
          : (
            <section aria-label="Everything to play">
              {search.value === "" && (
                <Filters
                  apps={apps.value}
                  kind={kind.value}
                  system={system.value}
                  choose={(next) => {
                    shelf.value = next.kind;
                    system.value = next.system;
                  }}
                />
              )}
              <p class="unseen" role="status">{found.value.length} found</p>
              {found.value.length === 0
                ? <NothingFound search={search.value} clear={() => (search.value = "")} />
                : (
                  <ul class="app-grid">
                    {found.value.map((app) => (
                      <Card
                        key={app.app_id}
                        app={app}
                        picture={pictures.get(app.app_id)}
                        running={runningWord(app, ready.value?.room?.app_id)}
                      />
                    ))}
                  </ul>
                )}
            </section>
          )}
      </main>
    </div>
  );
}

interface FiltersProps {
  readonly apps: readonly App[];
  readonly kind: Shelf;
  readonly system: string | undefined;
  readonly choose: (filter: { kind: Shelf; system: string | undefined }) => void;
}

function Filters({ apps, kind, system, choose }: FiltersProps) {
  const systems = systemsOf(apps, kind);
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
      {systems.length > 1 && (
        <div class="systems" role="group" aria-label="System">
          {[undefined, ...systems].map((name) => (
            <button
              type="button"
              class="chip"
              aria-pressed={name === system}
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

function runningWord({ app_id, kind }: App, own: string | undefined): string | undefined {
  if (app_id === own) return "Running";
  return kind === "live" ? "Live" : undefined;
}
