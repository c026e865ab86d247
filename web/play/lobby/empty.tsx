/**
 * The library before it is there, when it is empty, when it is not open to this browser, and when a search finds
 * nothing.
 *
 * @module
 */
import { Icon } from "../../shared/icon.tsx";
import { signInAddress } from "../../shared/place.ts";
import { useServices } from "../services.ts";

/** Empty cards, shown until the library arrives. */
export function Loading() {
  return (
    <div role="status">
      <span class="unseen">Loading the library</span>
      <ul class="app-grid" aria-hidden="true">
        {Array.from({ length: 8 }, (_, i) => (
          <li class="app-card skeleton" key={i}>
            <div class="app-cover" />
            <div class="app-text">
              <div class="bone" />
              <div class="bone short" />
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Shown when the library has no apps. */
export function Empty() {
  return (
    <div class="empty">
      <Icon name="folder" />
      <h2>No games yet</h2>
      <p class="soft">
        Put ROM files into the <code>roms</code>{" "}
        folder of a worker. They appear here by themselves, each with the system it belongs to.
      </p>
    </div>
  );
}

/** Shown at the end of a short shelf: how to add games. */
export function AddGames() {
  return (
    <li class="add-games">
      <Icon name="folder" />
      <h3>Add games</h3>
      <p class="fine soft">
        Put ROM files into the <code>roms</code> folder. They appear here by themselves.
      </p>
    </li>
  );
}

/** No worker is connected yet; the coordinator goes on looking for one. */
export function NoWorker({ title }: { title: string }) {
  return (
    <div class="empty" role="status">
      <Icon name="plug" />
      <h2>{title}</h2>
      <p class="soft">
        Games run on workers. As soon as one is connected, its library appears here by itself.
      </p>
      <p>
        <a class="small soft" href="/check">Check the connection</a>
      </p>
    </div>
  );
}

/** Farpad lets this browser neither play nor watch. */
export function Invitation() {
  const { connection } = useServices();
  return (
    <div class="empty" role="status">
      <Icon name="people" />
      <h2>You need an invitation</h2>
      <p class="soft">
        Farpad is open here to people who are signed in or were sent a link. Ask the person who runs
        it, or a player, for a link.
      </p>
      <p>
        <a class="button primary" href={signInAddress()} rel="external">Sign in</a>{" "}
        <button type="button" class="button" onClick={() => connection.renew()}>Try again</button>
      </p>
    </div>
  );
}

/** Shown when a search finds no app; `clear` removes the search. */
export function NothingFound({ search, clear }: { search: string; clear: () => void }) {
  return (
    <div class="empty">
      <Icon name="search" />
      <h2>Nothing is called “{search}”</h2>
      <p class="soft">The search looks at titles and systems.</p>
      <button type="button" class="button" onClick={clear}>Show everything</button>
    </div>
  );
}
