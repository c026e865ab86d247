/**
 * Attacks on rights: enter rooms without a link, play with a link that lets watch, use a link that was removed, load
 * another player's saves.
 *
 * @module
 */
import { UNCONNECTED_LIMIT } from "../../coordinator/domain/session.ts";
import { isRefusal } from "../../protocol/envelope.ts";
import { api } from "../../protocol/rest/api.ts";
import { call } from "../../protocol/rest/contract.ts";
import type { Verb } from "../../protocol/room_commands/verbs.ts";
import { UserClient } from "../support/stack/user_client.ts";
import { type Attack, type Outcome, pause, repeat, type Target } from "./attack.ts";

const GAME = "paddle-duel";
/** What a busy machine may take beyond a limit, in milliseconds. */
const PATIENCE = 3_000;
/** Requests on one connection, all within the rate of messages that a player may send. */
const REQUESTS = 20;
/** Answers to a request for a room that is somebody else's. */
const HELD: readonly string[] = ["room.forbidden", "target.none", "closed"];

/** The answer to the attacker's request for a place: a refusal's code, `offer`, or `closed` with the connection. */
async function enter(user: UserClient, goal: object): Promise<string> {
  const from = user.received.length;
  user.socket.send("webrtc.init", goal);
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    for (const { type, payload } of user.received.slice(from)) {
      if (type === "webrtc.offer") return "offer";
      if (type === "webrtc.init.response") return "error" in payload ? payload.error.code : "kept";
      if (type === "session.no_capacity") return "no_capacity";
    }
    if (user.socket.socket.readyState !== WebSocket.OPEN) return "closed";
    await pause(20);
  }
  return "silence";
}

/** A player in a room of its own, which ends with the attack. No media is needed for what is attacked here. */
async function besideARoom(
  target: Target,
  attack: (
    room: string,
    invite: (role: "player" | "watcher") => Promise<string>,
  ) => Promise<Outcome>,
): Promise<Outcome> {
  await using host = await UserClient.join(target.url);
  await host.init({ app_id: GAME });
  const { room } = await host.start(GAME);
  const outcome = await attack(room.room_id, async (role) => {
    host.socket.send("share.create", { role });
    const answer = await host.next("share.create.response");
    if ("error" in answer) throw new Error(answer.error.message);
    return `share=${new URLSearchParams(answer.path.slice(2)).get("share")}`;
  });
  await host.leave();
  const over = await isOver(target.url, { room: room.room_id, token: await target.token() });
  return over ? outcome : { ...outcome, gotThrough: outcome.gotThrough + 1 };
}

/** Whether a room whose host left gives its place up, ended or kept [ROM36], before a guest could be expected back. */
async function isOver(
  base: string,
  { room, token }: { room: string; token: string },
): Promise<boolean> {
  const end = performance.now() + UNCONNECTED_LIMIT + PATIENCE;
  while (performance.now() < end) {
    const listed = await call(api.fleet.rooms, {}, { base, token });
    const here = listed.ok ? listed.value.items.find(({ room_id }) => room_id === room) : undefined;
    if (listed.ok && (!here || here.state === "kept")) return true;
    await pause(100);
  }
  console.log(`room ${room} is still open`);
  return false;
}

/** The attacks of this file. */
export const attacks: readonly Attack[] = [
  {
    name: "enter a player's room by its id",
    run: (target) =>
      besideARoom(target, async (room) => {
        return await repeat(target, async () => {
          await using user = await UserClient.join(target.url, `room_id=${room}`);
          if (user.ready.room !== null) return true;
          for (let n = 0; n < REQUESTS; n++) {
            const code = await enter(user, n % 2 === 0 ? { room_id: room } : {});
            if (HELD.includes(code)) continue;
            console.log(`  the answer to a room's id was: ${code}`);
            return true;
          }
          return false;
        });
      }),
  },
  {
    name: "play with a link that lets watch",
    run: (target) =>
      besideARoom(target, async (room, invite) => {
        await using user = await UserClient.join(target.url, await invite("watcher"));
        const offer = await user.init({ room_id: room });
        const [started] = await Promise.all([user.start(GAME), user.answer(offer)]);
        let gotThrough = started.seat === null ? 0 : 1;
        const requests: [Verb, object][] = [
          ["seat.take", { seat: 1 }],
          ["app.pause", { paused: true }],
          ["app.reset", {}],
          ["app.load", {}],
          ["app.save", {}],
          ["record.set", { active: true }],
        ];
        for (const [verb, body] of requests) {
          const answer = await user.ask(verb, body);
          if (!isRefusal(answer)) gotThrough += 1;
        }
        user.socket.send("share.create", { role: "player" });
        if (!isRefusal(await user.next("share.create.response"))) gotThrough += 1;
        // It is connected, so that a page which only closes is expected back.
        await user.leave();
        return { attempts: requests.length + 2, gotThrough };
      }),
  },
  {
    name: "open another room with a link to one room",
    run: (target) =>
      besideARoom(target, async (_, invite) => {
        const share = await invite("player");
        return await besideARoom(target, async (other) => {
          await using user = await UserClient.join(target.url, share);
          const code = await enter(user, { room_id: other });
          return { attempts: 1, gotThrough: code === "room.forbidden" ? 0 : 1 };
        });
      }),
  },
  {
    name: "stay or come back with a link that was removed",
    run: (target) =>
      besideARoom(target, async (room, invite) => {
        const share = await invite("player");
        await using user = await UserClient.join(target.url, share);
        await user.init({ room_id: room });
        await user.start(GAME);
        const { ended } = await removeLinks(target, user);
        await using again = await UserClient.join(target.url, `${share}&room_id=${room}`);
        const code = await enter(again, { room_id: room });
        const held = [ended, code === "room.forbidden", again.ready.room === null];
        return { attempts: held.length, gotThrough: held.filter((each) => !each).length };
      }),
  },
  {
    name: "load what another player saved",
    async run(target) {
      await using ana = await UserClient.join(target.url, `browser=${"a".repeat(64)}`);
      const { room } = await ana.play(GAME);
      const saved = await ana.ask("app.save");
      if (isRefusal(saved)) throw new Error(saved.error.message);
      await ana.leave();
      await using eve = await UserClient.join(target.url, `browser=${"e".repeat(64)}`);
      const offer = await eve.init({ app_id: GAME });
      eve.socket.send("app.start", { app_id: GAME, continue_from: room.room_id });
      const started = await eve.next("app.start.response");
      await eve.answer(offer);
      const loaded = await eve.ask("app.load");
      const continued = !("error" in started) && started.continued === true;
      await eve.leave();
      return {
        attempts: 2,
        gotThrough: (continued ? 1 : 0) + (isRefusal(loaded) ? 0 : 1),
      };
    },
  },
];

/** Removes every share link as the administrator; whether that ended the guest's session within two seconds. */
async function removeLinks(target: Target, guest: UserClient): Promise<{ ended: boolean }> {
  const options = { base: target.url, token: await target.token() };
  const listed = await call(api.access.links, {}, options);
  if (!listed.ok) throw new Error(listed.error.message);
  for (const { share_id: id } of listed.value.items) {
    await call(api.access.removeLink, { params: { id } }, options);
  }
  const end = performance.now() + 2_000;
  while (performance.now() < end) {
    const isEnded = guest.received.some(({ type, payload }) =>
      type === "session.ended" && payload.reason === "right_ended"
    );
    if (isEnded) return { ended: true };
    await pause(20);
  }
  return { ended: false };
}
