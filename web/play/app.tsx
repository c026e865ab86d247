/**
 * Which page an address shows: the lobby, something from the library, or a room that runs.
 *
 * @module
 */
import { LocationProvider, Route, Router, useLocation, useRoute } from "preact-iso";
import { AppId, RoomId } from "../../protocol/ids.ts";
import { IconSprite } from "../shared/icon.tsx";
import { Toasts } from "../shared/toast.tsx";
import type { Target } from "./join/session_state.ts";
import { Lobby } from "./lobby/lobby.tsx";
import { Screen } from "./screen/screen.tsx";
import { useServices } from "./services.ts";

export function App() {
  const { toaster } = useServices();
  return (
    <LocationProvider>
      <IconSprite />
      <Router>
        <Route path="/play/:app" component={PlayPage} />
        <Route default component={HomePage} />
      </Router>
      <Toasts toaster={toaster} />
    </LocationProvider>
  );
}

function HomePage() {
  const room = useLocation().query.room;
  if (room === undefined) return <Lobby />;
  return <Screen key={room} target={targetOf("roomId", RoomId.safeParse(room).data)} />;
}

function PlayPage() {
  const app = useRoute().params.app ?? "";
  return <Screen key={app} target={targetOf("appId", AppId.safeParse(app).data)} />;
}

/** An id that cannot be one leaves nothing to play; the screen says so. */
function targetOf<K extends keyof Target>(key: K, id: Target[K]): Target {
  return id === undefined ? {} : { [key]: id };
}
