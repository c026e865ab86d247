import { deepEqual, equal, match } from "node:assert/strict";
import type { FleetState } from "../../../web/operator/model/fleet_state.ts";
import { EMPTY_FLEET } from "../../../web/operator/model/fleet_state.ts";
import { concerns } from "../../../web/operator/model/attention.ts";
import { totals, zoneTotals } from "../../../web/operator/model/totals.ts";
import { type FleetView, viewFleet } from "../../support/operator/fleet.ts";

const NOW = 1_800_000_000_000;
const fleet = await viewFleet(NOW);

function registry(
  fleet: Pick<FleetView, "senders" | "streams" | "workers" | "alerts">,
): FleetState {
  return {
    ...EMPTY_FLEET,
    senders: new Map(fleet.senders.map((each) => [each.sender_id, each])),
    streams: new Map(fleet.streams.map((each) => [each.stream_id, each])),
    workers: new Map(fleet.workers.map((each) => [each.worker_id, each])),
    alerts: new Map(fleet.alerts.map((each) => [each.alert_id, each])),
  };
}

Deno.test("[DSH8] the worst comes first, then the longest, and each sender or worker is listed once", () => {
  const found = concerns(registry(fleet), NOW);
  const subjects = found.map(({ subject }) => subject);
  equal(subjects[0], "fra-2");
  deepEqual(subjects.slice(-2), ["box-18", "Chase boat 1"]);
  const tones = found.map(({ tone }) => tone);
  deepEqual(tones, [...tones].sort((a, b) => Number(a !== "lost") - Number(b !== "lost")));
  const links = found.map(({ href }) => href);
  equal(new Set(links).size, links.length);
});

Deno.test("[DSH8] without alerts the troubles of workers and streams are listed", () => {
  const found = concerns({ ...registry(fleet), alerts: new Map() }, NOW);
  const sentence = (name: string) => found.find(({ subject }) => subject === name)?.sentence ?? "";
  match(sentence("fra-2"), /Not connected/);
  match(sentence("Chase boat 1"), /no picture/);
});

Deno.test("[DSH8] a cleared alert is not listed, a slow start is", () => {
  const cleared = fleet.alerts.map((alert) => ({ ...alert, state: "cleared" as const }));
  const quiet = {
    ...fleet,
    alerts: cleared,
    workers: [],
    senders: [],
    streams: fleet.streams.filter(({ state }) => state === "starting"),
  };
  deepEqual(concerns(registry(quiet), NOW), []);
  const [late] = concerns(registry(quiet), NOW + 20_000);
  match(late!.sentence, /The start was requested/);
});

Deno.test("[DSH9] an end that no user requested is listed for an hour, unless the sender streams again", () => {
  const sender = fleet.senders.find(({ stream, state }) => !stream && state === "enrolled")!;
  const end = {
    stream_id: "str_x" as never,
    reason: "pipeline_crash",
    message: "It broke",
    at: NOW,
  };
  const of = (change: Partial<typeof sender>) => {
    const senders = [{ ...sender, last_end: end, ...change }];
    return (now: number) =>
      concerns(registry({ ...fleet, senders, alerts: [], workers: [], streams: [] }), now);
  };
  match(of({})(NOW + 1)[0]!.sentence, /It broke/);
  deepEqual(of({})(NOW + 3_600_001), []);
  deepEqual(of({ last_end: { ...end, reason: "user_stop" } })(NOW + 1), []);
  deepEqual(of({ stream: fleet.senders[0]!.stream! })(NOW + 1), []);
});

Deno.test("totals leave out the places of lost and draining workers", () => {
  const sum = totals(fleet);
  equal(sum.senders, fleet.senders.filter(({ state }) => state === "enrolled").length);
  deepEqual(sum.places, { free: 23 + 16 + 14, all: 24 + 16 + 16 });
  const zones = zoneTotals(fleet.workers);
  deepEqual(zones.map(({ zone }) => zone), ["frankfurt", "helsinki", "new-york"]);
  deepEqual(zones[0], {
    zone: "frankfurt",
    workers: 2,
    lost: 1,
    places: { free: 23, all: 24 },
    ports: { free: 480, all: 500 },
  });
});
