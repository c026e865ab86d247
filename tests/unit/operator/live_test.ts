import { deepEqual, equal, match } from "node:assert/strict";
import { CLOSE } from "../../../protocol/close.ts";
import { type ToOperator, toOperator, type Topic } from "../../../protocol/legs/operator_leg.ts";
import { Fleet } from "../../../web/operator/fleet.ts";
import { Live, topicOf } from "../../../web/operator/live.ts";
import { ServerTime } from "../../../web/operator/time.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { createFakeDial } from "../../fakes/dial.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { viewFleet } from "../../support/operator/fleet.ts";

const [SENDERS, ALERTS, STREAMS] = ["senders", "alerts", "streams"] as Topic[];
const fleetData = await viewFleet(1_800_000_000_000);

function setup({ renews = true } = {}) {
  const clock = new FakeClock();
  const random = new SeededRandom();
  const { dial, wires } = createFakeDial();
  const fleet = new Fleet(clock);
  const time = new ServerTime(clock);
  let token = 1;
  const api = {
    freshToken: () => Promise.resolve<string | undefined>(`t${token}`),
    renew: () => Promise.resolve(renews && ++token > 0),
  };
  const address = () => "wss://farpad/api/ws";
  const live = new Live({ clock, random, dial, address, api, fleet, time });
  const newest = () => wires.at(-1)!;
  const sent = () => newest().sent.map((text) => JSON.parse(text));
  const receive = <T extends ToOperator["type"]>(
    type: T,
    payload: Extract<ToOperator, { type: T }>["payload"],
    id = "x",
  ) => newest().far.text(toOperator.encode({ id, type, payload } as ToOperator));
  /** The coordinator takes the token. */
  async function welcome({ serverTime = clock.epoch() as number } = {}) {
    await clock.run(0);
    const login = sent().findLast(({ type }) => type === "auth.login");
    const answer = {
      user: fleetData.users[0]!,
      expires_at: serverTime + 600_000,
      server_time: serverTime,
    };
    receive("auth.login.response", answer, login.id);
    await clock.run(0);
    return login.payload.token;
  }
  async function join() {
    live.connect();
    newest().far.opened();
    return await welcome();
  }
  /** The coordinator has sent all that was subscribed to. */
  async function arrive() {
    const { id } = sent().findLast(({ type }) => type === "subscribe");
    receive("subscribe.response", { topics: [], unknown: [] }, id);
    await clock.run(0);
  }
  const asked = () =>
    sent().flatMap(({ type, payload }) => type === "subscribe" ? payload.topics : []);
  return { clock, wires, fleet, time, live, newest, sent, receive, welcome, arrive, join, asked };
}

Deno.test("[DSH7] it signs in first and then follows the topics of the open views", async () => {
  const { live, sent, join, asked } = setup();
  live.follow([ALERTS!]);
  equal(await join(), "t1");
  deepEqual(live.state.value, { state: "live" });
  deepEqual(sent().map(({ type }) => type), ["auth.login", "subscribe"]);
  deepEqual(asked(), ["alerts"]);
});

Deno.test("[DSH7] a topic is subscribed once, and unsubscribed a second after its last view", async () => {
  const { clock, live, sent, join, asked } = setup();
  await join();
  const first = live.follow([SENDERS!]);
  const second = live.follow([SENDERS!, STREAMS!]);
  deepEqual(asked(), ["senders", "streams"]);
  const dropped = () =>
    sent().flatMap(({ type, payload }) => type === "unsubscribe" ? payload.topics : []);
  first[Symbol.dispose]();
  clock.advance(2_000);
  deepEqual(dropped(), []);
  second[Symbol.dispose]();
  deepEqual(dropped(), []);
  clock.advance(1_000);
  deepEqual(dropped(), ["senders", "streams"]);
});

Deno.test("[DSH7] a page that shows the topics of the page before it sends no new subscription", async () => {
  const { clock, live, sent, join } = setup();
  await join();
  live.follow([SENDERS!])[Symbol.dispose]();
  live.follow([SENDERS!]);
  clock.advance(5_000);
  deepEqual(sent().map(({ type }) => type), ["auth.login", "subscribe"]);
});

Deno.test("[DSH7] a lost connection has its moment in the coordinator's time, and is made again", async () => {
  const { clock, live, join, newest, welcome, arrive, wires, asked, time } = setup();
  live.follow([SENDERS!]);
  await join();
  clock.advance(5_000);
  newest().far.closed(CLOSE.goingAway);
  const lost = live.state.value;
  if (lost.state !== "stale") throw new Error(`expected stale, found ${lost.state}`);
  equal(lost.since, time.read());
  clock.advance((lost.retryAt ?? 0) - clock.now());
  equal(wires.length, 2);
  deepEqual(live.state.value, { state: "stale", since: lost.since });
  newest().far.opened();
  await welcome();
  deepEqual(asked(), ["senders"]);
  deepEqual(live.state.value, { state: "stale", since: lost.since });
  await arrive();
  deepEqual(live.state.value, { state: "live" });
});

Deno.test("[DSH7] it is live again once the lists of this connection are shown, also those asked for meanwhile", async () => {
  const { clock, live, fleet, join, newest, welcome, arrive, asked, receive } = setup();
  const sender = fleetData.senders[0]!;
  live.follow([SENDERS!]);
  await join();
  receive("snapshot", { topic: SENDERS!, part: 0, final: true, senders: [sender] });
  clock.advance(1_000);
  equal(fleet.on.senders.value.size, 1);
  newest().far.closed(CLOSE.goingAway);
  clock.advance(30_000);
  newest().far.opened();
  await welcome();
  live.follow([STREAMS!]);
  equal(live.state.value.state, "stale");
  receive("snapshot", { topic: SENDERS!, part: 0, final: true, senders: [] });
  await arrive();
  equal(live.state.value.state, "live");
  equal(fleet.on.senders.value.size, 0);
  deepEqual(asked(), ["senders", "streams"]);
});

Deno.test("[DSH7] a new token is presented before the old one ends, without asking for topics again", async () => {
  const { clock, live, join, sent, welcome } = setup();
  live.follow([SENDERS!]);
  await join();
  clock.advance(600_000 - 45_000);
  await welcome();
  deepEqual(sent().map(({ type }) => type), ["auth.login", "subscribe", "auth.login"]);
  equal(live.state.value.state, "live");
});

Deno.test("[DSH7] a refused token is renewed once, and the connection made anew", async () => {
  const { clock, live, newest, wires, welcome } = setup();
  live.connect();
  newest().far.opened();
  await clock.run(0);
  newest().far.closed(CLOSE.unauthenticated);
  await clock.run(0);
  equal(wires.length, 2);
  newest().far.opened();
  equal(await welcome(), "t2");
  equal(live.state.value.state, "live");
});

Deno.test("[DSH7] a new token that is refused too is not renewed in a circle", async () => {
  const { clock, live, newest, wires } = setup();
  live.connect();
  for (let i = 0; i < 3; i++) {
    newest().far.opened();
    await clock.run(0);
    newest().far.closed(CLOSE.unauthenticated);
    await clock.run(0);
  }
  equal(wires.length, 2);
});

Deno.test("[DSH7] when the login cannot be renewed it stays disconnected with the reason", async () => {
  const { clock, live, newest, wires } = setup({ renews: false });
  live.connect();
  newest().far.opened();
  await clock.run(0);
  newest().far.closed(CLOSE.unauthenticated);
  await clock.run(60_000);
  equal(wires.length, 1);
  match(JSON.stringify(live.state.value), /did not accept the login/);
});

Deno.test("[DSH3] ages are counted by the coordinator's clock", async () => {
  const { clock, live, newest, welcome, time } = setup();
  live.connect();
  newest().far.opened();
  await welcome({ serverTime: 5_000_000 });
  equal(time.read(), 5_000_000);
  clock.advance(2_500);
  equal(time.read(), 5_002_500);
});

Deno.test("[DSH1] what is not there is known as such", async () => {
  const { clock, live, receive, join, sent, fleet } = setup();
  const topic = topicOf("sender", "snd_none")!;
  live.follow([topic]);
  await join();
  const { id } = sent().find(({ type }) => type === "subscribe");
  receive("subscribe.response", { topics: [], unknown: [topic] }, id);
  await clock.run(200);
  equal(fleet.on.unknown.value.has(topic), true);
  equal(topicOf("sender", "../x"), undefined);
});

Deno.test("views get many messages in one update", async () => {
  const { clock, fleet, join, receive } = setup();
  await join();
  let reported = 0;
  fleet.on.senders.subscribe(() => void reported++);
  for (const sender of fleetData.senders) receive("sender.changed", { sender });
  equal(reported, 1);
  clock.advance(120);
  equal(reported, 2);
  equal(fleet.on.senders.value.size, fleetData.senders.length);
});

Deno.test("signing out empties the fleet and closes the connection", async () => {
  const { clock, live, fleet, time, join, receive, newest } = setup();
  await join();
  receive("sender.changed", { sender: fleetData.senders[0]! });
  live.disconnect();
  equal(fleet.known.senders.size, 0);
  equal(newest().closed, true);
  deepEqual(live.state.value, { state: "off" });
  time[Symbol.dispose]();
  equal(clock.pending, 0);
});
