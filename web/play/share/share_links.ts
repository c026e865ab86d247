/**
 * The share links of a room: which work, the addresses of those that this page made, and their end. An address has a
 * secret and is sent once, so a link of another page is known without it.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Refusal } from "../../../protocol/envelope.ts";
import type { ToUser } from "../../../protocol/legs/user_leg.ts";
import type { LinkRole } from "../../../protocol/pass.ts";
import type { Connection } from "../join/connection.ts";

/** The link that this page offers for a role. */
export type OwnLink =
  | { readonly state: "none" }
  | { readonly state: "making" }
  | { readonly state: "made"; readonly id: string; readonly url: string }
  | { readonly state: "refused"; readonly error: Refusal };

type Answer = Extract<ToUser, { type: "share.list.response" }>["payload"];
/** A link to the room that works. */
export type ListedLink = Exclude<Answer, { readonly error: unknown }>["links"][number];

/** The links that work, as the coordinator lists them. */
export type ListedLinks =
  | { readonly state: "unread" }
  | { readonly state: "read"; readonly links: readonly ListedLink[] }
  | { readonly state: "refused"; readonly error: Refusal };

/** Makes, lists and ends the links of one room at a time. */
export interface ShareLinks {
  readonly listed: ReadonlySignal<ListedLinks>;
  /** The link for a role of a room; a read of it in a view follows its changes. */
  own(room: string, role: LinkRole): OwnLink;
  /** Makes the link for a role, unless it is there. */
  make(room: string, role: LinkRole): Promise<void>;
  /** Reads the list anew, and forgets the links of this page that ended. */
  read(room: string): Promise<void>;
  /** Ends a link; resolves to the refusal, if there is one. */
  revoke(room: string, id: ListedLink["share_id"]): Promise<Refusal | undefined>;
}

const NONE: OwnLink = { state: "none" };

/** `publicLink` gives the address of a path for other people. */
export function createShareLinks({ socket, publicLink }: {
  readonly socket: Pick<Connection["socket"], "request">;
  readonly publicLink: (path: string) => string;
}): ShareLinks {
  const own = signal<Readonly<Record<string, OwnLink>>>({});
  const listed = signal<ListedLinks>({ state: "unread" });
  const keyOf = (room: string, role: LinkRole) => `${room} ${role}`;
  const set = (key: string, link: OwnLink) => (own.value = { ...own.peek(), [key]: link });

  async function read(room: string): Promise<void> {
    const before = own.peek();
    const answer = await socket.request("share.list", {});
    if ("error" in answer) return void (listed.value = { state: "refused", error: answer.error });
    const { links } = answer;
    listed.value = { state: "read", links };
    const working = new Set<string>(links.map(({ share_id }) => share_id));
    for (const [key, link] of Object.entries(before)) {
      const isGone = link.state === "made" && key.startsWith(`${room} `) && !working.has(link.id);
      if (isGone && own.peek()[key] === link) set(key, NONE);
    }
  }

  return {
    listed,
    own: (room, role) => own.value[keyOf(room, role)] ?? NONE,
    async make(room, role) {
      const key = keyOf(room, role);
      const { state } = own.peek()[key] ?? NONE;
      if (state === "made" || state === "making") return;
      set(key, { state: "making" });
      const answer = await socket.request("share.create", { role });
      if ("error" in answer) return void set(key, { state: "refused", error: answer.error });
      set(key, { state: "made", id: answer.share_id, url: publicLink(answer.path) });
      await read(room);
    },
    read,
    async revoke(room, share_id) {
      const answer = await socket.request("share.revoke", { share_id });
      await read(room);
      return "error" in answer ? answer.error : undefined;
    },
  };
}
