import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type AssetId,
  assetIdOf,
  MAX_ASSET,
  MAX_CHUNK,
  MAX_RANGE,
} from "../../../../protocol/room_assets/asset.ts";
import {
  AssetExchange,
  FETCH_LIMIT,
  type Fetched,
} from "../../../../protocol/room_assets/exchange.ts";
import { beginFetch, stepFetch } from "../../../../protocol/room_assets/fetching.ts";
import {
  CHUNK_RATE,
  HOLD_LIMIT,
  LOW_WATER,
  MOST_RANGES,
} from "../../../../protocol/room_assets/serving.ts";
import {
  type AssetMessage,
  decodeAssetMessage,
  encodeAssetMessage,
} from "../../../../protocol/room_assets/wire.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { assetPair, content, sha256 } from "../../../support/room/asset_pair.ts";

const type = "image/png";
const NOBODY = assetIdOf(new Uint8Array(32));

/** The answer of a fetch once virtual time has passed. */
async function after(
  { clock }: ReturnType<typeof assetPair>,
  fetched: Promise<Fetched>,
  ms = 60_000,
): Promise<Fetched | undefined> {
  let answer: Fetched | undefined;
  void fetched.then((value) => answer = value);
  for (let passed = 0; passed < ms && !answer; passed += 500) await clock.run(500);
  return answer;
}

Deno.test("[AST2] an asset of either end arrives whole, named by its content", async () => {
  for (const length of [1, MAX_CHUNK, MAX_RANGE, MAX_RANGE + 1, 200_001]) {
    const pair = assetPair();
    for (const [from, to] of [[pair.worker, pair.page], [pair.page, pair.worker]] as const) {
      const bytes = content(length);
      const asset = await from.hold({ bytes, type });
      equal(asset, assetIdOf(await sha256(bytes)));
      const fetched = await after(pair, to.fetch({ asset, most: MAX_ASSET, size: length }));
      deepEqual(fetched, { bytes, type });
    }
  }
});

Deno.test("[AST3] an asset that is not there fails, and one that is too large is not read", async () => {
  const pair = assetPair();
  deepEqual(await after(pair, pair.page.fetch({ asset: NOBODY, most: 10 })), {
    failure: "unknown",
  });
  const asset = await pair.worker.hold({ bytes: content(2_000), type });
  const tooLarge = { asset, most: 1_999 };
  deepEqual(await after(pair, pair.page.fetch(tooLarge)), { failure: "size" });
  const otherSize = { asset, most: MAX_ASSET, size: 1_999 };
  deepEqual(await after(pair, pair.page.fetch(otherSize)), { failure: "size" });
  equal(pair.toPage.passed.some(({ type }) => type === "chunk"), false);
});

Deno.test("[AST3] bytes that are not those of the name are refused", async () => {
  const pair = assetPair();
  const lied = pair.page.fetch({ asset: NOBODY, most: 100 });
  await pair.clock.run(5);
  // The other end answers with what it was not asked for.
  pair.page.receive(encodeAssetMessage({ type: "facts", id: 1, size: 3, mediaType: type }));
  await pair.clock.run(0);
  const range = pair.toWorker.passed.at(-1)!;
  const id = "id" in range ? range.id : 0;
  for (let guess = id; guess < id + 3; guess++) {
    const bytes = Uint8Array.of(1, 2, 3);
    pair.page.receive(encodeAssetMessage({ type: "chunk", id: guess, offset: 0, bytes }));
  }
  const answer = await after(pair, lied);
  ok(answer && "failure" in answer);
});

Deno.test("[AST3] a whole asset with other bytes fails by its hash", async () => {
  const pair = assetPair();
  const bytes = content(5_000);
  const asset = await pair.worker.hold({ bytes, type });
  bytes[4_999]! ^= 1;
  const answer = await after(pair, pair.page.fetch({ asset, most: MAX_ASSET }));
  deepEqual(answer, { failure: "hash" });
});

Deno.test("[AST4] only chunks in order and within the part that was asked for are taken", () => {
  const wanted = { asset: NOBODY, most: 100_000 };
  const first = beginFetch(wanted, 1);
  const { state, ask } = stepFetch(
    first.state,
    { type: "facts", id: 1, size: 40_000, mediaType: type },
    2,
  );
  deepEqual(ask, { type: "range", id: 2, asset: NOBODY, offset: 0, length: MAX_RANGE });
  const chunk = (offset: number, length = 10) =>
    ({ type: "chunk", id: 2, offset, bytes: new Uint8Array(length) }) as const;
  equal(stepFetch(state, chunk(0), 3).state.state, "reading");
  for (const wrong of [chunk(10), chunk(0, MAX_RANGE + 1)]) {
    deepEqual(stepFetch(state, wrong, 3).state, { state: "failed", code: "range" });
  }
  deepEqual(stepFetch(first.state, chunk(0), 3).state, { state: "failed", code: "range" });
});

Deno.test("[AST4] parts outside of the asset, too long ones and too many are refused", async () => {
  const { clock, worker, toPage } = assetPair({ rate: 1_000 });
  const asset = await worker.hold({ bytes: content(50_000), type });
  const ask = (id: number, offset: number, length: number) =>
    worker.receive(encodeAssetMessage({ type: "range", id, asset, offset, length }));
  ask(1, 50_000, 1);
  ask(2, 49_999, 2);
  ask(3, 0, MAX_RANGE + 1);
  ask(4, 0, 0);
  for (let id = 5; id < 11; id++) ask(id, 0, MAX_RANGE);
  clock.advance(10_000);
  const failures = toPage.passed.flatMap((each) => each.type === "failure" ? [each] : []);
  deepEqual(failures.map(({ id, code }) => [id, code]), [
    ...[1, 2, 3, 4].map((id) => [id, "range"]),
    ...Array.from({ length: 6 - MOST_RANGES }, (_, n) => [5 + MOST_RANGES + n, "busy"]),
  ]);
  worker[Symbol.dispose]();
});

Deno.test("[AST5] chunks wait while 4 KiB wait in the channel, however slow it is", async () => {
  const pair = assetPair({ rate: 20_000 });
  const bytes = content(60_000);
  const asset = await pair.worker.hold({ bytes, type });
  deepEqual(await after(pair, pair.page.fetch({ asset, most: MAX_ASSET })), { bytes, type });
  ok(pair.toPage.most <= LOW_WATER + MAX_CHUNK + 32, `${pair.toPage.most} bytes waited`);
});

Deno.test("[AST5] on the widest link no more than 250 KiB leave in a second", async () => {
  const pair = assetPair({ rate: 1e9 });
  const asset = await pair.worker.hold({ bytes: content(2_000_000), type });
  void pair.page.fetch({ asset, most: MAX_ASSET });
  await pair.clock.run(4_000);
  const chunks = pair.toPage.passed.filter(({ type }) => type === "chunk").length;
  ok(chunks <= CHUNK_RATE.burst + 4 * CHUNK_RATE.perSecond, `${chunks} chunks`);
  ok(chunks > 3 * CHUNK_RATE.perSecond, `${chunks} chunks`);
  pair.worker[Symbol.dispose]();
  pair.page[Symbol.dispose]();
});

Deno.test("[AST6] each end holds 8 MiB at most, and each asset for a minute after the last request", async () => {
  const pair = assetPair();
  const half = (seed: number) => ({ bytes: content(MAX_ASSET / 2, seed), type });
  const assets: AssetId[] = [];
  for (const seed of [1, 2, 3]) assets.push(await pair.worker.hold(half(seed)));
  const head = async (asset: AssetId) => {
    const answer = await after(pair, pair.page.fetch({ asset, most: 1 }));
    return answer && "failure" in answer ? answer.failure : undefined;
  };
  deepEqual([await head(assets[0]!), await head(assets[1]!)], ["unknown", "size"]);
  await pair.clock.run(HOLD_LIMIT - 2_000);
  equal(await head(assets[2]!), "size");
  await pair.clock.run(HOLD_LIMIT - 2_000);
  deepEqual([await head(assets[1]!), await head(assets[2]!)], ["unknown", "size"]);
  await pair.clock.run(HOLD_LIMIT);
  equal(pair.clock.pending, 0);
});

Deno.test("[AST6] two fetches run at once, and one to which nothing comes for 10 s fails", async () => {
  const pair = assetPair();
  const assets = [];
  for (const seed of [1, 2, 3]) {
    assets.push(await pair.worker.hold({ bytes: content(100_000, seed), type }));
  }
  const [one, two, three] = assets.map((asset) => pair.page.fetch({ asset, most: MAX_ASSET }));
  deepEqual(await three, { failure: "busy" });
  await pair.clock.run(100);
  pair.toPage.isOpen = false;
  const both = Promise.all([one!, two!]);
  await pair.clock.run(FETCH_LIMIT + 100);
  deepEqual(await both, [{ failure: "lost" }, { failure: "lost" }]);
});

Deno.test("[AST6] a fetch with a limit ends with it, however steadily something comes", async () => {
  const clock = new FakeClock();
  let id = 0;
  const send = (bytes: Uint8Array) => {
    const message = decodeAssetMessage(bytes);
    if (message && "id" in message) id = message.id;
    return true;
  };
  const ports = { clock, waiting: () => 0, send, sha256, delivery: () => {} };
  const end = new AssetExchange(ports);
  const fetched = end.fetch({ asset: NOBODY, most: MAX_ASSET, within: 60_000 });
  const receive = (message: AssetMessage) => end.receive(encodeAssetMessage(message));
  receive({ type: "facts", id, size: MAX_ASSET, mediaType: type });
  for (let offset = 0; offset < 10; offset++) {
    await clock.run(FETCH_LIMIT - 1_000);
    receive({ type: "chunk", id, offset, bytes: Uint8Array.of(1) });
  }
  equal(clock.pending, 0, "it has ended");
  deepEqual(await fetched, { failure: "lost" });
});

Deno.test("[AST6] an end that is over fails its fetches, and answers nothing", async () => {
  const pair = assetPair();
  const asset = await pair.worker.hold({ bytes: content(100_000), type });
  const fetched = pair.page.fetch({ asset, most: MAX_ASSET });
  await pair.clock.run(20);
  for (const end of [pair.page, pair.worker]) end[Symbol.dispose]();
  deepEqual(await fetched, { failure: "lost" });
  deepEqual(await pair.page.fetch({ asset, most: 1 }), { failure: "lost" });
  await pair.clock.run(1_000);
  equal(pair.clock.pending, 0);
});

Deno.test("[AST7] a delivery tells the other end what to fetch", async () => {
  const pair = assetPair();
  const bytes = content(3_000);
  const asset = await pair.worker.deliver({ bytes, type });
  await pair.clock.run(10);
  deepEqual(pair.deliveries, [{ type: "delivery", asset, size: 3_000, mediaType: type }]);
  const { size } = pair.deliveries[0]!;
  deepEqual(await after(pair, pair.page.fetch({ asset, size, most: size })), { bytes, type });
});
