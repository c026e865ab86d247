import { deepEqual, equal, ok } from "node:assert/strict";
import type { ToOperator, Topic } from "../../../protocol/legs/operator_leg.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import {
  apply,
  EMPTY_FLEET,
  type FleetState,
  release,
} from "../../../web/operator/model/fleet_state.ts";
import { viewFleet } from "../../support/operator/fleet.ts";
import { receivedAt, sentAt, statusOf } from "../../support/operator/reports.ts";

const NOW = 1_800_000_000_000;
const fleet = await viewFleet(NOW);
const live = fleet.senders.find(({ stream }) => stream?.state === "live")!;
const stream = fleet.streams.find(({ stream_id }) => stream_id === live.stream?.stream_id)!;

const STATUS = statusOf({ index: 0, streamId: stream.stream_id, now: NOW });

function message<T extends ToOperator["type"]>(
  type: T,
  payload: Extract<ToOperator, { type: T }>["payload"],
): ToOperator {
  return { id: "1", type, payload } as ToOperator;
}

function snapshot(
  topic: string,
  rest: Partial<Extract<ToOperator, { type: "snapshot" }>["payload"]>,
): ToOperator {
  return message("snapshot", { topic: topic as Topic, part: 0, final: true, ...rest });
}

function after(...messages: readonly ToOperator[]): FleetState {
  return messages.reduce(apply, EMPTY_FLEET);
}

Deno.test("[DSH1] nothing of a snapshot is shown before its last part", () => {
  const [first, second, third] = fleet.senders;
  const begun = after(
    snapshot("senders", { senders: [first!] }),
    snapshot("senders", { part: 0, final: false, senders: [second!] }),
  );
  deepEqual([...begun.senders.keys()], [first!.sender_id]);
  const whole = apply(begun, snapshot("senders", { part: 1, senders: [third!] }));
  deepEqual([...whole.senders.keys()], [second!.sender_id, third!.sender_id]);
  ok(whole.loaded.has("senders" as Topic));
  equal(whole.staged.size, 0);
});

Deno.test("[DSH1] a part 0 drops the parts that came before it", () => {
  const [first, second] = fleet.senders;
  const registry = after(
    snapshot("senders", { part: 0, final: false, senders: [first!] }),
    snapshot("senders", { part: 0, senders: [second!] }),
  );
  deepEqual([...registry.senders.keys()], [second!.sender_id]);
});

Deno.test("[DSH1] the snapshot of one thing adds to what is known", () => {
  const [first, second] = fleet.senders;
  const topic = `sender:${second!.sender_id}`;
  const registry = after(
    snapshot("senders", { senders: [first!] }),
    snapshot(topic, { senders: [second!] }),
  );
  equal(registry.senders.size, 2);
});

Deno.test("a topic that is not there is remembered until it is followed anew", () => {
  const topics = ["sender:snd_none"] as Topic[];
  const registry = after(message("subscribe.response", { topics: [], unknown: topics }));
  ok(registry.unknown.has("sender:snd_none"));
  equal(release(registry, topics).unknown.size, 0);
});

Deno.test("[DSH2] a stream that changes changes its sender too", () => {
  const registry = after(
    message("sender.changed", { sender: live }),
    message("stream.changed", { stream: { ...stream, state: "stopping", since: NOW } }),
  );
  equal(registry.senders.get(live.sender_id)?.stream?.state, "stopping");
  const ended: Stream = { ...stream, state: "ended", since: NOW, reason: "user_stop" };
  const over = apply(registry, message("stream.changed", { stream: ended }));
  equal(over.senders.get(live.sender_id)?.stream, undefined);
  equal(over.streams.get(stream.stream_id)?.state, "ended");
});

Deno.test("[DSH2] the stream within a sender changes the stream too", () => {
  const figures = { ...live.stream!.figures!, at: NOW + 9_000, picture: false };
  const brief = { ...live.stream!, state: "stopping" as const, figures };
  const registry = after(
    message("stream.changed", { stream }),
    message("sender.changed", { sender: { ...live, stream: brief } }),
  );
  const shown = registry.streams.get(stream.stream_id)!;
  deepEqual([shown.state, shown.figures], ["stopping", figures]);
  deepEqual(shown.source, stream.source);
});

Deno.test("[DSH2] the end of an older stream leaves the newer one alone", () => {
  const older = {
    ...stream,
    stream_id: "str_older" as Stream["stream_id"],
    state: "ended" as const,
  };
  const registry = after(
    message("sender.changed", { sender: live }),
    message("stream.changed", { stream: older }),
  );
  equal(registry.senders.get(live.sender_id)?.stream?.stream_id, stream.stream_id);
});

Deno.test("[DSH2] a stream without figures of its own shows those of its sender's message", () => {
  const { figures: _, ...bare } = stream;
  const registry = after(
    message("sender.changed", { sender: live }),
    message("stream.changed", { stream: bare }),
  );
  deepEqual(registry.senders.get(live.sender_id)?.stream?.figures, live.stream?.figures);
});

Deno.test("[DSH3] status and figures keep the moment they arrived", () => {
  const { sender_id } = live;
  const { stream_id } = stream;
  const registry = after(
    message("sender.status", { sender_id, at: NOW, status: STATUS }),
    message("stream.stats", { stream_id, at: NOW + 1, sent: sentAt(stream, NOW) }),
    message("stream.stats", { stream_id, at: NOW + 2, received: receivedAt(stream, NOW) }),
  );
  equal(registry.status.get(sender_id)?.at, NOW);
  equal(registry.sent.get(stream_id)?.at, NOW + 1);
  equal(registry.received.get(stream_id)?.at, NOW + 2);
});

Deno.test("[DSH4] each end of a stream has a past of its own, and neither grows without bound", () => {
  const { stream_id } = stream;
  const registry = after(
    ...Array.from({ length: 700 }, (_, i) =>
      message("stream.stats", {
        stream_id,
        at: NOW + i * 1_000,
        ...(i % 2 ? { sent: sentAt(stream, NOW) } : { received: receivedAt(stream, NOW) }),
      })),
  );
  const trail = registry.trails.get(stream_id)!;
  equal(trail.sent.length, 350);
  equal(trail.received.length, 350);
  const more = after(
    ...Array.from({ length: 20 }, (_, i) =>
      message("stream.stats", {
        stream_id: `str_${i}` as Stream["stream_id"],
        at: NOW,
        sent: sentAt(stream, NOW),
      })),
  );
  deepEqual([...more.trails.keys()].slice(-2), ["str_18", "str_19"]);
  equal(more.trails.size, 8);
});

Deno.test("[DSH4] what a device cannot measure is absent from its line, not zero", () => {
  const sent = sentAt(stream, NOW);
  const links = sent.links.map((link) => ({ ...link, rtt_ms: null, loss_rate: null }));
  const { stream_id } = stream;
  const registry = after(
    message("stream.stats", { stream_id, at: NOW, sent: { ...sent, links } }),
  );
  const point = registry.trails.get(stream_id)!.sent[0]!.value.links[0]!;
  equal("rttMs" in point, false);
  equal("loss" in point, false);
});

Deno.test("the sparkline of a list grows with every new figure, and ends with its stream", () => {
  const at = (moment: number): Sender => ({
    ...live,
    stream: {
      ...live.stream!,
      figures: { at: moment, sent: { ...live.stream!.figures!.sent!, at: moment } },
    },
  });
  const registry = after(
    message("sender.changed", { sender: at(NOW) }),
    message("sender.changed", { sender: at(NOW) }),
    message("sender.changed", { sender: at(NOW + 2_000) }),
  );
  equal(registry.uplinks.get(stream.stream_id)?.length, 2);
  const over = apply(
    registry,
    message("stream.changed", { stream: { ...stream, state: "ended" } }),
  );
  equal(over.uplinks.has(stream.stream_id), false);
});

Deno.test("what is gone is removed, and other messages change nothing", () => {
  const [worker] = fleet.workers;
  const [room] = fleet.rooms;
  const registry = after(
    message("sender.changed", { sender: live }),
    message("worker.changed", { worker: worker! }),
    message("room.changed", { room: room! }),
    message("sender.gone", { sender_id: live.sender_id }),
    message("worker.gone", { worker_id: worker!.worker_id }),
    message("room.gone", { room_id: room!.room_id }),
  );
  deepEqual([registry.senders.size, registry.workers.size, registry.rooms.size], [0, 0, 0]);
  equal(apply(registry, message("restart", { after_ms: 1 })), registry);
});

Deno.test("applying leaves the books before it alone", () => {
  const before = after(snapshot("senders", { senders: fleet.senders }));
  const count = before.senders.size;
  apply(before, message("sender.gone", { sender_id: live.sender_id }));
  equal(before.senders.size, count);
});
