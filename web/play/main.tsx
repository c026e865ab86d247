/**
 * The player's page: builds the models once, begins to play what the address names, and mounts the views.
 *
 * @module
 */
import "../disposal.ts";
import { computed, effect } from "@preact/signals";
import { render } from "preact";
import { systemClock } from "../../protocol/clock.ts";
import { systemRandom } from "../../protocol/random.ts";
import { placeLinks } from "../shared/placed_location.tsx";
import { publicLink, unplaced } from "../shared/place.ts";
import { createToaster } from "../shared/toast.tsx";
import { App } from "./app.tsx";
import { dial, tokens, userAddress } from "./first_connection.ts";
import { createProbes } from "./check/probes.ts";
import { createControls } from "./controls/kept.ts";
import { Check } from "./check/run.ts";
import { Driver } from "./drive/driver.ts";
import { createDriveSettings } from "./drive/settings.ts";
import { createWheel } from "./drive/wheel.ts";
import { askRoom, createCommands } from "./join/commands.ts";
import { Connection } from "./join/connection.ts";
import { createCouch } from "./couch/create_couch.ts";
import { Game } from "./join/game.ts";
import { fetchPing } from "./join/latency.ts";
import { PathRestarts } from "./join/path_restarts.ts";
import { Preconnection } from "./join/preconnection.ts";
import { createPadMaps } from "./input/remap.ts";
import { openMicrophone } from "./voice/microphone.ts";
import { openLoudspeaker } from "./voice/speaker.ts";
import { Voices } from "./voice/voice.ts";
import { faultSentence } from "./voice/words.ts";
import { refusalToast } from "./words/refusals.ts";
import { createIdentity } from "./room/identity.ts";
import { RestingPads } from "./pad_focus/resting_pads.ts";
import { motorsOf } from "./rumble/output.ts";
import { RumblePlayer } from "./rumble/rumble.ts";
import { Rewind } from "./rewind/rewind.ts";
import { createRoomActions } from "./room/room_actions.ts";
import { createRoomModel } from "./room/room_model.ts";
import { createShareLinks } from "./share/share_links.ts";
import { registerServiceWorker } from "./install/service_worker.ts";
import { readLink } from "./link.ts";
import { createFavourites } from "./lobby/favourites.ts";
import { followWatchOnly } from "./lobby/playing/watch_only.ts";
import { createRecents } from "./lobby/recents.ts";
import { browserPeers } from "./media/peer.ts";
import { createRelayFaults } from "./media/relay_faults.ts";
import { overTcp } from "./media/tcp/over_tcp.ts";
import { LostWorker } from "./join/watch/lost_worker.ts";
import { Redial } from "./join/watch/redial.ts";
import { PlaceKeeper } from "./screen/place_keeper.ts";
import { sound, volume } from "./screen/sound.ts";
import { watchUnsaved } from "./saves/unsaved.ts";
import { ServicesProvider } from "./services.ts";

const clock = systemClock;
const random = systemRandom;
const toaster = createToaster(clock);
const relayFaults = createRelayFaults();
const createPeer = browserPeers({ iceError: relayFaults.report });
const link = readLink({ pathname: unplaced(location.pathname), search: location.search });
const connection = new Connection({
  clock,
  random,
  dial,
  ping: fetchPing,
  address: userAddress,
  tokens,
  roomId: link.page === "screen" ? link.target.roomId : undefined,
  listener: (message) => {
    preconnection.receive(message);
    game.receive(message);
    lostWorker.receive(message);
    place.receive(message);
    checking.receive(message);
  },
});
const preconnection: Preconnection = new Preconnection(connection, {
  clock,
  random,
  createPeer,
});
const identity = createIdentity({ storage: () => localStorage, random });
const game = new Game(connection, {
  clock,
  random,
  createPeer,
  preconnection,
  overTcp: overTcp(),
  identity: () => identity.own.peek(),
  beganAnew: () => toaster.refused("The saved moment is not on this worker. The game began anew."),
});
const lostWorker = new LostWorker({ clock, toaster, game });
watchUnsaved(game.joined, toaster);
const place = new PlaceKeeper({ connection, state: game.state, hidden: document.hidden });
const restarts = new PathRestarts(connection, { clock, path: () => game.path });
const redial = new Redial({ clock, socket: connection.socket, media: game.media });
const checking = createProbes({
  clock,
  connection,
  createPeer,
  ping: fetchPing,
});
const settings = createDriveSettings(() => localStorage);
const driver = new Driver({
  clock,
  link: game.media,
  settings,
  gamepads: () => navigator.getGamepads?.() ?? [],
});
const wheel = createWheel({
  clock,
  link: game.media,
  media: game.media,
  toaster,
  identity,
});
const voices = new Voices({
  clock,
  media: game.media,
  isAudible: computed(() => sound.value === "on"),
  openMicrophone,
  openLoudspeaker,
  failed: (why) =>
    toaster.refused(typeof why === "string" ? faultSentence(why) : refusalToast(why)),
});
const controls = createControls(() => localStorage);
const couch = createCouch({ clock, media: game.media, joined: game.joined, toaster });
const rumble = new RumblePlayer({
  clock,
  output: motorsOf(navigator, () => matchMedia("(pointer: coarse)").matches, couch),
  media: game.media,
  wanted: computed(() => controls.all.value.rumble),
});
effect(() => void (volume.value = controls.all.value.volume / 100));
const services = {
  clock,
  connection,
  preconnection,
  game,
  place,
  relayFault: relayFaults.newest,
  check: new Check(clock, checking.probes),
  toaster,
  commands: createCommands(toaster, game.media),
  rewind: new Rewind({ clock, media: game.media, joined: game.joined, toaster }),
  recents: createRecents(localStorage),
  favourites: createFavourites(() => localStorage),
  padMaps: createPadMaps(() => localStorage),
  couch,
  restingPads: new RestingPads(),
  controls,
  voices,
  identity,
  room: createRoomModel(game, toaster),
  roomActions: createRoomActions({ media: game.media, identity }),
  shareLinks: createShareLinks({ socket: connection.socket, publicLink }),
  drive: { driver, settings, wheel },
};

followWatchOnly({
  isIn: computed(() => game.state.value.state === "playing"),
  wishes: () => new URLSearchParams(location.search).has("watch"),
  leaveSeat: () => void askRoom(game.media, "seat.leave", {}),
});
placeLinks();
// The coordinator frees the place within seconds, unless this page is reloaded and resumes its session.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) redial.sign();
  place.setVisible({ visible: !document.hidden });
  rumble.setHidden(document.hidden);
});
globalThis.addEventListener("pagehide", () => {
  connection.socket.send("page.closing", {});
  voices.close();
  rumble.setHidden(true);
});
// A page that the browser kept while another one was shown finds its session resumed or ended.
globalThis.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) connection.socket.restart();
});
const networkChanged = () => {
  redial.sign();
  restarts.networkChanged();
};
globalThis.addEventListener("online", networkChanged);
// Chromium alone has it; elsewhere the silence of the path is the sign.
if ("connection" in navigator && navigator.connection instanceof EventTarget) {
  navigator.connection.addEventListener("change", networkChanged);
}

// Before the views, which take longer to draw than the coordinator takes to answer: what it sent meanwhile comes first.
if (link.page === "screen") game.play(link.target);
clock.after(0, () =>
  render(
    <ServicesProvider value={services}>
      <App />
    </ServicesProvider>,
    document.getElementById("app")!,
  ));
// After everything that the page needs to play.
clock.after(2_000, () => void registerServiceWorker());
