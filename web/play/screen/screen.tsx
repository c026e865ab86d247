/**
 * The screen of a game: picture, notices, controls at the edges. Owns which overlay is open and when the controls
 * are hidden.
 *
 * @module
 */
import { effect, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Mark } from "../../shared/mark.tsx";
import { formatClockTime } from "../../shared/format.ts";
import { lostSince } from "../../shared/socket/leg_socket.ts";
import { useTitle } from "../../shared/use_title.ts";
import { ownSeat, seatsOf, type SeatView } from "../join/seats.ts";
import type { SessionState, Target } from "../join/session_state.ts";
import { Cover } from "../lobby/card/cover.tsx";
import type { App } from "../lobby/library.ts";
import { gamepadName } from "../input/gamepad.ts";
import { TouchPad } from "../input/touch_pad.tsx";
import { useDevices } from "../input/use_devices.ts";
import { SeatOfferNote } from "../couch/offer_note.tsx";
import { runHotkey } from "../controls/hotkeys.ts";
import { ControlsDialog } from "../controls/view/controls_dialog.tsx";
import { DriveView } from "../drive/view/drive_view.tsx";
import { DrivingDialog } from "../drive/view/driving_dialog.tsx";
import { ShelfDialog } from "../recording/shelf.tsx";
import { useServices } from "../services.ts";
import { roomNote } from "../words/room_note.ts";
import { BottomBar } from "./bottom_bar.tsx";
import { HelpDialog } from "../overlay/help.tsx";
import type { Overlay } from "../overlay/overlay.ts";
import { NoticeCard } from "./notice.tsx";
import { Panel } from "../overlay/panel.tsx";
import { RemapDialog } from "../overlay/remap.tsx";
import { ResetDialog } from "../overlay/reset.tsx";
import { OptionsDialog } from "../options/options_dialog.tsx";
import { SavesDialog } from "../saves/saves_dialog.tsx";
import { ShareDialog } from "../share/share_dialog.tsx";
import type { Shared } from "../share/words.ts";
import { LatestLine } from "../room/view/latest_line.tsx";
import { RewindNote } from "../rewind/rewind_note.tsx";
import { RoomSheet } from "../room/view/sheet.tsx";
import { SoundPress, Stage } from "./stage.tsx";
import { RecordedMark } from "../recording/menu_items.tsx";
import { VoiceBar } from "../voice/voice_bar.tsx";
import { toggleSound } from "./sound.ts";
import { TopBar } from "./top_bar.tsx";
import { useFullScreen } from "./use_full_screen.ts";
import { useIdle } from "./use_idle.ts";
import { useLastPicture } from "./use_last_picture.ts";
import { useScreenLock } from "../awake/use_screen_lock.ts";
import { useScreenState } from "./use_screen_state.ts";

/** States in which there is, or in a moment will be, a picture. */
const RUNNING: readonly SessionState["state"][] = ["starting", "playing", "lost"];

/**
 * A start that is quicker than this shows neither notice nor backdrop, in milliseconds. Drawing the backdrop takes many
 * times as long as drawing a picture.
 */
const QUICK_START = 300;

/** Plays `target` while it is shown, and leaves the game when it is removed. */
export function Screen({ target }: { target: Target }) {
  const { game, connection, commands, controls, drive, place, rewind, toaster } = useServices();
  const { route } = useLocation();
  const video = useRef<HTMLVideoElement>(null);
  const overlay = useSignal<Overlay | undefined>(undefined);
  // Before the screen leaves the game when it is removed, the game's last picture is stored.
  useLastPicture(video);
  const view = useScreenState(target);
  const seats = useComputed(() =>
    seatsOf(game.room.value, connection.ready.value?.session_id, game.joined.value)
  );
  const vehicle = view.app?.vehicle ?? false;
  const fullScreen = useFullScreen(video, () => ownSeat(seats.peek()) !== undefined);
  const devices = useDevices({
    enabled: () => !takesKeys(overlay.value),
    hotkey: (hotkey) => {
      const standing = { seated: ownSeat(seats.value) !== undefined, vehicle };
      runHotkey(hotkey, standing, {
        commands,
        rewind,
        toaster,
        room: game.room,
        toggleSound,
        toggleFullScreen: fullScreen.toggle,
        openMenu: () => (overlay.value = "menu"),
      });
    },
    released: (hotkey = "rewind") => {
      if (hotkey === "rewind") rewind.release();
    },
  });
  const resting = view.notice === undefined && overlay.value === undefined;
  const idle = useIdle({ active: resting });
  const endsAt = place.endsAt.value;
  const wanted = endsAt === undefined ? "" : `Place needed, ends ${formatClockTime(endsAt)}: `;
  useTitle(`${wanted}${view.title} · Farpad`);
  // Set by the signal and not at rendering, so that the first key after a menu reaches the game.
  useEffect(() => effect(() => game.pad.hush("menu", { active: takesKeys(overlay.value) })), []);

  const { state } = view;
  const moves = state.state === "playing" && state.frozenSince === undefined;
  useScreenLock(moves && !game.room.value?.paused);

  const quick = useQuick();
  const running = RUNNING.includes(view.state.state);
  const seated = ownSeat(seats.value) !== undefined;
  const isWheel = Object.hasOwn(drive.settings.all.value.wheels, devices.unknownGamepad ?? "");
  const unknown = vehicle && isWheel ? undefined : devices.unknownGamepad;
  const covered = useComputed(() => takesKeys(overlay.value));
  const sheet = overlay.value === "room" && running;
  const pad = devices.touch && !devices.gamepad && seated && running && !vehicle && !sheet;
  /** The gamepad that the set-up dialog is about; it stays while the dialog is open. */
  const settingUp = useSignal<string | undefined>(undefined);
  const setUp = (id: string | undefined) => {
    settingUp.value = id;
    overlay.value = "remap";
  };
  const leave = () => route("/");
  const close = () => (overlay.value = undefined);
  const toggle = (which: Overlay) => (overlay.value = overlay.value === which ? undefined : which);
  return (
    <div
      class="cinema"
      data-theme="dark"
      data-idle={idle}
      data-pad={pad}
      data-sheet={sheet}
      data-fills={fullScreen.fills}
      data-drive={vehicle && running}
    >
      <RecordedMark />
      <TopBar
        title={view.title}
        seats={running ? seats.value : []}
        vehicle={vehicle}
        overlay={overlay.value}
        toggle={toggle}
        close={close}
        leave={leave}
        fullScreen={fullScreen}
      />
      {running && <VoiceBar />}
      <p class="unseen" role="status">
        {view.notice ? "" : playingAs(view.title, seats.value, vehicle)}
      </p>
      <main class="stage-area">
        {!running && !quick && view.app && <Backdrop app={view.app} />}
        <Stage video={video} title={view.title} plain={view.app?.kind === "live"} />
        {view.notice && !(quick && view.notice.tone === "busy") && (
          <NoticeCard notice={view.notice} leave={leave} quiet={covers(overlay.value)} />
        )}
        <SoundPress />
        {running && <RewindNote />}
        {state.state === "playing" && !sheet && (
          <LatestLine
            open={() => (overlay.value = "room")}
          />
        )}
        <RoomNote playing={view.state.state === "playing"} live={view.app?.kind === "live"} />
        {running && !vehicle && !takesKeys(overlay.value) && <SeatOfferNote seats={seats.value} />}
        {running && unknown !== undefined && overlay.value === undefined && (
          <GamepadNote
            id={unknown}
            setUp={() => vehicle ? toggle("driving") : setUp(unknown)}
          />
        )}
      </main>
      {pad && (
        <TouchPad
          system={view.app?.system ?? ""}
          settings={controls.all.value.touch}
          change={(level) => game.pad.set("touch", level)}
        />
      )}
      {running && vehicle && (
        <DriveView
          seats={seats.value}
          touch={devices.touch}
          covered={covered}
          noticed={view.notice !== undefined}
        />
      )}
      {running && (
        <BottomBar
          overlay={overlay.value}
          toggle={toggle}
          fullScreen={fullScreen}
          seated={seated}
          vehicle={vehicle}
        />
      )}
      {sheet && <RoomSheet vehicle={vehicle} live={view.app?.kind === "live"} close={close} />}
      {overlay.value === "panel" && <Panel close={close} />}
      {overlay.value === "help" && (
        <HelpDialog
          system={view.app?.system ?? ""}
          buttons={view.app?.buttons}
          change={() => toggle("controls")}
          close={close}
        />
      )}
      {overlay.value === "controls" && (
        <ControlsDialog
          system={view.app?.system ?? ""}
          setUp={setUp}
          close={close}
        />
      )}
      {overlay.value === "reset" && <ResetDialog title={view.title} close={close} />}
      {overlay.value === "remap" && settingUp.value !== undefined && (
        <RemapDialog
          gamepadId={settingUp.value}
          system={view.app?.system ?? ""}
          buttons={view.app?.buttons}
          close={close}
        />
      )}
      {overlay.value === "options" && (
        <OptionsDialog startOver={seated ? () => toggle("reset") : undefined} close={close} />
      )}
      {overlay.value === "saves" && <SavesDialog seated={seated} close={close} />}
      {overlay.value === "shelf" && <ShelfDialog close={close} />}
      {overlay.value === "driving" && <DrivingDialog close={close} />}
      {overlay.value === "share" && (
        <ShareDialog
          title={view.title}
          shared={sharedOf(seats.value, vehicle)}
          close={close}
        />
      )}
    </div>
  );
}

/** Whether the screen is so new that its picture may come before anybody has read a notice. */
function useQuick(): boolean {
  const { clock } = useServices();
  const quick = useSignal(true);
  useEffect(() => {
    const patience = clock.after(QUICK_START, () => (quick.value = false));
    return () => patience[Symbol.dispose]();
  }, []);
  return quick.value;
}

/** The text for screen readers when play begins. */
function playingAs(title: string, seats: readonly SeatView[], vehicle: boolean): string {
  const seat = ownSeat(seats);
  if (vehicle) return seat ? `You drive ${title}.` : `Watching ${title}.`;
  return seat ? `Playing ${title} as ${seat.name}.` : `Watching ${title}.`;
}

/** What runs in the room, for the dialog that shares it. */
function sharedOf(seats: readonly SeatView[], vehicle: boolean): Shared {
  if (vehicle) return { kind: "vehicle" };
  return seats.length > 0 ? { kind: "game", seats } : { kind: "picture" };
}

/** What limits a game that plays: its worker drains, or the coordinator cannot be reached. */
function RoomNote({ playing, live }: { playing: boolean; live: boolean }) {
  const { connection, game } = useServices();
  const words = roomNote({
    reachable: lostSince(connection.socket.state.value) === undefined,
    closesAt: game.room.value?.closes_at,
    unsaved: game.joined.value?.room.unsaved,
    memory: game.joined.value?.room.memory,
    recordingEnded: game.room.value?.recording_ended,
    live,
  });
  if (!playing || words === undefined) return null;
  return (
    <p class="picture-note" role="status">
      <Mark status="attention" />
      {words}
    </p>
  );
}

/** A gamepad whose layout the browser does not know plays nothing until it is set up. */
function GamepadNote({ id, setUp }: { id: string; setUp: () => void }) {
  const dismissed = useSignal(false);
  if (dismissed.value) return null;
  return (
    <p class="gamepad-note" role="status">
      <span>This browser does not know the layout of “{gamepadName(id)}”.</span>
      <button type="button" class="button" onClick={setUp}>Set it up</button>
      <button type="button" class="button plain" onClick={() => (dismissed.value = true)}>
        Not now
      </button>
    </p>
  );
}

/** Whether the overlay covers a notice: people and chat are beside the picture. */
function covers(overlay: Overlay | undefined): boolean {
  return overlay !== undefined && overlay !== "room";
}

/** Whether the overlay takes the keys from the game. The live figures do not, nor do people and chat. */
function takesKeys(overlay: Overlay | undefined): boolean {
  return overlay !== undefined && overlay !== "panel" && overlay !== "room";
}

/** The blurred cover of the app, shown while there is no picture. */
function Backdrop({ app }: { app: App }) {
  const { recents } = useServices();
  const recent = recents.list.value.find(({ app_id }) => app_id === app.app_id);
  return (
    <div class="backdrop" aria-hidden="true">
      <Cover app={app} picture={recent?.picture} />
    </div>
  );
}
