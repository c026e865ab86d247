import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { type Clock, systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { Guests } from "../../../worker/saves/s3/guests.ts";
import { s3Store } from "../../../worker/saves/s3/store.ts";
import { GUEST_IDLE } from "../../../worker/sources/owner_folders.ts";
import { saveStoreContract } from "../../contracts/save_store_contract.ts";
import { waitFor } from "../../support/field/children.ts";
import { LOOK_PERIOD, RETRY_PERIOD } from "../../../worker/saves/memory/shared_memory.ts";
import { openWorkers } from "../../support/saves/memory_scenes.ts";
import { S3_KEY, startS3 } from "../../support/saves/s3_server.ts";

async function open(bucket = "saves") {
  const server = await startS3();
  const options = { clock: systemClock, endpoint: server.url, bucket, region: "us-east-1" };
  return {
    server,
    store: s3Store({ ...options, ...S3_KEY }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

saveStoreContract("bucket", () => open());

Deno.test("[SAV13] a bucket that does not exist is named, and a service that has ended cannot be reached", async () => {
  const scene = await open("other");
  try {
    await rejects(scene.store.put("usr_ana/duel/1.save", Uint8Array.of(1)), /other|NoSuchBucket/);
    await rejects(scene.store.list("usr_ana/"), /no bucket "other"/);
    equal(await scene.store.get("usr_ana/duel/1.save"), undefined);
  } finally {
    await scene[Symbol.asyncDispose]();
  }
  await rejects(scene.store.get("usr_ana/duel/1.save"), /cannot be reached/);
});

Deno.test("[SAV23] what a session left seven days ago is removed from a real bucket, and nothing else", async () => {
  await using scene = await open();
  const { server, store } = scene;
  const owners = ["ses_old", "brw_old", "usr_old", "brw_new", "ses_new"];
  const keys = owners.map((owner) => `${owner}/duel/1.save`);
  for (const key of [...keys, "ses_old/duel/rooms/room_1~2.save"]) {
    await store.put(key, Uint8Array.of(1));
  }
  const old = [...keys.slice(0, 3), "ses_old/duel/rooms/room_1~2.save"];
  await server.age(old, GUEST_IDLE + 60_000);
  const hasty: Clock = {
    ...systemClock,
    after: (delay, task) => systemClock.after(delay / 1_000, task),
  };
  const lines: string[] = [];
  const log = createLog({ clock: hasty, sink: (line) => void lines.push(line) });
  using _guests = new Guests({ clock: hasty, random: systemRandom, log, store });
  await waitFor("the look at guests", () => lines.length > 0 || undefined);
  equal(JSON.parse(lines[0]!).removed, 2);
  const left = (await store.list("")).map(({ key }) => key).sort();
  deepEqual(left, ["farpad/guests.json", ...keys.slice(1)].sort());
});

Deno.test("[SAV30] [SAV32] [SAV33] [SAV34] what a cartridge keeps follows its player by a real bucket, whether that is there, away or damaged", async () => {
  await using scene = await open();
  const { server, store } = scene;
  await using workers = await openWorkers(store);
  using a = workers.worker("a");
  using b = workers.worker("b");
  const first = await a.play("room_1");
  first.write(1, 1);
  await first.look();
  deepEqual((await workers.worker("c").play("room_2")).found, [1, 1], "while the room runs");
  await server.stop();
  first.write(2, 2);
  await first.end();
  const blind = await b.play("room_3");
  deepEqual([blind.found, blind.troubles], [undefined, ["unseen"]]);
  blind.write(9, 9);
  await server.start();
  await waitFor("the service", () => store.list("usr_ana/").catch(() => undefined));
  await first.look(RETRY_PERIOD + LOOK_PERIOD);
  await blind.end();
  const keys = (await store.list("usr_ana/quest/memory/")).map(({ key }) => key);
  deepEqual(keys.map((key) => key.split(".").at(-1)).sort(), ["room_1", "room_3~beside"]);
  const newest = keys.find((key) => key.endsWith("room_1"))!;
  const damaged = newest.replace(/\d+\.room_1/, `${Date.now() * 2}.room_9`);
  await store.put(damaged, (await store.get(newest))!.with(60, 0).with(61, 0));
  const next = await b.play("room_4");
  deepEqual(next.found, [2, 2]);
  match(b.lines.join("\n"), /refused/);
  await next.end();
});
