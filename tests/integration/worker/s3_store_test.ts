import { equal, rejects } from "node:assert/strict";
import { systemClock } from "../../../protocol/clock.ts";
import { s3Store } from "../../../worker/saves/s3/store.ts";
import { saveStoreContract } from "../../contracts/save_store_contract.ts";
import { S3_KEY, startS3 } from "../../support/saves/s3_server.ts";

async function open(bucket = "saves") {
  const server = await startS3();
  const options = { clock: systemClock, endpoint: server.url, bucket, region: "us-east-1" };
  return {
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
