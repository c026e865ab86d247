/**
 * The lobby: the choice of worker, the row *Continue* and the library.
 *
 * @module
 */
import { isTurnedAway } from "../../../protocol/close.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { useTitle } from "../../shared/use_title.ts";
import { ShelfDialog } from "../recording/shelf.tsx";
import { useServices } from "../services.ts";
import { noPlaceTitle } from "../words/notices.ts";
import { Continue } from "./continue.tsx";
import { Empty, Invitation, Loading, NoWorker } from "./empty.tsx";
import { LinkBanner } from "./link_banner.tsx";
import { placed } from "../../shared/place.ts";
import { Logo } from "./logo.tsx";
import { Shelves } from "./shelves.tsx";
import { useQuickStart } from "../join/use_quick_start.ts";
import { NowPlaying } from "./playing/now_playing.tsx";
import { WorkerMenu } from "./worker_menu.tsx";

/** The page of the library. */
export function Lobby() {
  const main = useRef<HTMLElement>(null);
  const search = useSignal("");
  const shelf = useSignal(false);
  const { connection: { socket } } = useServices();
  const link = socket.state.value;
  const isOpen = !(link.state === "closed" && isTurnedAway(link.code));
  useTitle("Farpad");
  useQuickStart();
  useEffect(() => {
    document.documentElement.dataset.state = "lobby";
    // After a game the focus starts here, for the keyboard and the screen reader.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div class="lobby">
      <header class="lobby-head">
        <a class="wordmark" href="/" aria-label="Farpad, library">
          <Logo /> farpad
        </a>
        {isOpen && (
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
        )}
        {isOpen && (
          <div class="lobby-end">
            <button
              type="button"
              class="button plain small soft"
              onClick={() => void (shelf.value = true)}
            >
              Recordings
            </button>
            <a class="button plain small soft" href={placed("/operator")} rel="external">
              Operators
            </a>
            <WorkerMenu />
          </div>
        )}
      </header>
      <LinkBanner />
      {shelf.value && <ShelfDialog close={() => void (shelf.value = false)} />}
      <main class="lobby-main" ref={main} tabIndex={-1}>
        <h1 class="unseen">Library</h1>
        {isOpen && search.value === "" && <Continue />}
        {isOpen && search.value === "" && <NowPlaying />}
        {isOpen
          ? <Library search={search.value} clear={() => (search.value = "")} />
          : <Invitation />}
      </main>
    </div>
  );
}

/** The shelves, or why there are none. */
function Library(props: { readonly search: string; readonly clear: () => void }) {
  const { connection: { apps, noWorker, ready } } = useServices();
  if (ready.value) return apps.value.length === 0 ? <Empty /> : <Shelves {...props} />;
  return noWorker.value === undefined
    ? <Loading />
    : <NoWorker title={noPlaceTitle(noWorker.value)} />;
}
