/**
 * The bar at the upper edge: back, title, seats, menu.
 *
 * @module
 */
import { Icon } from "../../shared/icon.tsx";
import { type SeatView, watchers } from "../join/seats.ts";
import { useServices } from "../services.ts";
import { GameMenu } from "../overlay/game_menu.tsx";
import { focusStage } from "./stage.tsx";
import type { Overlay } from "../overlay/overlay.ts";
import type { FullScreen } from "./use_full_screen.ts";

interface TopBarProps {
  readonly title: string;
  readonly seats: readonly SeatView[];
  /** The room has a vehicle in place of a game. */
  readonly vehicle: boolean;
  readonly overlay: Overlay | undefined;
  readonly toggle: (overlay: Overlay) => void;
  readonly close: () => void;
  readonly leave: () => void;
  readonly fullScreen: FullScreen;
}

/** The link to the library, the title, the seats and the menu. */
export function TopBar(
  { title, seats, vehicle, overlay, toggle, close, leave, fullScreen }: TopBarProps,
) {
  return (
    <header class="bar top-bar" onClick={backToStage}>
      <a class="button plain square" href="/" aria-label="Back to the library">
        <Icon name="back" />
      </a>
      <h1 class="top-title">{title}</h1>
      {!vehicle && <Seats seats={seats} />}
      <div class="menu-anchor">
        <button
          type="button"
          class="button plain square"
          aria-label="Menu"
          aria-haspopup="menu"
          aria-expanded={overlay === "menu"}
          onClick={() => toggle("menu")}
        >
          <Icon name="more" />
        </button>
        {overlay === "menu" && (
          <GameMenu
            seats={seats}
            vehicle={vehicle}
            open={toggle}
            close={close}
            leave={leave}
            fullScreen={fullScreen}
          />
        )}
      </div>
    </header>
  );
}

function Seats({ seats }: { seats: readonly SeatView[] }) {
  const { game, commands } = useServices();
  const seated = seats.some(({ who }) => who === "you");
  const watching = watchers(game.room.value, game.joined.value) - (seated ? 0 : 1);
  if (seats.length === 0) return <span class="seats" />;
  return (
    <ul class="seats" aria-label="Seats">
      {seats.map(({ seat, name, who }) => (
        <li key={seat} data-who={who}>
          {!seated && who === "open"
            ? (
              <button type="button" class="chip" onClick={() => void commands.takeSeat(seat)}>
                Take {name}
              </button>
            )
            : (
              <span class="seat-tag">
                {name} <span>{who}</span>
              </span>
            )}
        </li>
      ))}
      {!seated && (
        <li class="seat-tag" data-who="you">
          <Icon name="eye" />
          <span class="watch-word">you watch</span>
        </li>
      )}
      {watching > 0 && <li class="seat-tag others">{watching} {seated ? "watching" : "others"}</li>}
    </ul>
  );
}

/** After a press with a pointer the focus returns to the game. */
export function backToStage(event: MouseEvent): void {
  const pressed = event.detail > 0;
  if (pressed) focusStage();
}
