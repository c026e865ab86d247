/**
 * A program that plays a crowd: for a line `{"url", "query", "room", "count"}` so many watchers open the link of a room
 * at once, each from an address of its own, and ask again while the room is crowded. It prints what became of each, and
 * keeps their connections open until its input ends. It has a low priority, for it stands for other machines.
 *
 * @module
 */
import { setPriority } from "node:os";
import process from "node:process";
import { createInterface } from "node:readline";
import { type Player, UserClient } from "../stack/user_client.ts";
import { until } from "../media/werift_browser.ts";

/** What the program is asked for. */
export interface CrowdRequest {
  readonly url: string;
  /** The query of the socket: a share link. */
  readonly query: string;
  readonly room: string;
  readonly count: number;
}

/** What became of one of the crowd. */
export interface Come {
  /** When its connection stood, in milliseconds since all of them asked; absent: it did not come in. */
  readonly at?: number;
  /** How often it was told that the room is crowded. */
  readonly crowded: number;
  /** How often its connection did not come about. */
  readonly lost: number;
}

/** A connection that does not come about is given up after this time, as a page does, in milliseconds. */
const GIVEN_UP = 10_000;
/** Nobody asks for longer, in milliseconds. */
const LONGEST = 40_000;
/** What a machine of the crowd costs is not measured; starved of processors, it would answer too late. */
const PRIORITY = 10;

type Said = Player["received"][number];
const isAnswer = ({ type }: Said) =>
  type === "webrtc.offer" || type === "session.no_capacity" || type === "webrtc.init.response";

if (import.meta.main) await main();

async function main(): Promise<void> {
  setPriority(PRIORITY);
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await comeAll(JSON.parse(line))));
  }
  Deno.exit(0);
}

/** All of them have their socket before the first one asks for a connection. */
async function comeAll({ url, query, room, count }: CrowdRequest): Promise<Come[]> {
  const users: Player[] = [];
  for (let n = 0; n < count; n++) {
    users.push(await UserClient.join(url, query, `127.0.1.${n + 1}`));
  }
  const began = performance.now();
  return await Promise.all(users.map((user) => come(user, room, began)));
}

async function come(user: Player, room: string, began: number): Promise<Come> {
  for (let [crowded, lost] = [0, 0];;) {
    const known = user.received.length;
    user.socket.send("webrtc.init", { room_id: room });
    const answer = () => user.received.slice(known).find(isAnswer);
    await until(() => answer() !== undefined);
    const said = answer()!;
    if (said.type === "webrtc.offer") {
      if (await stands(user.answer(said.payload))) {
        return { at: performance.now() - began, crowded, lost };
      }
      lost += 1;
    } else if (said.type === "session.no_capacity" && said.payload.crowded) crowded += 1;
    else return { crowded, lost };
    if (performance.now() - began > LONGEST) return { crowded, lost };
  }
}

/** Whether a connection stands before it is given up. */
async function stands(answered: Promise<void>): Promise<boolean> {
  const { promise: over, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), GIVEN_UP);
  try {
    return await Promise.race([answered.then(() => true, () => false), over]);
  } finally {
    clearTimeout(timer);
  }
}
