import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { AppId } from "../../../../protocol/ids.ts";
import { artOf, GRID } from "../../../../web/play/lobby/card/art.ts";
import { oldWords, readPicture } from "../../../../web/play/lobby/card/live_cover.tsx";
import { FakeClock } from "../../../fakes/clock.ts";
import { type App, findApps, shelvesOf, systemsOf } from "../../../../web/play/lobby/library.ts";
import { createRecents } from "../../../../web/play/lobby/recents.ts";

function app(title: string, change: Partial<App> = {}): App {
  const app_id = AppId.parse(title.toLowerCase().replaceAll(/[^a-z]+/g, "-"));
  return { app_id, title, kind: "game", system: "NES", players: 1, ...change };
}

const APPS = [
  app("Tin Orbit"),
  app("Marble Run", { unavailable: "No core." }),
  app("Río Fox", { system: "GBA" }),
  app("Copper Circuit"),
  app("Harbour camera", { kind: "live", system: "Camera" }),
];
const titles = (apps: readonly App[]) => apps.map(({ title }) => title);

Deno.test("[PLY14] a shelf is sorted by title, with unavailable apps last", () => {
  const all = { kind: "game", system: undefined, search: "" } as const;
  deepEqual(titles(findApps(APPS, all)), ["Copper Circuit", "Río Fox", "Tin Orbit", "Marble Run"]);
  deepEqual(titles(findApps(APPS, { ...all, system: "GBA" })), ["Río Fox"]);
});

Deno.test("[PLY14] a search covers all shelves, needs every word, and ignores accents and case", () => {
  const search = (search: string) =>
    titles(findApps(APPS, { kind: "game", system: "GBA", search }));
  deepEqual(search("RIO"), ["Río Fox"]);
  deepEqual(search("orbit nes"), ["Tin Orbit"]);
  deepEqual(search("cam"), ["Harbour camera"]);
  deepEqual(search("chess"), []);
});

Deno.test("[PLY14] the systems of a shelf come with the largest first; empty shelves are not shown", () => {
  deepEqual(systemsOf(APPS, "game"), ["NES", "GBA"]);
  deepEqual(shelvesOf(APPS).map(({ name }) => name), ["Games", "Live"]);
  equal(shelvesOf([]).length, 1);
});

Deno.test("[CVR8] the picture of a live stream is as old as its worker says, and one that is not there is none", async () => {
  const clock = new FakeClock();
  const answer = (status: number, type: string) => () =>
    Promise.resolve(
      new Response(new Uint8Array([0xff]), { status, headers: { "content-type": type, age: "7" } }),
    );
  const read = (status: number, type: string) =>
    readPicture("/pictures/a.jpg", { clock, get: answer(status, type) });
  const found = await read(200, "image/jpeg");
  equal(found?.at, clock.epoch() - 7_000);
  URL.revokeObjectURL(found!.src);
  equal(await read(404, "text/plain"), undefined);
  equal(await read(200, "text/html"), undefined);
  const lost = () => Promise.reject(new TypeError("no network"));
  equal(await readPicture("/pictures/a.jpg", { clock, get: lost }), undefined);
  deepEqual([10_000, 34_000, 180_000].map(oldWords), [undefined, "34 s old", "3 min ago"]);
});

function storage(initial: Record<string, string> = {}) {
  const items = new Map(Object.entries(initial));
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

Deno.test("[PLY15] the app that was played last comes first, once, also after a reload", () => {
  const shelf = storage();
  const recents = createRecents(shelf);
  const play = (title: string, played_at: number, picture?: string) => {
    const { app_id, system } = app(title);
    recents.remember({ app_id, title, system, played_at, ...(picture ? { picture } : {}) });
  };
  play("Tin Orbit", 1, "data:image/jpeg;base64,AA");
  play("Copper Circuit", 2);
  play("Tin Orbit", 3);
  const list = createRecents(shelf).list.value;
  deepEqual(list.map(({ title, played_at }) => [title, played_at]), [
    ["Tin Orbit", 3],
    ["Copper Circuit", 2],
  ]);
  equal(list[0]?.picture, "data:image/jpeg;base64,AA", "the picture is kept until a newer one");
});

Deno.test("[PLY15] unreadable storage is read as empty, and full storage causes no error", () => {
  for (const stored of ["", "{", "[1]", '[{"app_id":"../x"}]', "null"]) {
    deepEqual(createRecents(storage({ "farpad.recents": stored })).list.value, []);
  }
  const full = {
    ...storage(),
    setItem: () => {
      throw new Error("QuotaExceededError");
    },
  };
  const recents = createRecents(full, () => {});
  recents.remember({ app_id: app("a").app_id, title: "a", system: "NES", played_at: 1 });
  equal(recents.list.value.length, 1);
});

Deno.test("[PLY15] beyond 24 entries the oldest is removed", () => {
  const recents = createRecents(storage());
  for (let i = 0; i < 40; i++) {
    const app_id = AppId.parse(`app-${i}`);
    recents.remember({ app_id, title: "t", system: "NES", played_at: i });
  }
  equal(recents.list.value.length, 24);
  equal(recents.list.value[0]?.app_id, "app-39");
});

Deno.test("a cover is the same every time, mirrored, and stays on its grid", () => {
  deepEqual(artOf("paddle-duel"), artOf("paddle-duel"));
  notDeepEqual(artOf("paddle-duel"), artOf("tin-orbit"));
  fc.assert(fc.property(fc.string(), (text) => {
    const { body, spark } = artOf(text);
    const cells = new Set([...body, ...spark].map(([x, y]) => `${x} ${y}`));
    for (const [x, y] of [...body, ...spark]) {
      ok(x > 0 && x < GRID - 1 && y > 0 && y < GRID - 1);
      ok(cells.has(`${GRID - 1 - x} ${y}`));
    }
    equal(cells.size, body.length + spark.length, "no cell twice");
  }));
});
