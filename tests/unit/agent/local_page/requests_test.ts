import { deepEqual, equal, match } from "node:assert/strict";
import { LocalRequests } from "../../../../agent/local_page/requests.ts";
import { OFFLINE } from "../../../../agent/login.ts";
import { refuse } from "../../../../protocol/envelope.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeControlLink, ONLINE } from "../../../fakes/control_link.ts";
import { SeededRandom } from "../../../fakes/random.ts";

function setup() {
  const clock = new FakeClock();
  const link = new FakeControlLink();
  const requests = new LocalRequests({ clock, random: new SeededRandom(), link });
  const answer = (id: string, payload: unknown) =>
    requests.answered({
      id,
      type: "stream.request.response",
      payload: payload as { action: "start" },
    });
  return { clock, link, requests, answer };
}

Deno.test("[LPG7] one request at a time is sent, and its answer ends it", () => {
  const { link, requests, answer } = setup();
  requests.ask("start");
  requests.ask("stop");
  const [sent, ...more] = link.take("stream.request");
  deepEqual([sent?.payload, more.length], [{ action: "start" }, 0]);
  answer("another", { action: "start" });
  equal(requests.state.state, "asked");
  answer(sent!.id!, { action: "start" });
  deepEqual(requests.state, { state: "none" });
});

Deno.test("[LPG7] a refusal and a missing answer are shown as sentences", async () => {
  const { clock, link, requests, answer } = setup();
  requests.ask("start");
  answer(link.take("stream.request")[0]!.id!, refuse("no_receiver", "Cannot start: no worker"));
  deepEqual(requests.state, { state: "refused", message: "Cannot start: no worker" });
  requests.ask("start");
  await clock.run(40_000);
  match(JSON.stringify(requests.state), /did not answer/);
  link.state = OFFLINE;
  requests.ask("stop");
  match(JSON.stringify(requests.state), /cannot be reached/);
});

Deno.test("[LPG5] the permission is that of the login, and none while offline", () => {
  const { link, requests } = setup();
  equal(requests.isAllowed, false);
  if (ONLINE.state !== "online") throw new Error("not online");
  link.state = { ...ONLINE, config: { ...ONLINE.config, local_control: true } };
  equal(requests.isAllowed, true);
  link.state = OFFLINE;
  equal(requests.isAllowed, false);
});
