/**
 * Everything that can be done with the running game, in one menu that works from the keyboard.
 *
 * @module
 */
import { Menu, MenuItem } from "../../shared/menu.tsx";
import { ownSeat, type SeatView } from "../join/seats.ts";
import { hasOtherPixels, pixels, togglePixels } from "../media/shape.ts";
import { mayPlay } from "../room/may.ts";
import { RecordingItems } from "../recording/menu_items.tsx";
import { useServices } from "../services.ts";
import type { Overlay } from "./overlay.ts";
import { sound, toggleSound } from "../screen/sound.ts";
import type { FullScreen } from "../screen/use_full_screen.ts";

interface GameMenuProps {
  readonly seats: readonly SeatView[];
  /** The room has a vehicle in place of a game. */
  readonly vehicle: boolean;
  readonly open: (overlay: Overlay) => void;
  readonly close: () => void;
  readonly leave: () => void;
  readonly fullScreen: FullScreen;
}

/** The menu of a running game. */
export function GameMenu({ seats, vehicle, open, close, leave, fullScreen }: GameMenuProps) {
  const { game, drive: { wheel } } = useServices();
  const room = game.room.value;
  const seat = ownSeat(seats);
  const then = (act: () => unknown) => () => {
    close();
    act();
  };
  return (
    <Menu label={vehicle ? "Vehicle" : "Game"} class="game-menu" close={close}>
      {vehicle && (
        <>
          {seat && (
            <MenuItem icon="eye" choose={then(() => wheel.leave())}>Leave the wheel</MenuItem>
          )}
          {!seat && mayPlay(game.joined.value) && (
            <MenuItem
              icon="wheel"
              choose={then(() => wheel.ask())}
            >
              Ask for the wheel
            </MenuItem>
          )}
          <MenuItem icon="sliders" choose={() => open("driving")}>How you drive</MenuItem>
        </>
      )}
      {!vehicle && <GameItems seat={seat} seats={seats} then={then} open={open} />}
      <MenuItem icon="people" disabled={!room} choose={() => open("room")}>
        People and chat
      </MenuItem>
      <MenuItem icon="share" disabled={!room} choose={() => open("share")}>Share a link</MenuItem>
      <RecordingItems then={then} openShelf={() => open("shelf")} />
      <hr role="separator" />
      <MenuItem icon={sound.value === "on" ? "mute" : "sound"} choose={then(toggleSound)}>
        {sound.value === "on" ? "Turn off sound" : "Turn on sound"}
      </MenuItem>
      <MenuItem icon={fullScreen.active ? "window" : "full"} choose={then(fullScreen.toggle)}>
        {fullScreen.active ? "Leave full screen" : "Full screen"}
      </MenuItem>
      {hasOtherPixels(room) && (
        <MenuItem icon="window" choose={then(togglePixels)}>
          {pixels.value === "square" ? "Original pixels" : "Square pixels"}
        </MenuItem>
      )}
      <MenuItem icon="chart" choose={() => open("panel")}>Live figures</MenuItem>
      {!vehicle && <MenuItem icon="keys" choose={() => open("help")}>Keys and buttons</MenuItem>}
      <hr role="separator" />
      <MenuItem icon="leave" choose={then(leave)}>Leave</MenuItem>
    </Menu>
  );
}

interface GameItemsProps extends Pick<GameMenuProps, "seats" | "open"> {
  readonly seat: SeatView | undefined;
  readonly then: (act: () => unknown) => () => void;
}

/** What a player does with a game. */
function GameItems({ seat, seats, then, open }: GameItemsProps) {
  const { game, commands, rewind } = useServices();
  const room = game.room.value;
  const idle = room === undefined || seat === undefined;
  return (
    <>
      <MenuItem
        icon={room?.paused ? "play" : "pause"}
        disabled={idle}
        choose={then(() => commands.pause({ paused: !room?.paused }))}
      >
        {room?.paused ? "Resume" : "Pause"}
      </MenuItem>
      {rewind.canGo.value && (
        <MenuItem
          icon="rewind"
          disabled={idle}
          choose={then(() => rewind.back(10))}
        >
          Go back 10 s
        </MenuItem>
      )}
      {rewind.canUndo.value && (
        <MenuItem
          icon="reset"
          disabled={idle}
          choose={then(() => rewind.undo())}
        >
          Undo going back
        </MenuItem>
      )}
      <MenuItem icon="save" disabled={idle} choose={then(() => commands.save())}>Save</MenuItem>
      <MenuItem icon="load" disabled={idle} choose={then(() => commands.load())}>
        Load the last save
      </MenuItem>
      <MenuItem icon="film" disabled={room === undefined} choose={() => open("saves")}>
        Saves
      </MenuItem>
      <MenuItem icon="reset" disabled={idle} choose={() => open("reset")}>
        Start over
      </MenuItem>
      {(game.joined.value?.room.coreOptions ?? 0) > 0 && (
        <MenuItem
          icon="sliders"
          choose={() => open("options")}
        >
          Options
        </MenuItem>
      )}
      <hr role="separator" />
      {seats.filter(({ who }) => who === "open").map(({ seat: number, name }) => (
        <MenuItem
          icon="seat"
          choose={then(() => commands.takeSeat(number))}
          key={number}
        >
          {seat ? `Move to ${name}` : `Take ${name}`}
        </MenuItem>
      ))}
      {seat && (
        <MenuItem icon="eye" choose={then(() => commands.takeSeat(undefined))}>
          Only watch
        </MenuItem>
      )}
    </>
  );
}
