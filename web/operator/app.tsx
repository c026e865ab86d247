/**
 * Chooses the page of an address; without a login it shows the sign-in page at the same address.
 *
 * @module
 */
import { Route, Router, useLocation } from "preact-iso";
import { IconSprite } from "../shared/icon.tsx";
import { PlacedLocation } from "../shared/placed_location.tsx";
import { ToasterOfPage, Toasts } from "../shared/toast.tsx";
import { AccountPage } from "./pages/account.tsx";
import { AuditPage } from "./pages/audit.tsx";
import { DestinationsPage } from "./pages/destinations.tsx";
import { AcceptPage, SetupPage } from "./pages/join.tsx";
import { NoPage } from "./pages/no_page.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { PeoplePage } from "./pages/people.tsx";
import { RoomsPage } from "./pages/rooms.tsx";
import { SendersPage } from "./pages/senders.tsx";
import { SettingsPage } from "./pages/settings.tsx";
import { SignInPage } from "./pages/sign_in.tsx";
import { StreamsPage } from "./pages/streams.tsx";
import { WorkersPage } from "./pages/workers.tsx";
import { ResetPage } from "./people/reset_page.tsx";
import { RecordingsPage } from "./recording/recordings_page.tsx";
import { SenderPage } from "./sender/sender.tsx";
import { useServices } from "./services.ts";
import { Shell } from "./shell/shell.tsx";
import { StreamPage } from "./stream/stream.tsx";
import { WallPage } from "./wall/wall.tsx";
import { WorkerPage } from "./worker/worker.tsx";

/** The dashboard: the page of the current address, or the sign-in page without a login. */
export function App() {
  const { toaster } = useServices();
  return (
    <PlacedLocation scope="/operator">
      <ToasterOfPage.Provider value={toaster}>
        <IconSprite />
        <Site />
        <Toasts toaster={toaster} />
      </ToasterOfPage.Provider>
    </PlacedLocation>
  );
}

function Site() {
  const { path } = useLocation();
  const { api } = useServices();
  if (path === "/operator/setup") return <SetupPage />;
  if (path === "/operator/accept") return <AcceptPage />;
  if (path === "/operator/reset") return <ResetPage />;
  if (api.state.value.state !== "signed_in") return <SignInPage />;
  return (
    <Shell>
      <Router>
        <Route path="/operator" component={OverviewPage} />
        <Route path="/operator/senders" component={SendersPage} />
        <Route path="/operator/senders/:id" component={SenderPage} />
        <Route path="/operator/streams" component={StreamsPage} />
        <Route path="/operator/streams/wall" component={WallPage} />
        <Route path="/operator/streams/:id" component={StreamPage} />
        <Route path="/operator/workers" component={WorkersPage} />
        <Route path="/operator/workers/:id" component={WorkerPage} />
        <Route path="/operator/rooms" component={RoomsPage} />
        <Route path="/operator/rooms/recordings" component={RecordingsPage} />
        <Route path="/operator/destinations" component={DestinationsPage} />
        <Route path="/operator/people" component={PeoplePage} />
        <Route path="/operator/audit" component={AuditPage} />
        <Route path="/operator/settings" component={SettingsPage} />
        <Route path="/operator/account" component={AccountPage} />
        <Route default component={NoPage} />
      </Router>
    </Shell>
  );
}
