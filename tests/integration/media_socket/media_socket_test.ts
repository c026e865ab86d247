import { equal, ok } from "node:assert/strict";
import { connect } from "node:net";
import { decodeBounce, encodeBounce } from "../../../protocol/control/clock_sync.ts";
import { MAX_FROM_BROWSER } from "../../../protocol/media_socket/messages.ts";
import { until } from "../../support/media/werift_browser.ts";
import { SocketBrowser } from "../../support/stack/socket_browser.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { startSteadyPlayer, type SteadyPlayer } from "../../support/stack/steady_player.ts";
import { UserClient } from "../../support/stack/user_client.ts";

let stack: Stack;
/** A player over UDP whose game runs during all tests of this file. */
let ana: SteadyPlayer;

Deno.test.beforeAll(async () => {
  stack = await startStack({ FARPAD_CAPACITY: "6" });
  ana = await startSteadyPlayer(stack.url);
});

Deno.test.afterAll(async () => {
  await ana[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

/** A player whose offer waits, and where it can be taken up over TCP. */
async function offered() {
  const user = await UserClient.join(stack.url);
  const { socket } = await user.init({ app_id: "paddle-duel" });
  ok(socket, "the offer names no media socket");
  return { user, socket };
}

/** A player whose game runs over a media socket. */
async function playing() {
  const { user, socket } = await offered();
  const browser = await SocketBrowser.take(socket);
  const { room } = await user.start("paddle-duel");
  await browser.see("video", 1);
  return { user, socket, browser, room };
}

Deno.test("[TCP5] a game plays over a media socket: pictures from a keyframe on, sound, clock, telemetry", async () => {
  const { user, browser } = await playing();
  using _browser = browser;
  await browser.see("video", 60);
  const pictures = browser.of("video");
  equal(browser.received[0]!.type, "ready");
  ok(pictures[0]!.keyframe);
  ok(pictures.every(({ number }, at) => number === at + 1), "a picture is missing");
  await browser.see("sound", 50);
  browser.send({ type: "channel", channel: "clock", bytes: encodeBounce({ client: 5 }) });
  const clocks = () => browser.of("channel").filter(({ channel }) => channel === "clock");
  await until(() => clocks().length > 0);
  equal(decodeBounce(clocks()[0]!.bytes)?.client, 5);
  await until(() => browser.of("channel").some(({ channel }) => channel === "state"));
  await user.leave();
  equal(await browser.closed, 1000);
  await ana.playsOn();
});

Deno.test("[TCP4] a forged ticket, a used one and one of an offer that was replaced open nothing", async () => {
  const { user, socket } = await offered();
  const forged = `${socket.ticket.slice(0, -2)}AA`;
  using guess = await SocketBrowser.take({ ...socket, ticket: forged });
  equal(await guess.closed, 4403);
  const { socket: newer } = await user.init({ app_id: "paddle-duel" });
  using stale = await SocketBrowser.take(socket);
  equal(await stale.closed, 4403);
  using first = await SocketBrowser.take(newer!);
  await first.see("ready", 1);
  using second = await SocketBrowser.take(newer!);
  equal(await second.closed, 4403);
  equal(first.socket.readyState, first.socket.OPEN);
  await user.leave();
  await ana.playsOn();
});

Deno.test("[TCP4] a right that ended with the session opens nothing", async () => {
  const { user, socket } = await offered();
  await user.leave();
  using late = await SocketBrowser.take(socket);
  equal(await late.closed, 4403);
  await ana.playsOn();
});

Deno.test("[TCP8] sockets without a hello, with text, with an oversized message or too many are closed alone", async () => {
  const { user, socket } = await offered();
  using silent = new SocketBrowser(socket.url, { reports: false });
  using text = new SocketBrowser(socket.url, { reports: false });
  using long = new SocketBrowser(socket.url, { reports: false });
  using bad = new SocketBrowser(socket.url, { reports: false });
  await Promise.all([silent, text, long, bad].map(({ opened }) => opened));
  text.socket.send("hello");
  long.socket.send(new Uint8Array(MAX_FROM_BROWSER + 1));
  bad.socket.send(Uint8Array.of(1, 9));
  equal(await text.closed, 1003);
  equal(await long.closed, 1009);
  equal(await bad.closed, 4400);
  using storm = await SocketBrowser.take(socket, { reports: false });
  for (let n = 0; n < 1_500; n++) storm.send({ type: "keyframe" });
  equal(await storm.closed, 4429);
  equal(await silent.closed, 4408);
  await user[Symbol.asyncDispose]();
  await ana.playsOn();
});

Deno.test("[TCP8] many connections that say nothing keep nobody from the socket for long", async () => {
  const { user, socket } = await offered();
  const idle = Array.from(
    { length: 80 },
    () => new SocketBrowser(socket.url, { reports: false }),
  );
  await Promise.all(idle.map(({ closed }) => closed));
  using browser = await SocketBrowser.take(socket);
  await browser.see("ready", 1);
  for (const each of idle) each[Symbol.dispose]();
  await user[Symbol.asyncDispose]();
  await ana.playsOn();
});

Deno.test("[TCP6] a browser that does not read or report gets a bounded amount, and is gone after a while", async () => {
  const { user, browser } = await playing();
  using _browser = browser;
  browser.reports = false;
  browser.socket.pause();
  const closed = browser.closed.then(() => true);
  await ana.playsOn();
  await until(() => user.received.some(({ type }) => type === "app.start.response"));
  browser.socket.resume();
  equal(await closed, true);
  const bytes = browser.of("video").reduce((sum, { data }) => sum + data.length, 0);
  ok(bytes < 2 * 1024 * 1024, `${bytes} bytes of pictures were sent to nobody`);
  await user[Symbol.asyncDispose]();
});

Deno.test("[TCP9] a connection that is cut without a word frees its viewer, and the session may come again", async () => {
  const { user, browser } = await playing();
  browser[Symbol.dispose]();
  const offer = await user.init({});
  using again = await SocketBrowser.take(offer.socket!);
  await again.see("video", 10);
  ok(again.of("video")[0]!.keyframe);
  await user.leave();
  await ana.playsOn();
});

Deno.test("[TCP8] what is no request for a media socket is answered, and costs nobody else anything", async () => {
  const { user, socket } = await offered();
  equal((await fetch(socket.url)).status, 426);
  const url = new URL(socket.url);
  equal((await fetch(new URL("/ping", url))).status, 200);
  equal((await fetch(new URL("/nothing", url))).status, 404);
  for (
    const bytes of ["GET /media HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "\x16\x03\x01\x00", "x"]
  ) {
    const raw = connect(Number(url.port), url.hostname);
    raw.on("error", () => {});
    raw.write(bytes);
    raw.end();
    await new Promise((resolve) => raw.on("close", resolve).resume());
  }
  await user[Symbol.asyncDispose]();
  await ana.playsOn();
});
