import { equal, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { AssetId } from "../../../../protocol/room_assets/asset.ts";
import { SessionId } from "../../../../protocol/ids.ts";
import { decodeAssetMessage } from "../../../../protocol/room_assets/wire.ts";
import { RoomAssets } from "../../../../worker/room/assets/room_assets.ts";
import { sha256 } from "../../../../worker/saves/sha256.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { countTurns } from "../../../support/waiting/turns.ts";

const MIB = 1024 * 1024;

Deno.test("[SAV22] a hash is that of all bytes, whatever their number", async () => {
  for (const size of [0, 1, MIB, MIB + 1]) {
    const bytes = new Uint8Array(size).map((_, at) => at * at >> 5);
    const whole = createHash("sha256").update(bytes).digest("hex");
    equal((await sha256(bytes)).toHex(), whole, `${size} bytes`);
  }
});

Deno.test("[AST5] the room goes on while the hash of a large asset is taken", async () => {
  const bytes = new Uint8Array(8 * MIB);
  const sent: Uint8Array[] = [];
  using assets = new RoomAssets({
    clock: new FakeClock(),
    waiting: () => 0,
    send: (_, bytes) => sent.push(bytes) > 0,
  });
  using counted = countTurns();
  await assets.deliver(SessionId.parse("ana"), { type: "application/octet-stream", bytes });
  ok(counted.turns >= 7, `${counted.turns} turns`);
  const delivery = decodeAssetMessage(sent[0]!);
  const name = `asset:sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  equal(delivery?.type === "delivery" && delivery.asset, AssetId.parse(name));
});
