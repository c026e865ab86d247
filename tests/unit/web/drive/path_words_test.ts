import { deepEqual, equal } from "node:assert/strict";
import type { VehiclePath } from "../../../../protocol/control/vehicle_paths.ts";
import { pathWords } from "../../../../web/play/drive/path_words.ts";
import { PATHS } from "../../../support/driving/vehicle_views.ts";

const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll("\u202f", " "));

Deno.test("[DPG16] a path has state, round trip, loss, capacity and radio, with their ages", () => {
  deepEqual(plain(pathWords(PATHS[0]!, 200)), {
    name: "wwan0",
    status: "live",
    state: "live",
    trip: "48 ms",
    loss: "0.4 % loss",
    capacity: "4.8 Mb/s",
    age: "now",
    isStale: false,
    signal: { bars: 3, text: "−83 dBm", age: "6 s", isStale: false },
  });
});

Deno.test("[DPG16] what is not known is a dash or left out, never 0", () => {
  const words = plain(pathWords({ interface: "eth1", state: "Cooldown", age_ms: 0 }, 0));
  deepEqual([words.trip, words.loss, words.status], ["–", "– loss", "lost"]);
  equal("capacity" in words || "signal" in words, false);
});

Deno.test("[DPG16] a path that is down or degraded says for how long, and a good one does not", () => {
  const since = (state: VehiclePath["state"], state_ms: number, later = 0) =>
    plain(pathWords({ interface: "eth1", state, state_ms, age_ms: 0 }, later)).since;
  deepEqual(
    [
      since("Cooldown", 11_200),
      since("Cooldown", 11_200, 150_000),
      since("Degrade", 11_200),
      since("Live", 11_200),
      since("Cooldown", 0),
    ],
    ["for 11 s", "for 2 min", "for 11 s", undefined, "for 2 s"],
  );
});

Deno.test("[DPG16] ages grow on the page; a radio is stale later, because it is read more seldom", () => {
  const words = pathWords(PATHS[0]!, 10_000);
  deepEqual([words.isStale, words.signal?.isStale], [true, false]);
  equal(pathWords(PATHS[0]!, 25_000).signal?.isStale, true);
  equal(plain(pathWords(PATHS[1]!, 4_000)).age, "4 s");
});

Deno.test("[DPG16] a radio that has no dBm shows its percent", () => {
  const path = { ...PATHS[1]!, signal: { percent: 40, age_ms: 0 } };
  deepEqual(plain(pathWords(path, 0).signal), {
    bars: 2,
    text: "40 %",
    age: "now",
    isStale: false,
  });
});
