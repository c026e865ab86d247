import { deepEqual, equal } from "node:assert/strict";
import { createControls } from "../../../../web/play/controls/kept.ts";
import { drawingOf, FILTERS } from "../../../../web/play/picture/filter.ts";

const room = (height: number) => ({ height });

Deno.test("[HND7] pixels of a small picture are sharp or smooth by choice", () => {
  deepEqual(drawingOf(room(240), "sharp"), { isCrisp: true });
  deepEqual(drawingOf(room(240), "smooth"), { isCrisp: false });
  deepEqual(drawingOf(room(480), "sharp"), { isCrisp: false });
});

Deno.test("[HND7] a tube has the lines of the picture, of an interlaced one half as many", () => {
  deepEqual(drawingOf(room(144), "tube"), { isCrisp: false, lines: 144 });
  deepEqual(drawingOf(room(240), "tube"), { isCrisp: false, lines: 240 });
  deepEqual(drawingOf(room(480), "tube"), { isCrisp: false, lines: 240 });
});

Deno.test("[HND7] a picture of unknown size, and one larger than old displays, is drawn as it comes", () => {
  for (const filter of FILTERS) {
    for (const each of [undefined, room(0), room(720), room(NaN)]) {
      equal(drawingOf(each, filter).lines, undefined);
      equal(drawingOf(each, filter).isCrisp, false);
    }
  }
});

Deno.test("[HND7] filter and volume are kept; values that are none are as usual", () => {
  let stored = "{}";
  const storage = {
    getItem: () => stored,
    setItem: (_: string, value: string) => (stored = value),
  };
  createControls(() => storage).change({ filter: "tube", volume: 30 });
  const { filter, volume } = createControls(() => storage).all.value;
  deepEqual([filter, volume], ["tube", 30]);
  for (const text of ['{"volume":400}', '{"volume":-1}', '{"filter":"url(//x)"}']) {
    stored = text;
    const { filter, volume } = createControls(() => storage).all.value;
    deepEqual([filter, volume], ["sharp", 100]);
  }
});
