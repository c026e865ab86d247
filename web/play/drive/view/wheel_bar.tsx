/**
 * Who drives, and what this person can do about it: take the wheel, ask for it, give it.
 *
 * @module
 */
import type { SeatView } from "../../join/seats.ts";
import { Icon } from "../../../shared/icon.tsx";
import { mayPlay } from "../../room/may.ts";
import { driverWords } from "../words.ts";
import { useServices } from "../../services.ts";

/** Says who drives; without the wheel, its button takes it or asks for it. */
export function WheelBar({ seats }: { readonly seats: readonly SeatView[] }) {
  const { game, drive: { wheel } } = useServices();
  const who = seats[0]?.who;
  const name = game.media.value?.vehicle.newest.value?.view.driver_name;
  if (who === undefined) return null;
  return (
    <div class="wheel-bar">
      <span class="seat-tag" data-who={who}>
        <Icon name={who === "you" ? "wheel" : "eye"} />
        <span class="wheel-who">{driverWords(who, name)}</span>
      </span>
      {who !== "you" && mayPlay(game.joined.value) && (
        <button
          type="button"
          class="button primary"
          disabled={wheel.pending.value || wheel.asked.value}
          onClick={() => void wheel.ask()}
        >
          {who === "open" ? "Take the wheel" : wheel.asked.value ? "Asked" : "Ask for the wheel"}
        </button>
      )}
    </div>
  );
}

/** For the driver: somebody asks for the wheel. */
export function WheelRequest() {
  const { game, drive: { wheel } } = useServices();
  const view = game.media.value?.vehicle.newest.value?.view;
  if (!view?.asked) return null;
  return (
    <p class="wheel-request" role="status">
      <span class="wheel-who">{view.asked_by ?? "A watcher"} asks for the wheel.</span>
      <button type="button" class="button" onClick={() => void wheel.refuse()}>
        Refuse
      </button>
      <button type="button" class="button" onClick={() => void wheel.give()}>
        Give the wheel
      </button>
    </p>
  );
}
