import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../../protocol/clock.ts";
import { AppId, RoomId } from "../../../protocol/ids.ts";
import type { App } from "../../../protocol/legs/room.ts";
import { createLog } from "../../../protocol/log.ts";
import { Playback } from "../../../worker/playback/playback.ts";
import { Autosave, AUTOSAVE_PERIOD } from "../../../worker/room/autosave.ts";
import { folderStore } from "../../../worker/saves/folder_store.ts";
import type { SaveStore } from "../../../worker/saves/ports.ts";
import { s3Store } from "../../../worker/saves/s3/store.ts";
import { openSaves } from "../../../worker/saves/saves.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeSourceHandle } from "../../fakes/source_handle.ts";
import { withDisk } from "../../support/disk/small_disk.ts";
import { waitFor } from "../../support/field/children.ts";
import { S3_KEY, startS3 } from "../../support/saves/s3_server.ts";

const room = RoomId.parse("room_1");
const app = { app_id: AppId.parse("duel"), title: "Duel" } as App;

/** A room that plays and writes its state to a real store; `number` is what its next states begin with. */
function setup(store: SaveStore) {
  const clock = new FakeClock();
  const lines: string[] = [];
  let number = 0;
  const playback = new Playback({
    openSource(options) {
      const source = new FakeSourceHandle(options);
      source.control.setPaused("running");
      source.save = () => {
        // Random bytes are not compressed.
        const state = crypto.getRandomValues(new Uint8Array(20_000));
        return Promise.resolve({ state: state.with(0, number) });
      };
      return source;
    },
    options: {} as ConstructorParameters<typeof FakeSourceHandle>[0],
  });
  const saves = openSaves(store)(["usr_ana"]);
  const autosave = new Autosave({
    room: () => ({ id: room, generation: 0 }),
    playing: () => ({ app, playback }),
    clock,
    log: createLog({ clock, sink: (line) => void lines.push(line) }),
    saves: () => saves,
    changed: () => {},
  });
  return {
    clock,
    autosave,
    lines,
    /** Lets the room write a state that begins with `next`, and waits until it has, or has given up. */
    async period(next: number) {
      number = next;
      clock.advance(AUTOSAVE_PERIOD);
      await autosave.write({ app, playback });
      autosave.resumed();
    },
    /** What the newest state begins with that is kept. */
    kept: async () => (await saves.ofRoom(app.app_id, room))?.state[0],
    [Symbol.dispose]: () => autosave[Symbol.dispose](),
  };
}

Deno.test("[SAV20] on a disk that is really full a room says since when, keeps the earlier state, and saves again", () =>
  withDisk(512, async ({ folder, fill, free }) => {
    using scene = setup(folderStore(join(folder, "saves"), systemClock));
    const { autosave, clock, lines, period, kept } = scene;
    await period(1);
    equal(autosave.unsaved, undefined);
    await fill();
    await period(2);
    const since = clock.epoch();
    deepEqual(autosave.unsaved, { since, why: "full" });
    await period(3);
    deepEqual(autosave.unsaved, { since, why: "full" });
    equal(await kept(), 1);
    equal(lines.filter((line) => line.includes("not saved")).length, 1);
    await free();
    await period(4);
    equal(autosave.unsaved, undefined);
    equal(await kept(), 4);
  }));

Deno.test("[SAV20] a room says since when its S3 service is away, and saves again once it is back", async () => {
  await using server = await startS3();
  const options = { clock: systemClock, endpoint: server.url, bucket: "saves", region: "here" };
  using scene = setup(s3Store({ ...options, ...S3_KEY }));
  const { autosave, clock, lines, period, kept } = scene;
  await period(1);
  await server.stop();
  await period(2);
  deepEqual(autosave.unsaved, { since: clock.epoch(), why: "failed" });
  match(lines.join("\n"), /cannot be reached|lost the connection/);
  await server.start();
  await waitFor("the service", () => kept().then((state) => state === 1 || undefined));
  await period(3);
  equal(autosave.unsaved, undefined);
  equal(await kept(), 3);
});
