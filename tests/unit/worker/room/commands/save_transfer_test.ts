import { deepEqual, equal } from "node:assert/strict";
import { AppId, SessionId } from "../../../../../protocol/ids.ts";
import type { Asset } from "../../../../../protocol/room_assets/asset.ts";
import { assetIdOf } from "../../../../../protocol/room_assets/asset.ts";
import type { Fetched } from "../../../../../protocol/room_assets/exchange.ts";
import type { SaveStore } from "../../../../../worker/saves/ports.ts";
import { saveTransferVerbs } from "../../../../../worker/room/commands/save_transfer.ts";
import type { Running } from "../../../../../worker/room/verbs.ts";
import { packSave } from "../../../../../worker/saves/save_file.ts";
import { openSaves } from "../../../../../worker/saves/saves.ts";
import { FakeClock } from "../../../../fakes/clock.ts";

const ana = SessionId.parse("ana");
const ben = SessionId.parse("ben");
const cem = SessionId.parse("cem");
const duel = AppId.parse("duel");
const core = { name: "Core", version: "1.2" };
const asset = assetIdOf(new Uint8Array(32));
const state = Uint8Array.of(1, 2, 3);
const head = { app: duel, saved_at: 5, name: "Boss", core };

function setup(fetched: Fetched | Promise<Fetched> = { failure: "lost" }) {
  const files = new Map<string, Uint8Array>();
  const store: SaveStore = {
    put: (key, bytes) => Promise.resolve(void files.set(key, bytes)),
    get: (key) => Promise.resolve(files.get(key)),
    list: (prefix) =>
      Promise.resolve(
        [...files].filter(([key]) => key.startsWith(prefix))
          .map(([key, { length }]) => ({ key, size: length })),
      ),
    remove: (key) => Promise.resolve(void files.delete(key)),
  };
  const saves = openSaves(store)(["usr_ana"]);
  const delivered: Asset[] = [];
  const here = new Set([ana]);
  const running = {
    app: { app_id: duel, title: "Duel" },
    playback: { info: { core } },
    saves,
    clock: new FakeClock(),
  } as unknown as Running;
  const verbs = saveTransferVerbs(() => running, {
    deliver: (_, given) => Promise.resolve(void delivered.push(given)),
    fetch: () => Promise.resolve(fetched),
  }, (session) => here.has(session));
  const upload = (session = ana) => verbs["save.upload"](session, { asset, size: 10 });
  const download = (id: string) => verbs["save.download"](ana, { id });
  return { files, saves, delivered, here, upload, download };
}

const codeOf = (answer: object) =>
  "error" in answer ? (answer as { error: { code: string } }).error.code : undefined;

Deno.test("[AST9] a save goes to the device and comes back as it was", async () => {
  const there = setup();
  const { id } = await there.saves.write(duel, { state, at: 5 as never, name: "Boss", core });
  deepEqual(await there.download(id), {});
  equal(there.delivered[0]!.type, "application/x-farpad-save");
  equal(codeOf(await there.download("77")), "save.unknown");

  const back = setup({ bytes: there.delivered[0]!.bytes, type: "application/x-farpad-save" });
  equal(codeOf(await back.upload()), undefined);
  const newest = await back.saves.newest(duel);
  deepEqual([...newest!.state], [...state]);
  deepEqual([newest!.head?.name, newest!.head?.core], ["Boss", core]);
});

Deno.test("[AST9] nothing is sent to a person who left while the save was read", async () => {
  const { saves, download, delivered, here } = setup();
  const { id } = await saves.write(duel, { state, at: 5 as never });
  const downloading = download(id);
  here.delete(ana);
  deepEqual(await downloading, {});
  deepEqual(delivered, []);
});

Deno.test("[AST9] what is damaged, foreign, no save or does not come whole changes no save", async () => {
  const whole = await packSave({ head, state });
  const type = "application/x-farpad-save";
  const other = { ...head, app: AppId.parse("other") };
  const newer = { ...head, core: { name: "Core", version: "1.10" } };
  const cases: readonly (readonly [Fetched, string])[] = [
    [{ failure: "hash" }, "asset.failed"],
    [{ failure: "size" }, "asset.failed"],
    [{ bytes: whole.with(60, whole[60]! ^ 1), type }, "save.unreadable"],
    [{ bytes: whole.slice(0, 50), type }, "save.unreadable"],
    [{ bytes: Uint8Array.of(1), type }, "save.unreadable"],
    [{ bytes: await packSave({ head: other, state }), type }, "save.foreign"],
    [{ bytes: await packSave({ head: newer, state }), type }, "save.foreign"],
  ];
  for (const [fetched, code] of cases) {
    const { upload, files } = setup(fetched);
    equal(codeOf(await upload()), code);
    equal(files.size, 0);
  }
});

Deno.test("[AST9] two people upload at once in a room, each one file, and a third is refused", async () => {
  const { promise, resolve } = Promise.withResolvers<Fetched>();
  const { upload } = setup(promise);
  const first = upload(ana);
  equal(codeOf(await upload(ana)), "busy", "one person holds up nobody else");
  const second = upload(ben);
  equal(codeOf(await upload(cem)), "busy");
  resolve({ failure: "lost" });
  for (const each of [await first, await second]) equal(codeOf(each), "asset.failed");
  equal(codeOf(await upload(ana)), "asset.failed");
});
