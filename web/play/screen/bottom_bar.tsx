/**
 * The bar at the lower edge: the state of the connection and the most used commands.
 *
 * @module
 */
import { formatBitrate, formatMillis, formatRate, latencyStatus } from "../../shared/format.ts";
import { Icon, type IconName } from "../../shared/icon.tsx";
import { Mark } from "../../shared/mark.tsx";
import { Sparkline } from "../../shared/sparkline.tsx";
import { RewindButton } from "../rewind/rewind_button.tsx";
import { useServices } from "../services.ts";
import { figuresNote } from "../words/figures_note.ts";
import type { Overlay } from "../overlay/overlay.ts";
import { sound, toggleSound } from "./sound.ts";
import { backToStage } from "./top_bar.tsx";
import type { FullScreen } from "./use_full_screen.ts";

interface BottomBarProps {
  readonly overlay: Overlay | undefined;
  readonly toggle: (overlay: Overlay) => void;
  readonly fullScreen: FullScreen;
  readonly seated: boolean;
  /** The room has a vehicle in place of a game. */
  readonly vehicle: boolean;
}

/** Seconds of round trips drawn beside the figure. */
const DRAWN = 30;

/** The live figures and the buttons of the game; a watcher cannot use those of players. */
export function BottomBar({ overlay, toggle, fullScreen, seated, vehicle }: BottomBarProps) {
  const { game } = useServices();
  const room = game.room.value;
  const audible = sound.value === "on";
  return (
    <footer class="bar bottom-bar" onClick={backToStage}>
      <Vitals pressed={overlay === "panel"} press={() => toggle("panel")} />
      <div class="bar-tools">
        {vehicle
          ? <Tool icon="sliders" label="How you drive" press={() => toggle("driving")} />
          : <GameTools seated={seated} toggle={toggle} />}
        <span class="bar-gap" />
        <RoomTool pressed={overlay === "room"} disabled={!room} press={() => toggle("room")} />
        <Tool
          icon="share"
          label="Share a link"
          extra
          disabled={!room}
          press={() => toggle("share")}
        />
        {!vehicle && (
          <Tool
            icon="keys"
            label="Keys and buttons"
            extra
            press={() => toggle("help")}
          />
        )}
        <Tool
          icon={audible ? "sound" : "mute"}
          label={audible ? "Turn off sound" : "Turn on sound"}
          press={toggleSound}
        />
        <Tool
          icon={fullScreen.active ? "window" : "full"}
          label={fullScreen.active ? "Leave full screen" : "Full screen"}
          press={fullScreen.toggle}
        />
      </div>
    </footer>
  );
}

/** What a player does with a game. */
function GameTools({ seated, toggle }: Pick<BottomBarProps, "seated" | "toggle">) {
  const { game, commands } = useServices();
  const room = game.room.value;
  const disabled = room === undefined || !seated;
  const paused = room?.paused ?? false;
  return (
    <>
      <Tool
        icon={paused ? "play" : "pause"}
        label={paused ? "Resume" : "Pause"}
        disabled={disabled}
        press={() => void commands.pause({ paused: !paused })}
      />
      <RewindButton disabled={disabled} />
      <Tool
        icon="save"
        label="Save"
        extra
        disabled={disabled}
        press={() => void commands.save()}
      />
      <Tool
        icon="load"
        label="Saves"
        extra
        disabled={room === undefined}
        press={() => toggle("saves")}
      />
      <Tool
        icon="reset"
        label="Start over"
        extra
        disabled={disabled}
        press={() => toggle("reset")}
      />
    </>
  );
}

/** Opens the people and the chat; shows how many lines were not read. */
function RoomTool(
  { pressed, disabled, press }: {
    readonly pressed: boolean;
    readonly disabled: boolean;
    readonly press: () => void;
  },
) {
  const { room } = useServices();
  const count = room.unread.value.length;
  const label = count > 0 ? `People and chat, ${count} not read` : "People and chat";
  return (
    <button
      type="button"
      class="button plain square room-tool"
      aria-label={label}
      aria-expanded={pressed}
      title={label}
      disabled={disabled}
      onClick={press}
    >
      <Icon name="people" />
      {count > 0 && <span class="count figures" aria-hidden="true">{count}</span>}
    </button>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly disabled?: boolean;
  /** Also in the menu, so a narrow screen may leave it out. */
  readonly extra?: boolean;
  readonly press: () => void;
}

function Tool({ icon, label, disabled = false, extra = false, press }: ToolProps) {
  return (
    <button
      type="button"
      class={extra ? "button plain square extra" : "button plain square"}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={press}
    >
      <Icon name={icon} />
    </button>
  );
}

function Vitals({ pressed, press }: { pressed: boolean; press: () => void }) {
  const { game } = useServices();
  const newest = game.figures.newest.value;
  const overTcp = game.canvas.value !== undefined;
  const isSmaller = game.figures.readings.value.link_bitrate !== undefined;
  const rtts = game.figures.history.value.map(({ rtt }) => rtt);
  const note = figuresNote(game.state.value, { paused: game.room.value?.paused ?? false });
  if (note !== undefined) {
    return (
      <button
        type="button"
        class="vitals"
        aria-pressed={pressed}
        aria-label={`Live figures: none. ${note}`}
        onClick={press}
      >
        <Mark status="off" />
        <span class="vital note">{note}</span>
      </button>
    );
  }
  return (
    <button
      type="button"
      class="vitals figures"
      aria-pressed={pressed}
      aria-label={`Live figures: ${formatMillis(newest?.rtt)} round trip${
        overTcp ? " over TCP" : ""
      }${isSmaller ? ", narrow network: smaller picture" : ""}`}
      onClick={press}
    >
      <Mark status={latencyStatus(newest?.rtt)} />
      <span class="vital">{formatMillis(newest?.rtt)}</span>
      {overTcp && <span class="vital note">over TCP</span>}
      {isSmaller && <span class="vital note wide">narrow network</span>}
      <Sparkline values={rtts} room={DRAWN} top={40} label="Round trips of the last 30 s" />
      <span class="vital wide">{formatRate(newest?.frameRate)}</span>
      <span class="vital wide">{formatBitrate(newest?.bitrate)}</span>
    </button>
  );
}
