/**
 * Attacks on the workers' media sockets and places.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { NETWORK_LIMIT } from "../../coordinator/play/preconnections.ts";
import { MAX_PER_HOST } from "../../worker/werift/answer.ts";
import { connectivityCheck } from "../support/media/connectivity_check.ts";
import { WeriftBrowser } from "../support/media/werift_browser.ts";
import { UserClient } from "../support/stack/user_client.ts";
import { type Attack, type Outcome, pause, repeat, type Target } from "./attack.ts";

/** A DTLS handshake record (RFC 6347 §4.1) with the head of a ClientHello and too little of a body. */
const HELLO = Uint8Array.from([
  ...[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 16],
  ...[1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 254, 253, 1, 2],
]);
/** A retransmitted check is the same check; werift repeats one up to this many times, for each of its sockets. */
const MOST_PACKETS_PER_CANDIDATE = 40;

/** Where the attacker's players come from. */
const ATTACKER = "127.0.0.68";

async function udpSocket(): Promise<Socket & Disposable> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.close() });
}

/** Where the worker waits for the media of an offer. */
function socketsOf(user: UserClient): { readonly host: string; readonly port: number }[] {
  return user.received.flatMap((message) => {
    if (message.type !== "webrtc.candidate" || message.payload.candidate === "") return [];
    const [, , , , host = "", port = ""] = message.payload.candidate.split(" ");
    return host.includes(":") ? [] : [{ host, port: Number(port) }];
  });
}

/** Sends a thousand datagrams a second to the sockets of one join after another. An attempt gets through when its player cannot play. */
function disturbJoins(target: Target, datagram: (sdp: string) => Uint8Array): Promise<Outcome> {
  return repeat(target, async () => {
    await using user = await UserClient.join(target.url);
    using stranger = await udpSocket();
    const offer = await user.init({ app_id: "paddle-duel" });
    const bytes = datagram(offer.sdp);
    const flooding = setInterval(() => {
      for (const { host, port } of socketsOf(user)) {
        for (let n = 0; n < 2; n++) stranger.send(bytes, port, host);
      }
    }, 5);
    try {
      await Promise.all([user.start("paddle-duel"), user.answer(offer)]);
      await user.seeMore(1);
      await user.leave();
      return false;
    } catch (error) {
      console.log(`a player could not play: ${error}`);
      return true;
    } finally {
      clearInterval(flooding);
    }
  });
}

/** Answers an offer with candidates that name somebody else's sockets; counts the packets that reach them. */
async function reflect(target: Target): Promise<Outcome> {
  const victims = await Promise.all(Array.from({ length: 40 }, udpSocket));
  let packets = 0;
  for (const victim of victims) victim.on("message", () => packets += 1);
  await using user = await UserClient.join(target.url, "", ATTACKER);
  await using browser = new WeriftBrowser();
  const { peer_id, sdp } = await user.init({ app_id: "paddle-duel" });
  const answer = (await browser.answer(sdp)).replaceAll(/a=(candidate:|end-of-cand).*\r\n/g, "");
  const lines = victims.map((victim, n) =>
    `a=candidate:${n} 1 udp ${n + 1} 127.0.0.1 ${victim.address().port} typ host\r\n`
  );
  const first = answer.indexOf("m=audio");
  const named = answer.slice(0, first) + lines.join("") + answer.slice(first);
  user.socket.send("webrtc.answer", { peer_id, sdp: named });
  await pause(Math.max(target.duration, 3_000));
  for (const victim of victims) victim[Symbol.dispose]();
  const most = MAX_PER_HOST * MOST_PACKETS_PER_CANDIDATE;
  return { attempts: victims.length, gotThrough: Math.max(0, packets - most) };
}

/** Asks for places and never connects. An attempt gets through when a person elsewhere gets no place. */
async function occupy(target: Target): Promise<Outcome> {
  const users = await Promise.all(
    Array.from({ length: 12 }, () => UserClient.join(target.url, "", ATTACKER)),
  );
  try {
    for (const user of users) user.socket.send("webrtc.init", { app_id: "paddle-duel" });
    await pause(500);
    return await playOnce(target);
  } finally {
    await Promise.all(users.map((user) => user[Symbol.asyncDispose]()));
  }
}

/** Has many sessions ask for connections to one room, again and again, while a person plays in it. */
async function crowd(target: Target): Promise<Outcome> {
  await using player = await UserClient.join(target.url);
  const { room } = await player.play();
  const users = await Promise.all(
    Array.from({ length: 12 }, () => UserClient.join(target.url, "", ATTACKER)),
  );
  const asking = setInterval(() => {
    for (const user of users) user.socket.send("webrtc.init", { room_id: room.room_id });
  }, 200);
  try {
    await pause(target.duration);
    const before = player.pictures.whole;
    await pause(1_000);
    const isFrozen = player.pictures.whole - before < 5;
    await player.leave();
    return { attempts: users.length, gotThrough: isFrozen ? 1 : 0 };
  } finally {
    clearInterval(asking);
    await Promise.all(users.map((user) => user[Symbol.asyncDispose]()));
  }
}

/**
 * Has many sessions ask for connections in advance, again and again, answer none, and request everything that takes a
 * place. An attempt gets through when more of them last than one network may have, when one gets anything else,
 * or when a person elsewhere cannot play.
 */
async function preconnect(target: Target): Promise<Outcome> {
  const users = await Promise.all(
    Array.from({ length: 12 }, () => UserClient.join(target.url, "", ATTACKER)),
  );
  let attempts = 0;
  const asking = setInterval(() => {
    for (const user of users) {
      attempts += 1;
      user.socket.send("webrtc.preconnect", {});
      user.socket.send("app.start", { app_id: "paddle-duel" });
      user.socket.send("share.create", { role: "player" });
    }
  }, 200);
  try {
    await pause(target.duration);
    const received = users.flatMap((user) => user.received);
    const rights = received.filter(({ type, payload }) =>
      (type === "app.start.response" || type === "share.create.response") && !("error" in payload)
    );
    // Whoever starts a room takes the spare; its connections end then, and others may be granted (PRE5).
    const tooMany = Math.max(0, users.filter(hasConnection).length - NETWORK_LIMIT);
    const { gotThrough } = await playOnce(target);
    return { attempts, gotThrough: gotThrough + tooMany + rights.length };
  } finally {
    clearInterval(asking);
    await Promise.all(users.map((user) => user[Symbol.asyncDispose]()));
  }
}

/** Whether the user was granted a connection in advance that has not ended. */
function hasConnection({ received }: UserClient): boolean {
  const last = received.findLast(({ type, payload }) =>
    type === "webrtc.preconnect.ended" ||
    (type === "webrtc.preconnect.response" && !("error" in payload))
  );
  return last?.type === "webrtc.preconnect.response";
}

/** Whether a person gets a place and pictures. */
async function playOnce({ url }: Target): Promise<Outcome> {
  await using user = await UserClient.join(url);
  try {
    await user.play();
    await user.leave();
    return { attempts: 1, gotThrough: 0 };
  } catch (error) {
    console.log(`a player could not play: ${error}`);
    return { attempts: 1, gotThrough: 1 };
  }
}

/** The attacks of this file. */
export const attacks: readonly Attack[] = [
  {
    name: "prevent a join with handshakes from elsewhere",
    run: (target) => disturbJoins(target, () => HELLO),
  },
  {
    name: "prevent a join with connectivity checks that guess the password",
    run: (target) =>
      disturbJoins(target, (sdp) => {
        const name = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? "";
        return connectivityCheck({ name, password: "a guess" });
      }),
  },
  { name: "have a worker send packets to many sockets of another host", run: reflect },
  { name: "hold all places without connecting", run: occupy },
  { name: "exhaust the spare process by connections in advance", run: preconnect },
  { name: "freeze a game by asking its room for connections", run: crowd },
];
