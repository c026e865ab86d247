import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { placed, publicLink, readPlace, unplaced } from "../../../web/shared/place.ts";

const FARPAD = { base: "/farpad" };

Deno.test("[PXY5] the place is read from the attributes of the page's root element", () => {
  const dataset = { base: "/farpad", publicUrl: "https://play.test/farpad/" };
  deepEqual(readPlace({ dataset }), dataset);
  deepEqual(readPlace(undefined), { base: "", publicUrl: undefined });
});

const PATHS: readonly [string, string][] = [
  ["/farpad", "/"],
  ["/farpad/", "/"],
  ["/farpad?room=1", "/?room=1"],
  ["/farpad/play/x", "/play/x"],
  ["/farpadx", "/farpadx"],
  ["/play/x", "/play/x"],
];
for (const [path, known] of PATHS) {
  Deno.test(`[PXY5] below /farpad, ${path} is the page ${known}`, () => {
    equal(unplaced(path, FARPAD), known);
  });
}

Deno.test("[PXY5] a path is the same after the base path was added and removed", () => {
  const path = fc.array(fc.stringMatching(/^[a-z0-9]+$/), { maxLength: 4 })
    .map((parts) => `/${parts.join("/")}`);
  fc.assert(fc.property(path, (each) => equal(unplaced(placed(each, FARPAD), FARPAD), each)));
});

Deno.test("[PXY5] an address of another host stays as it is", () => {
  for (const url of ["https://a.test/ping", "//a.test/ping", "#token", "?a=1"]) {
    equal(placed(url, FARPAD), url);
  }
});

Deno.test("[PXY5] a link for other people begins with the public URL", () => {
  const place = { base: "/farpad", publicUrl: "https://play.test/farpad/" };
  equal(publicLink("/?room=room_1", place), "https://play.test/farpad/?room=room_1");
});
