import { deepEqual, equal, match } from "node:assert/strict";
import type { Books } from "../../../web/operator/model/books.ts";
import { EMPTY_BOOKS } from "../../../web/operator/model/books.ts";
import { concerns } from "../../../web/operator/model/attention.ts";
import { totals, zoneTotals } from "../../../web/operator/model/totals.ts";
import { busyFleet, type FleetData } from "../../support/operator/fleet_data.ts";

const NOW = 1_800_000_000_000;

function books(fleet: FleetData): Books {
  return {
    ...EMPTY_BOOKS,
    senders: new Map(fleet.senders.map((each) => [each.sender_id, each])),
    streams: new Map(fleet.streams.map((each) => [each.stream_id, each])),
    workers: new Map(fleet.workers.map((each) => [each.worker_id, each])),
    alerts: new Map(fleet.alerts.map((each) => [each.alert_id, each])),
  };
}

Deno.test("[DSH8] worst comes first, then longest, and each thing once", () => {
  const found = concerns(books(busyFleet(NOW)), NOW);
  deepEqual(found.slice(0, 3).map(({ subject }) => subject), ["fra-2", "box-18", "Chase boat 1"]);
  const tones = found.map(({ tone }) => tone);
  deepEqual(tones, [...tones].sort((a, b) => Number(a !== "lost") - Number(b !== "lost")));
  const links = found.map(({ href }) => href);
  equal(new Set(links).size, links.length);
});

Deno.test("[DSH8] without rules the books alone say what is wrong", () => {
  const found = concerns({ ...books(busyFleet(NOW)), alerts: new Map() }, NOW);
  const sentence = (name: string) => found.find(({ subject }) => subject === name)?.sentence ?? "";
  match(sentence("fra-2"), /Not connected/);
  match(sentence("Chase boat 1"), /no picture/);
});

Deno.test("[DSH8] a cleared alert needs nobody, a slow start does, and an old end is no news", () => {
  const fleet = busyFleet(NOW);
  const cleared = fleet.alerts.map((alert) => ({ ...alert, state: "cleared" as const }));
  const quiet = {
    ...fleet,
    alerts: cleared,
    workers: [],
    senders: [],
    streams: fleet.streams.filter(({ state }) => state === "starting"),
  };
  deepEqual(concerns(books(quiet), NOW), []);
  const [late] = concerns(books(quiet), NOW + 20_000);
  match(late!.sentence, /Asked to start/);
});

Deno.test("[DSH9] an end that nobody wanted is told for an hour, unless the sender streams again", () => {
  const fleet = busyFleet(NOW);
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
      concerns(books({ ...fleet, senders, alerts: [], workers: [], streams: [] }), now);
  };
  match(of({})(NOW + 1)[0]!.sentence, /It broke/);
  deepEqual(of({})(NOW + 3_600_001), []);
  deepEqual(of({ last_end: { ...end, reason: "user_stop" } })(NOW + 1), []);
  deepEqual(of({ stream: busyFleet(NOW).senders[0]!.stream! })(NOW + 1), []);
});

Deno.test("totals count what is there: a lost or draining worker offers nothing", () => {
  const fleet = busyFleet(NOW);
  const sum = totals(fleet);
  equal(sum.senders, fleet.senders.filter(({ state }) => state === "enrolled").length);
  deepEqual(sum.places, { free: 6 + 9 + 12, all: 24 + 16 + 16 });
  const zones = zoneTotals(fleet.workers);
  deepEqual(zones.map(({ zone }) => zone), ["frankfurt", "helsinki", "new-york"]);
  deepEqual(zones[0], {
    zone: "frankfurt",
    workers: 2,
    lost: 1,
    places: { free: 6, all: 24 },
    ports: { free: 486, all: 500 },
  });
});
