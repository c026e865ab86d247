import { deepEqual, equal, match, ok } from "node:assert/strict";
import { FRAGMENT_TYPE, writeFragment } from "../../../../protocol/sdp/fragment.ts";
import { openScene } from "../../../support/control/scene.ts";
import { factsOf } from "../../../support/coordinator/request_facts.ts";
import { offerWith } from "../../../support/signalling/offers.ts";

const OFFER = offerWith(undefined, "sendonly");
const ICE = { ufrag: "abcd", pwd: "0123456789abcdef01234567" };

/** A control plane with a sender that has a key. */
async function scene() {
  const opened = await openScene();
  const { bench, admin, receiver } = opened;
  const { body: created } = await bench.http("POST", "/api/senders", {
    as: admin,
    body: { name: "OBS" },
  });
  const id: string = created.sender.sender_id;
  const { status, body: address } = await bench.http("POST", `/api/senders/${id}/publish-key`, {
    as: admin,
  });
  equal(status, 201);
  const call = (
    method: string,
    path: string,
    { key = address.key, headers = {}, body = null }: {
      key?: string;
      headers?: Record<string, string>;
      body?: string | null;
    } = {},
  ) => {
    const sent = { ...headers, ...(key && { authorization: `Bearer ${key}` }) };
    return Promise.resolve(
      bench.app.request(path, { method, headers: sent, body }, factsOf({ headers: sent })),
    );
  };
  const post = ({ to = id, key = address.key, body = OFFER } = {}) =>
    call("POST", `/whip/${to}`, { key, body, headers: { "content-type": "application/sdp" } });
  const active = async () => (await bench.http("GET", "/api/streams", { as: admin })).body.items;
  const ended = async () =>
    (await bench.http("GET", "/api/streams?state=ended", { as: admin })).body.items;
  const sender = async () => (await bench.http("GET", `/api/senders/${id}`, { as: admin })).body;
  return {
    ...opened,
    ...{ publisher: id, address, call, post, active, ended, sender, receiver },
  };
}

Deno.test("[WHP10] the holder of a sender's key publishes a stream of that sender", async () => {
  using each = await scene();
  const { post, receiver, active, address, publisher, bench, sender } = each;
  match(address.url, /\/whip\/snd_\w+$/);
  ok((await sender()).publish_key_made_at > 0);
  const made = await post();
  equal(made.status, 201, await made.clone().text());
  equal(await made.text(), "v=0\r\nanswer");
  match(made.headers.get("location") ?? "", /^\/whip\/session\/[0-9a-f]{32}$/);
  const asked = receiver.reported.findLast(({ type }) => type === "ingest.start");
  ok(asked?.type === "ingest.start");
  deepEqual([asked.payload.transport, asked.payload.offer, asked.payload.ports], [
    "whip",
    OFFER,
    [],
  ]);
  const [stream] = await active();
  deepEqual([stream.sender_id, stream.state, stream.source, stream.ports], [
    publisher,
    "starting",
    { mode: "whip" },
    [],
  ]);
  receiver.stats(stream.stream_id);
  equal((await active())[0].state, "live");
  equal(bench.control.registry.get(stream.stream_id)?.transport, "whip");
});

Deno.test("[WHP10] another key, no key and a removed key publish nothing", async () => {
  using each = await scene();
  const { post, bench, admin, id, publisher, active } = each;
  equal((await post({ key: "" })).status, 401);
  equal((await post({ key: `${publisher}.secret` })).status, 401);
  equal((await post({ to: id })).status, 403);
  const path = `/api/senders/${publisher}/publish-key`;
  const { body: renewed } = await bench.http("POST", path, { as: admin });
  equal((await post()).status, 401);
  equal((await post({ key: renewed.key })).status, 201);
  await bench.http("DELETE", path, { as: admin });
  equal((await active()).length, 0, "its stream has ended");
  equal((await post({ key: renewed.key })).status, 401);
});

Deno.test("[WHP3] each fault of a publisher's request has its status", async () => {
  using each = await scene();
  const { post, call, receiver, active, publisher } = each;
  equal((await post({ body: "garbage" })).status, 400);
  equal((await post({ body: offerWith() })).status, 422);
  equal((await post({ body: OFFER.replaceAll("H264", "VP9") })).status, 422);
  equal((await call("POST", `/whip/${publisher}`, { body: OFFER })).status, 415);
  equal((await call("GET", `/whip/${publisher}`)).status, 405);
  equal((await call("DELETE", "/whip/session/none")).status, 404);
  receiver.answers = "refuses";
  const refused = await post();
  equal(refused.status, 503);
  ok(refused.headers.has("retry-after"));
  deepEqual(await active(), []);
  receiver.drop();
  equal((await post()).status, 503);
});

Deno.test("[WHP12] a device that sends is not replaced; another publisher is", async () => {
  using each = await scene();
  const { post, bench, admin, id, active, ended, start } = each;
  await start();
  const { body: own } = await bench.http("POST", `/api/senders/${id}/publish-key`, { as: admin });
  equal((await post({ to: id, key: own.key })).status, 409);
  equal((await post()).status, 201);
  equal((await post()).status, 201);
  equal((await active()).length, 2);
  deepEqual((await ended()).map(({ reason }: { reason: string }) => reason), ["publisher_stop"]);
});

Deno.test("[WHP12] a published stream ends with DELETE, by an operator, and when its worker reports so", async () => {
  const ends: [
    (each: Awaited<ReturnType<typeof scene>>, at: { stream: string; location: string }) => unknown,
    string,
  ][] = [
    [async ({ call }, { location }) => {
      equal((await call("DELETE", location, { key: "other" })).status, 401);
      equal((await call("DELETE", location)).status, 200);
    }, "publisher_stop"],
    [({ bench, admin, publisher }) =>
      bench.http("POST", `/api/senders/${publisher}/stream/stop`, {
        as: admin,
      }), "control_plane_stop"],
    [({ receiver }, { stream }) =>
      receiver.send("ingest.ended", {
        stream_id: stream,
        reason: "left",
        message: "Gone",
      }), "publisher_lost"],
    [({ bench, admin, publisher }) =>
      bench.http("DELETE", `/api/senders/${publisher}`, {
        as: admin,
      }), "sender_revoked"],
  ];
  for (const [end, reason] of ends) {
    using each = await scene();
    const { post, active, ended, receiver, call, bench } = each;
    const location = (await post()).headers.get("location") ?? "";
    const [{ stream_id: stream }] = await active();
    receiver.stats(stream);
    await end(each, { stream, location });
    deepEqual((await ended()).map((row: { reason: string }) => row.reason), [reason]);
    bench.clock.advance(1_000);
    equal(bench.services.publishers.size, 0);
    equal((await call("DELETE", location)).status, 404);
  }
});

Deno.test("[WHP12] a device that logs in does not end the stream that a program publishes as it", async () => {
  using each = await scene();
  const { post, bench, admin, id, active, back } = each;
  const { body: own } = await bench.http("POST", `/api/senders/${id}/publish-key`, { as: admin });
  equal((await post({ to: id, key: own.key })).status, 201);
  const [{ stream_id }] = await active();
  each.receiver.stats(stream_id);
  await back();
  equal((await active())[0].state, "live");
});

Deno.test("[WHP6] candidates of a publisher reach the worker of its stream", async () => {
  using each = await scene();
  const { post, call, receiver } = each;
  const made = await post();
  const candidates = ["candidate:1 1 udp 1 192.0.2.7 5000 typ host"];
  const patched = await call("PATCH", made.headers.get("location") ?? "", {
    headers: { "content-type": FRAGMENT_TYPE, "if-match": made.headers.get("etag") ?? "" },
    body: writeFragment({ ice: ICE, candidates, isComplete: true }, { kind: "audio", mid: "0" }),
  });
  equal(patched.status, 204);
  const passed = receiver.reported.findLast(({ type }) => type === "ingest.candidates");
  deepEqual(passed?.type === "ingest.candidates" && passed.payload.candidates, candidates);
});
