/**
 * A player that plays during a whole test: its pictures must continue over the same connection while others come
 * and go.
 *
 * @module
 */
import { deepEqual } from "node:assert/strict";
import { type Player, UserClient } from "./user_client.ts";

/** Pictures that show that a game goes on: half a second of them. */
const GOES_ON = 30;

export interface SteadyPlayer extends AsyncDisposable {
  readonly user: Player;
  readonly session: string;
  readonly room: string;
  readonly peer: string;
  /** Waits for more pictures; fails when the connection is another one or the session is over. */
  playsOn(): Promise<void>;
  /** Makes a share link; the query with which a friend's socket opens. */
  invite(): Promise<string>;
  /** Sessions on the seats of its room, from the newest message. */
  seats(): readonly (string | undefined)[];
}

export async function startSteadyPlayer(url: string): Promise<SteadyPlayer> {
  const user = await UserClient.join(url);
  const { room } = await user.play();
  const offer = user.received.findLast((each) => each.type === "webrtc.offer");
  const before = offersAndEnds(user);
  return {
    user,
    session: user.ready.session_id,
    room: room.room_id,
    peer: offer!.payload.peer_id,
    async playsOn() {
      await user.seeMore(GOES_ON);
      deepEqual(offersAndEnds(user), before);
    },
    async invite() {
      user.socket.send("share.create", { role: "player" });
      const answer = await user.next("share.create.response");
      if ("error" in answer) throw new Error(answer.error.message);
      return `share=${new URLSearchParams(answer.path.slice(2)).get("share")}`;
    },
    seats() {
      const last = user.received.findLast((each) => each.type === "room.changed");
      return last?.payload.room.seats.map(({ session_id }) => session_id) ?? [];
    },
    [Symbol.asyncDispose]: () => user[Symbol.asyncDispose](),
  };
}

function offersAndEnds(user: UserClient): string[] {
  return user.received.map(({ type }) => type).filter((type) =>
    type === "webrtc.offer" || type === "session.ended"
  );
}
