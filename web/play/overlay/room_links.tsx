/**
 * The share links of the room that work: what each lets do, who came by it, and its end.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ToUser } from "../../../protocol/legs/user_leg.ts";
import type { LinkRole } from "../../../protocol/pass.ts";
import { formatClockTime } from "../../shared/format.ts";
import { cameBy } from "../room/people.ts";
import { useServices } from "../services.ts";
import { refusalToast } from "../words/refusals.ts";

type Links = Exclude<
  Extract<ToUser, { type: "share.list.response" }>["payload"],
  { readonly error: unknown }
>["links"];

const LETS: Readonly<Record<LinkRole, string>> = {
  watcher: "Lets watch",
  player: "Lets play",
  host: "Lets be host",
};

/** The links, the newest first. `made`: a new number reads them anew; `revoked` is called after one has ended. */
export function RoomLinks({ made, revoked }: { made: number; revoked: (id: string) => void }) {
  const { connection, game, toaster } = useServices();
  const links = useSignal<Links>([]);
  const joined = game.joined.value;
  const read = async () => {
    const answer = await connection.socket.request("share.list", {});
    if (!("error" in answer)) links.value = answer.links;
  };
  useEffect(() => void read(), [made]);

  async function revoke(share_id: Links[number]["share_id"]) {
    const answer = await connection.socket.request("share.revoke", { share_id });
    if ("error" in answer) toaster.refused(refusalToast(answer.error));
    else {
      toaster.done("The link is revoked.");
      revoked(share_id);
    }
    await read();
  }

  if (links.value.length === 0) return null;
  return (
    <section class="room-links" aria-label="Links that work">
      <h3 class="small">Links that work</h3>
      <ul>
        {links.value.map(({ share_id, role, created_at }) => {
          const names = joined ? cameBy(joined, share_id) : [];
          return (
            <li key={share_id}>
              <span class="room-link">
                <span class="small">
                  {LETS[role]}, made at <time>{formatClockTime(created_at)}</time>
                </span>
                <span class="fine soft">
                  {names.length === 0 ? "Nobody here came by it" : "Came by it: "}
                  {names.map((name, at) => (
                    <span key={at}>
                      {at > 0 && ", "}
                      <bdi>{name}</bdi>
                    </span>
                  ))}
                </span>
              </span>
              <button
                type="button"
                class="button"
                aria-label={`Revoke the link made at ${formatClockTime(created_at)}`}
                onClick={() => void revoke(share_id)}
              >
                Revoke
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
