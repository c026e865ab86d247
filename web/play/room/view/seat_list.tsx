/**
 * The seats of a room: who holds which, and what this page's person may do about each.
 *
 * @module
 */
import type { LiveSeat } from "../../../../protocol/room_state/components.ts";
import { Icon } from "../../../shared/icon.tsx";
import type { JoinedRoom } from "../../media/room_lane.ts";
import { useServices } from "../../services.ts";
import type { May } from "../may.ts";
import type { PersonRow } from "../people.ts";

interface SeatListProps {
  readonly joined: JoinedRoom;
  readonly rows: readonly PersonRow[];
  readonly may: May;
}

/** One line for each seat. */
export function SeatList({ joined: { room, you }, rows, may }: SeatListProps) {
  const { roomActions, commands, couch, toaster } = useServices();
  const pads = couch.own.value;
  const own = rows.find(({ id }) => id === you);
  const ask = async (request: Promise<string | undefined>) => {
    const problem = await request;
    if (problem) toaster.refused(problem);
  };
  return (
    <section aria-label="Seats">
      <h2 class="fine soft">Seats</h2>
      <ul class="seat-list">
        {room.seats.map((seat) => (
          <li key={seat.seat} data-who={seat.holder === you ? "you" : "other"}>
            <span class="seat-tag">P{seat.seat + 1}</span>
            <bdi class="person-name">{holderOf(seat)}</bdi>
            {actionFor(seat)}
            {may("seat.lock") && (
              <button
                type="button"
                class="button plain square"
                aria-label={`${seat.locked ? "Unlock" : "Lock"} P${seat.seat + 1}`}
                aria-pressed={seat.locked}
                title={seat.locked
                  ? "Locked: only a host gives it"
                  : "Lock it: only a host gives it"}
                onClick={() =>
                  void ask(
                    roomActions.ask("seat.lock", { seat: seat.seat, locked: !seat.locked }),
                  )}
              >
                <Icon name={seat.locked ? "lock" : "unlock"} />
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );

  function holderOf({ seat, holder, locked, further }: LiveSeat): string {
    if (holder === undefined) return locked ? "open, locked" : "open";
    const name = rows.find(({ id }) => id === holder)?.name ?? "somebody";
    const pad = pads.find((each) => each.seat === seat);
    if (holder === you && pad) return `${pad.name}${pad.plugged ? "" : ", unplugged"}`;
    if (further) return `${name}, another gamepad`;
    return holder === you ? `${name} (you)` : name;
  }

  function actionFor({ seat, holder, further }: LiveSeat) {
    const button = (words: string, press: () => void) => (
      <button type="button" class="button" onClick={press}>{words}</button>
    );
    if (holder === you && further) {
      return button("Leave", () => void ask(roomActions.ask("seat.leave", { seat })));
    }
    if (holder === you) {
      // Who leaves by one line keeps the other seats of this browser.
      const leave = pads.length > 0
        ? () => ask(roomActions.ask("seat.leave", { seat }))
        : () => commands.takeSeat(undefined);
      return button("Leave", () => void leave());
    }
    if (holder === undefined && may("seat.take", { seat })) {
      return button(own?.seat === undefined ? "Take" : "Move here", () => {
        void commands.takeSeat(seat);
      });
    }
    if (own?.asks === seat) {
      return button(
        "Ask no longer",
        () => void ask(roomActions.ask("seat.request", { seat: null })),
      );
    }
    if (!may("seat.request", { seat })) return null;
    return button(own?.seat === undefined ? "Ask for it" : "Ask to swap", () => {
      void ask(roomActions.ask("seat.request", { seat }));
    });
  }
}
