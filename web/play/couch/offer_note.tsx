/**
 * The offer of a seat of its own to a second gamepad.
 *
 * @module
 */
import { useServices } from "../services.ts";
import { ownSeat, type SeatView } from "../join/seats.ts";

/** Shown while a seat is offered; the gamepad itself answers with Start or Select. */
export function SeatOfferNote({ seats }: { readonly seats: readonly SeatView[] }) {
  const { couch } = useServices();
  const offer = couch.offer.value;
  const own = ownSeat(seats);
  if (!offer || !own) return null;
  return (
    <p class="gamepad-note seat-offer" role="status">
      <span>
        A second player? “{offer.name}” presses Start to join as P{offer.seat + 1}; later by holding
        Start.
      </span>
      <button type="button" class="button" onClick={() => void couch.join()}>
        Join as P{offer.seat + 1}
      </button>
      <button type="button" class="button plain" onClick={() => couch.decline()}>
        Play as {own.name} (Select)
      </button>
    </p>
  );
}
