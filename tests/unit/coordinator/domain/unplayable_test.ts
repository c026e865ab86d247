import { deepEqual, equal } from "node:assert/strict";
import { unplayableOf } from "../../../../coordinator/domain/unplayable.ts";
import { MOST_UNPLAYABLE } from "../../../../protocol/rest/fleet.ts";

Deno.test("[LIB12] each reason is shown with the number of games that it keeps from being played", () => {
  const apps = [{}, { unavailable: "No core." }, { unavailable: "No BIOS." }, {
    unavailable: "No BIOS.",
  }];
  deepEqual(unplayableOf(apps), [
    { reason: "No BIOS.", games: 2 },
    { reason: "No core.", games: 1 },
  ]);
  equal(unplayableOf([{}, {}]), undefined);
});

Deno.test("[LIB12] of many reasons those of the most games are shown", () => {
  const apps = Array.from({ length: 2_000 }, (_, n) => ({ unavailable: `reason ${n % 100}` }));
  apps.push({ unavailable: "reason 77" });
  const shown = unplayableOf(apps);
  deepEqual([shown?.length, shown?.[0]], [MOST_UNPLAYABLE, { reason: "reason 77", games: 21 }]);
});
