/**
 * Everything that can be done with the running game, in one menu that works from the keyboard.
 *
 * @module
 */
import { Menu, MenuItem } from "../../shared/menu.tsx";
import { ownSeat, type SeatView } from "../join/seats.ts";
import { hasOtherPixels, pixels, togglePixels } from "../media/shape.ts";
import { useServices } from "../services.ts";
import type { Overlay } from "./overlay.ts";
import { sound, toggleSound } from "../screen/sound.ts";
import type { FullScreen } from "../screen/use_full_screen.ts";

interface GameMenuProps {
  readonly seats: readonly SeatView[];
  readonly open: (overlay: Overlay) => void;
  readonly close: () => void;
  readonly leave: () => void;
  readonly fullScreen: FullScreen;
}

/** The menu of a running game. */
export function GameMenu({ seats, open, close, leave, fullScreen }: GameMenuProps) {
  const { game, commands } = useServices();
  const room = game.room.value;
  const seat = ownSeat(seats);
  const idle = room === undefined || seat === undefined;
  const then = (act: () => unknown) => () => {
    close();
    act();
  };
  return (
    <Menu label="Game" class="game-menu" close={close}>
      <MenuItem
        icon={room?.paused ? "play" : "pause"}
        disabled={idle}
        choose={then(() => commands.pause({ paused: !room?.paused }))}
      >
        {room?.paused ? "Resume" : "Pause"}
      </MenuItem>
      <MenuItem icon="save" disabled={idle} choose={then(() => commands.save())}>Save</MenuItem>
      <MenuItem icon="load" disabled={idle} choose={then(() => commands.load())}>
        Load the last save
      </MenuItem>
      <MenuItem icon="reset" disabled={idle} choose={() => open("reset")}>
        Start over
      </MenuItem>
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
      <MenuItem icon="share" disabled={!room} choose={() => open("share")}>Share a link</MenuItem>
      <hr role="separator" />
      <MenuItem icon={sound.value === "on" ? "mute" : "sound"} choose={then(toggleSound)}>
        {sound.value === "on" ? "Turn off sound" : "Turn on sound"}
      </MenuItem>
      <MenuItem icon={fullScreen.active ? "window" : "full"} choose={then(fullScreen.toggle)}>
        {fullScreen.active ? "Leave full screen" : "Full screen"}
      </MenuItem>
      {hasOtherPixels(room) && (
        <MenuItem icon="window" choose={then(togglePixels)}>
          {pixels.value === "square" ? "Picture in its own shape" : "Picture with square pixels"}
        </MenuItem>
      )}
      <MenuItem icon="chart" choose={() => open("panel")}>Live figures</MenuItem>
      <MenuItem icon="keys" choose={() => open("help")}>Keys and buttons</MenuItem>
      <hr role="separator" />
      <MenuItem icon="leave" choose={then(leave)}>Leave</MenuItem>
    </Menu>
  );
}
