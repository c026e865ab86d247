/**
 * Chooses the page of an address: the library, the screen of an app or room, or the reason that the address is refused.
 *
 * @module
 */
import { useLocation } from "preact-iso";
import { IconSprite } from "../shared/icon.tsx";
import { PlacedLocation } from "../shared/placed_location.tsx";
import { ToasterOfPage, Toasts } from "../shared/toast.tsx";
import { CheckPage } from "./check/check_page.tsx";
import { readLink } from "./link.ts";
import { usePadFocus } from "./pad_focus/use_pad_focus.ts";
import { Lobby } from "./lobby/lobby.tsx";
import { BadLink } from "./screen/bad_link.tsx";
import { Screen } from "./screen/screen.tsx";
import { useServices } from "./services.ts";

/** The player's pages: the page of the current address, the icons and the toasts. */
export function App() {
  const { toaster } = useServices();
  usePadFocus();
  return (
    <PlacedLocation>
      <ToasterOfPage.Provider value={toaster}>
        <IconSprite />
        <Page />
        <Toasts toaster={toaster} />
      </ToasterOfPage.Provider>
    </PlacedLocation>
  );
}

function Page() {
  const { url } = useLocation();
  const link = readLink(new URL(url, location.origin));
  switch (link.page) {
    case "library":
      return <Lobby />;
    case "check":
      return <CheckPage />;
    case "screen":
      // A screen plays one target for as long as it is shown.
      return <Screen key={JSON.stringify(link.target)} target={link.target} />;
    case "refused":
      return <BadLink />;
  }
}
