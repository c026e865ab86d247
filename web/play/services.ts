/**
 * What the views of the player share, made once in `main.tsx`.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Clock } from "../../protocol/clock.ts";
import type { Toaster } from "../shared/toast.tsx";
import type { Check } from "./check/run.ts";
import type { KeptControls } from "./controls/kept.ts";
import type { CouchPads } from "./couch/couch_pads.ts";
import type { Commands } from "./join/commands.ts";
import type { Driver } from "./drive/driver.ts";
import type { KeptSettings } from "./drive/settings.ts";
import type { Wheel } from "./drive/wheel.ts";
import type { Connection } from "./join/connection.ts";
import type { Game } from "./join/game.ts";
import type { Preconnection } from "./join/preconnection.ts";
import type { RelayFault } from "./media/relay_faults.ts";
import type { Voices } from "./voice/voice.ts";
import type { PadMaps } from "./input/remap.ts";
import type { Identities } from "./room/identity.ts";
import type { Rewind } from "./rewind/rewind.ts";
import type { RoomActions } from "./room/room_actions.ts";
import type { RoomModel } from "./room/room_model.ts";
import type { Favourites } from "./lobby/favourites.ts";
import type { Recents } from "./lobby/recents.ts";
import type { RestingPads } from "./pad_focus/resting_pads.ts";
import type { ShareLinks } from "./share/share_links.ts";
import type { PlaceKeeper } from "./screen/place_keeper.ts";

/** The models that the views share. */
export interface Services {
  readonly clock: Clock;
  readonly connection: Connection;
  readonly game: Game;
  readonly preconnection: Preconnection;
  readonly place: PlaceKeeper;
  /** The newest TURN server that gave this page no relay. */
  readonly relayFault: ReadonlySignal<RelayFault | undefined>;
  readonly check: Check;
  readonly commands: Commands;
  readonly rewind: Rewind;
  readonly toaster: Toaster;
  readonly recents: Recents;
  readonly favourites: Favourites;
  readonly padMaps: PadMaps;
  /** The gamepads of this machine and their seats. */
  readonly restingPads: RestingPads;
  readonly couch: CouchPads;
  readonly controls: KeptControls;
  readonly voices: Voices;
  /** What this browser's person goes by. */
  readonly identity: Identities;
  /** The people and the chat of the room. */
  readonly room: RoomModel;
  readonly roomActions: RoomActions;
  readonly shareLinks: ShareLinks;
  /** Driving a vehicle. */
  readonly drive: {
    readonly driver: Driver;
    readonly settings: KeptSettings;
    readonly wheel: Wheel;
  };
}

const Context = createContext<Services | undefined>(undefined);
/** Gives the services to the views below it. */
export const ServicesProvider = Context.Provider;

/** The services of this page. @throws {Error} when no `ServicesProvider` is above the view. */
export function useServices(): Services {
  const services = useContext(Context);
  if (!services) throw new Error("Cannot render: no ServicesProvider is above this view");
  return services;
}
