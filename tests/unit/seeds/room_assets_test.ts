/**
 * What was asked of the channel of assets, statement by statement: the protocol _wire-protocol_ names its three exchanges
 * and leaves them open.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import { channelOptions, CHANNELS } from "../../../protocol/control/channels.ts";
import { assetIdOf, MAX_ASSET } from "../../../protocol/room_assets/asset.ts";
import { assetPair, content, sha256 } from "../../support/room/asset_pair.ts";
import { testStatements } from "../../support/statements/statements.ts";

const type = "image/png";

testStatements([
  ["CHN1", "assets have the channel 2", () => equal(CHANNELS.assets.id, 2)],
  ["CHN2", "it is reliable and in order", () => {
    const options = channelOptions(CHANNELS.assets);
    deepEqual([options.ordered, "maxRetransmits" in options], [true, false]);
  }],
  ["AST2", "an asset is named by its content", async () => {
    const { worker, clock } = assetPair();
    const bytes = content(10);
    const name = await worker.hold({ bytes, type });
    equal(name, assetIdOf(await sha256(bytes)));
    equal(name.startsWith("asset:sha256:"), true);
    worker[Symbol.dispose]();
    equal(clock.pending, 0);
  }],
  ["AST2", "a client asks the server for an asset, and is answered", async () => {
    const { clock, worker, page } = assetPair();
    const bytes = content(5_000);
    const asset = await worker.hold({ bytes, type });
    const fetched = page.fetch({ asset, most: MAX_ASSET });
    await clock.run(1_000);
    deepEqual(await fetched, { bytes, type });
  }],
  ["AST2", "the server asks a client for an asset, and is answered", async () => {
    const { clock, worker, page } = assetPair();
    const bytes = content(5_000);
    const asset = await page.hold({ bytes, type });
    const fetched = worker.fetch({ asset, most: MAX_ASSET });
    await clock.run(1_000);
    deepEqual(await fetched, { bytes, type });
  }],
  ["AST7", "the server delivers an asset that the client did not ask for", async () => {
    const { clock, worker, deliveries } = assetPair();
    const asset = await worker.deliver({ bytes: content(3), type });
    await clock.run(10);
    deepEqual(deliveries.map((delivery) => delivery.asset), [asset]);
  }],
]);
