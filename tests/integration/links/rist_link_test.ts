import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { OpenLink } from "../../../media/links/ports.ts";
import { openBonded } from "../../../media/links/rist/rist_link.ts";
import { DEFAULT_RULES } from "../../../media/links/rist/scheduler.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { sendingLinkContract } from "../../contracts/sending_link_contract.ts";
import { type FromLinkSink, startChild } from "../../support/field/children.ts";
import { numberedPackets } from "../../support/links/numbered.ts";
import { always } from "../../support/relay/conditions.ts";
import { clear } from "../../support/relay/regimes.ts";
import { Relay } from "../../support/relay/relay.ts";

const SECRET = "0123456789abcdef";
const DEAD = { blackout: true };
const PORTS = { clock: systemClock, random: systemRandom };

const openRist: OpenLink = ({ url, interface: wanted, ...options }) =>
  openBonded({ ...options, paths: [{ url, interface: wanted }], rules: DEFAULT_RULES }, PORTS);

sendingLinkContract("RIST over one path, tied to an interface", {
  scheme: "rist",
  open: (options) => openRist({ ...options, interface: "lo" }),
  port: 17_300,
  measures: true,
});

Deno.test("[BND12] a path is tied to its interface, and one that does not exist is named", async () => {
  const options = { url: "rist://127.0.0.1:17318", latency: 100, passphrase: SECRET };
  const opened = await openRist({ ...options, interface: "wwan9" });
  match("error" in opened ? opened.error : "", /^Cannot send over wwan9: there is no such/);
  ok("error" in await openRist({ ...options, passphrase: undefined }));
});

Deno.test("[BND9] over two paths, one of which dies, the stream goes on", async () => {
  using sink = startChild<FromLinkSink>("../links/sink_main.ts", [
    ...["rist", SECRET, "500", "127.0.0.1", "17320", "17322"],
  ]);
  equal(
    (await sink.until("ports", (all) => all.find(({ type }) => type !== "count"))).type,
    "bound",
  );
  using first = new Relay({ clock: systemClock, regime: clear(20), seed: 1 });
  using second = new Relay({ clock: systemClock, regime: clear(50), seed: 2 });
  const fronts = [
    await first.front({ host: "127.0.0.1", port: 17_320 }),
    await second.front({ host: "127.0.0.1", port: 17_322 }),
  ];
  const paths = fronts.map((port) => ({ url: `rist://127.0.0.1:${port}`, interface: "lo" }));
  const opened = await openBonded(
    { paths, passphrase: SECRET, latency: 500, rules: DEFAULT_RULES },
    PORTS,
  );
  if ("error" in opened) throw new Error(opened.error);
  using link = opened;
  const count = 3_000;
  for (let number = 0; number < count; number += 20) {
    if (number === 1_000) first.change({ up: always(DEAD), down: always(DEAD) });
    equal((await link.send(numberedPackets(number, 20))).error, undefined);
    await sleep(systemClock, 20);
  }
  await sleep(systemClock, 1_000);
  const newest = sink.received.findLast((each) => each.type === "count");
  ok(newest?.type === "count" && newest.count >= count * 0.99, JSON.stringify(newest));
  const [dead, live] = link.figures.paths;
  deepEqual([dead!.state, dead!.rtt], ["cooling", undefined]);
  ok(dead!.sentBytes > 100_000 && live!.sentBytes > 100_000 && live!.rtt! >= 20);
});
