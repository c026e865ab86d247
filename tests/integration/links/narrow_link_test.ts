import { ok } from "node:assert/strict";
import { openFieldLink } from "../../support/links/field_link.ts";
import { always } from "../../support/relay/conditions.ts";

Deno.test("[FLW9] a stream of 2.5 Mbit/s over a link of 1.5 is followed by its encoder, and stays a moving picture", async () => {
  const path = { delayMs: 25 };
  const bottleneck = { rate: 1_500_000, queueMs: 300 };
  await using link = await openFieldLink({
    regimes: [{ up: always({ ...path, bottleneck }), down: always(path) }],
    encoder: { bitrate_kbps: 2_500 },
    latency: 200,
    port: 17_260,
  });
  await link.measure(6_000);
  const { pictures } = await link.measure(5_000);
  const { target_bitrate_kbps: target, links: [newest] } = link.stats.at(-1)!;
  ok(target! < 1_500, `the encoder aims at ${target} kbit/s`);
  ok(pictures > 1, `${pictures} pictures a second`);
  ok(newest!.rtt_ms! >= 50, `round trip ${newest!.rtt_ms} ms`);
});
