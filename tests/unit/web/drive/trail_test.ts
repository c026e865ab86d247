import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  distance,
  grow,
  mapOf,
  MOST_POINTS,
  type Position,
} from "../../../../web/play/drive/trail.ts";

/** So many metres east and north of a place in Frankfurt. */
function at(east: number, north: number): Position {
  const lat = 50.11 + north / 111_320;
  return { lat, lon: 8.68 + east / 111_320 / Math.cos(50.11 * Math.PI / 180) };
}

Deno.test("[DPG11] the trail leaves out noise, begins anew after a jump, and is bounded", () => {
  const one = grow([], at(0, 0));
  equal(grow(one, at(0.3, 0.2)), one);
  equal(grow(one, at(3, 0)).length, 2);
  deepEqual(grow(grow(one, at(3, 0)), at(9_000, 0)), [at(9_000, 0)]);
  let trail: readonly Position[] = [];
  for (let i = 0; i < 5_000; i++) {
    trail = grow(trail, at(i, 0));
    ok(trail.length <= MOST_POINTS);
  }
  deepEqual(trail.at(-1), at(4_999, 0));
  deepEqual(trail[0], at(0, 0));
});

Deno.test("[DPG11] distances hold across the date line", () => {
  const metres = distance({ lat: 0, lon: 179.9999 }, { lat: 0, lon: -179.9999 });
  ok(Math.abs(metres - 22.26) < 0.1);
});

Deno.test("[DPG11] north is up, east is right, and the bar is as long as it says", () => {
  const map = mapOf([at(0, 0), at(0, 40), at(40, 40)], 100)!;
  const [start, corner] = map.points;
  ok(corner!.y < start!.y - 10 && Math.abs(corner!.x - start!.x) < 0.01);
  ok(map.here.x > corner!.x + 10);
  const scale = Math.hypot(corner!.x - start!.x, corner!.y - start!.y) / 40;
  ok(Math.abs(map.bar.length / map.bar.metres - scale) < 0.01);
  equal(mapOf([], 100), undefined);
  equal(mapOf([at(0, 0)], 100)!.bar.metres, 5);
});

Deno.test("[DPG11] every trail fits into the map", () => {
  const step = fc.record({
    east: fc.double({ min: -300, max: 300, noNaN: true }),
    north: fc.double({ min: -300, max: 300, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), (steps) => {
    let [east, north] = [0, 0];
    let trail: readonly Position[] = [];
    for (const each of steps) trail = grow(trail, at(east += each.east, north += each.north));
    const map = mapOf(trail, 100)!;
    for (const { x, y } of [...map.points, map.here]) ok(Math.abs(x) <= 50 && Math.abs(y) <= 50);
    ok(map.bar.length > 10 && map.bar.length <= 50);
  }));
});
