/**
 * Says when the coordinator cannot be reached and how long until the next try.
 *
 * @module
 */
import { formatLeft } from "../../shared/format.ts";
import { Mark } from "../../shared/mark.tsx";
import { lostSince } from "../../shared/socket/leg_socket.ts";
import { CLOSE, isTurnedAway } from "../../../protocol/close.ts";
import { useServices } from "../services.ts";

/** The banner with the way on; nothing while the connection is open, or opened for the first time. */
export function LinkBanner() {
  const { connection, game } = useServices();
  const link = connection.socket.state.value;
  if (link.state === "closed" && isTurnedAway(link.code)) return null;
  if (link.state === "closed") {
    const text = link.code === CLOSE.replaced
      ? "You opened Farpad in another window, and the session goes on there."
      : `Farpad closed the connection (code ${link.code}).`;
    return <Banner text={text} action="Use it here" act={() => connection.renew()} />;
  }
  if (link.state === "lost") {
    const left = link.retryAt - game.now.value;
    const text = `Farpad cannot be reached. Next try in ${formatLeft(left)}.`;
    return <Banner text={text} action="Try now" act={() => connection.socket.restart()} />;
  }
  // While it is tried the banner stays, or what is below it would jump.
  if (lostSince(link) !== undefined) {
    return <Banner text="Farpad cannot be reached. Trying now." action="Try now" />;
  }
  return null;
}

/** Without `act` the action cannot be pressed at the moment. */
function Banner({ text, action, act }: { text: string; action: string; act?: () => void }) {
  return (
    <div class="link-banner" role="status">
      <Mark status="lost" />
      <span class="figures">{text}</span>
      <button type="button" class="button" disabled={act === undefined} onClick={act}>
        {action}
      </button>
    </div>
  );
}
