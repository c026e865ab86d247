/**
 * The dialog that makes share links of the room, for each role, shows who came by which, and revokes them.
 *
 * @module
 */
import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { LinkRole } from "../../../protocol/pass.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Icon } from "../../shared/icon.tsx";
import type { SeatView } from "../join/seats.ts";
import { useServices } from "../services.ts";
import { publicLink } from "../../shared/place.ts";
import { refusalToast } from "../words/refusals.ts";
import { RoomLinks } from "./room_links.tsx";

const ROLES: readonly { readonly role: LinkRole; readonly name: string }[] = [
  { role: "player", name: "Play along" },
  { role: "watcher", name: "Only watch" },
  { role: "host", name: "Be host too" },
];

/** The links that this page has made, by room and role: their secrets are told once. */
const made = signal<Readonly<Record<string, { readonly url: string; readonly id: string }>>>({});

/** Makes a link for the chosen role, shows and copies it, and says what the next person who opens it gets. */
export function ShareDialog({ seats, close }: { seats: readonly SeatView[]; close: () => void }) {
  const { connection, game, toaster } = useServices();
  const room = game.room.value?.room_id ?? "";
  const role = useSignal<LinkRole>("player");
  const problem = useSignal<string | undefined>(undefined);
  const copied = useSignal<LinkRole | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const link = made.value[`${room} ${role.value}`]?.url;

  async function make(wanted: LinkRole) {
    role.value = wanted;
    const key = `${room} ${wanted}`;
    if (made.peek()[key]) return;
    problem.value = undefined;
    const answer = await connection.socket.request("share.create", { role: wanted });
    if ("error" in answer) problem.value = refusalToast(answer.error);
    else {
      const link = { url: publicLink(answer.path), id: answer.share_id };
      made.value = { ...made.value, [key]: link };
    }
  }
  useEffect(() => void make("player"), []);

  /** A link was revoked: another one is made when its role is chosen again. */
  function forget(id: string) {
    const left = Object.entries(made.value).filter(([, link]) => link.id !== id);
    made.value = Object.fromEntries(left);
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(link ?? "");
      copied.value = role.value;
    } catch {
      field.current?.select();
      toaster.refused(
        "This browser does not let pages copy text. The link is selected: copy it by hand.",
      );
    }
  }

  const isCopied = copied.value === role.value;
  return (
    <Dialog title="Share a link" close={close}>
      <div class="share-roles" role="group" aria-label="What the link allows">
        {ROLES.map(({ role: each, name }) => (
          <button
            type="button"
            class="chip"
            aria-pressed={each === role.value}
            onClick={() => void make(each)}
            key={each}
          >
            {name}
          </button>
        ))}
      </div>
      <p class="soft">{explain(role.value, seats)}</p>
      {problem.value !== undefined ? <p role="alert">{problem.value}</p> : (
        <div class="share-link">
          <label class="field">
            <span class="unseen">Link to this room</span>
            <input
              ref={field}
              readOnly
              value={link ?? ""}
              placeholder="Choose who it is for"
              onFocus={({ currentTarget }) => currentTarget.select()}
            />
          </label>
          <button
            type="button"
            class="button primary"
            disabled={link === undefined}
            onClick={() => void copy()}
            autofocus
          >
            <Icon name={isCopied ? "check" : "copy"} />
            {isCopied ? "Copied" : "Copy link"}
          </button>
        </div>
      )}
      <p class="fine soft">The link works while the room is open, for 24 hours at most.</p>
      <RoomLinks made={Object.keys(made.value).length} revoked={forget} />
    </Dialog>
  );
}

function explain(role: LinkRole, seats: readonly SeatView[]): string {
  if (role === "host") {
    return "People who open it are hosts like you: they lock and give seats, send people out, and share.";
  }
  if (role === "watcher") return "People who open it see and hear the game, and cannot play.";
  const next = seats.find(({ who }) => who === "open");
  return next
    ? `The first person who opens it plays as ${next.name}. The others watch until a seat is free.`
    : "Every seat is taken. People who open it watch until a seat is free.";
}
