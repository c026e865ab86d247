/**
 * The links of one role that work: when each was made, who of the people here came by it, and its end.
 *
 * @module
 */
import { formatClockTime } from "../../shared/format.ts";
import { cameBy } from "../room/people.ts";
import { useServices } from "../services.ts";
import { refusalToast } from "../words/refusals.ts";
import type { ListedLink } from "./share_links.ts";
import type { RoleWords } from "./words.ts";

interface LinkListProps {
  readonly room: string;
  readonly words: RoleWords;
  /** The id of the link whose address is shown above. */
  readonly shown: string | undefined;
}

/** Nothing while no link of the role works. */
export function LinkList({ room, words: { role, name }, shown }: LinkListProps) {
  const { game, shareLinks, toaster } = useServices();
  const listed = shareLinks.listed.value;
  const joined = game.joined.value;
  const links = listed.state === "read" ? listed.links.filter((link) => link.role === role) : [];
  if (links.length === 0) return null;

  async function revoke(id: ListedLink["share_id"]) {
    const refused = await shareLinks.revoke(room, id);
    if (refused) toaster.refused(refusalToast(refused));
    else toaster.done("The link is revoked. Who came by it is out.");
  }

  return (
    <ul class="share-list" aria-label={`Links that work: ${name}`}>
      {links.map(({ share_id, created_at }) => {
        const at = formatClockTime(created_at);
        const names = joined ? cameBy(joined, share_id) : [];
        return (
          <li key={share_id}>
            <span class="share-made fine">
              <span>
                Made at <time>{at}</time>
                {shown !== undefined && (share_id === shown ? ", shown here" : ", another one")}
              </span>
              <span class="soft">
                {names.length === 0 ? "Nobody here came by it" : "Came by it: "}
                {names.map((each, i) => (
                  <span key={i}>
                    {i > 0 && ", "}
                    <bdi>{each}</bdi>
                  </span>
                ))}
              </span>
            </span>
            <button
              type="button"
              class="button"
              aria-label={`Revoke the link made at ${at}: ${name}`}
              onClick={() => void revoke(share_id)}
            >
              Revoke
            </button>
          </li>
        );
      })}
    </ul>
  );
}
