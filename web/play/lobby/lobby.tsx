/**
 * The lobby: the choice of worker, the row *Continue* and the library.
 *
 * @module
 */
import { isTurnedAway } from "../../../protocol/close.ts";
import { type Signal, useSignal } from "@preact/signals";
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

/** How long the shelves wait for what stands above them, in milliseconds. */
const ROW_PATIENCE = 300;

/** The page of the library. */
export function Lobby() {
  const main = useRef<HTMLElement>(null);
  const search = useSignal("");
  const shelf = useSignal(false);
  const rowKnown = useRowKnown();
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
        {isOpen && search.value === "" && <NowPlaying known={() => void (rowKnown.value = true)} />}
        {isOpen
          ? (
            <Library
              search={search.value}
              clear={() => (search.value = "")}
              settled={rowKnown.value}
            />
          )
          : <Invitation />}
      </main>
    </div>
  );
}

/**
 * Whether it is known what stands above the shelves: what is being played now comes a moment after the library, and
 * must not push a card away from under a finger. True after a while in any case.
 */
function useRowKnown(): Signal<boolean> {
  const { clock, connection: { ready } } = useServices();
  const known = useSignal(false);
  const isReady = ready.value !== undefined;
  useEffect(() => {
    if (!isReady) return;
    const patience = clock.after(ROW_PATIENCE, () => void (known.value = true));
    return () => patience[Symbol.dispose]();
  }, [isReady]);
  return known;
}

/** The shelves once what is above them is `settled`, or why there are none. */
function Library(
  { settled, ...props }: {
    readonly search: string;
    readonly clear: () => void;
    readonly settled: boolean;
  },
) {
  const { connection: { apps, noWorker, ready } } = useServices();
  if (ready.value && !settled) return <Loading />;
  if (ready.value) return apps.value.length === 0 ? <Empty /> : <Shelves {...props} />;
  return noWorker.value === undefined
    ? <Loading />
    : <NoWorker title={noPlaceTitle(noWorker.value)} />;
}
