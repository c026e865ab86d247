/**
 * A bonded link between two network namespaces, over two pairs of virtual interfaces. It needs root and `ip`.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { TiedSockets } from "../../../agent/vehicle/tied/tied_sockets.ts";
import { openBonded } from "../../../media/links/rist/rist_link.ts";
import { DEFAULT_RULES } from "../../../media/links/rist/scheduler.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { startChild } from "../../../protocol/process/child.ts";
import { systemRandom } from "../../../protocol/random.ts";
import type { FromLinkSink } from "../../support/field/children.ts";
import { waitFor } from "../../support/field/children.ts";
import { numberedPackets } from "../../support/links/numbered.ts";

const SECRET = "0123456789abcdef";
const SPACE = `farpad-${Deno.pid}`;
/** The receiver's address, which both paths reach. */
const TARGET = "10.254.78.1";
const PAIRS = ["a", "b"].map((name, index) => ({
  device: `fp${name}${Deno.pid % 100_000}`,
  worker: `fw${name}${Deno.pid % 100_000}`,
  net: `10.254.${80 + index}`,
  metric: 10 * (index + 1),
}));

const isPermitted = Deno.uid() === 0 && ip("netns", "add", SPACE) === "";
if (!isPermitted) {
  console.warn("Links are not tested over network namespaces: this takes root and ip");
}

Deno.test({
  name:
    "[BND12] [LNK7] [DRV36] each path leaves by its interface; one that vanishes and returns with another address is used again, and the stream goes on",
  ignore: !isPermitted,
  async fn() {
    try {
      await story();
    } finally {
      ip("netns", "del", SPACE);
      for (const { device } of PAIRS) ip("link", "del", device);
    }
  },
});

async function story(): Promise<void> {
  ip("-n", SPACE, "link", "set", "lo", "up");
  ip("-n", SPACE, "address", "add", `${TARGET}/32`, "dev", "lo");
  for (const pair of PAIRS) connect(pair, 1);
  const main = new URL("../../support/links/sink_main.ts", import.meta.url).pathname;
  const sink = spawn("ip", [
    ...["netns", "exec", SPACE, Deno.execPath(), "run", "--no-prompt", "-A", main],
    ...["rist", SECRET, "500", "0.0.0.0", "17340", "17342"],
  ], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const received: FromLinkSink[] = [];
  sink.on("message", (message: FromLinkSink) => received.push(message));
  try {
    await waitFor("a bound port", () => received[0]);
    const paths = PAIRS.map(({ device }, index) => ({
      url: `rist://${TARGET}:${17_340 + 2 * index}`,
      interface: device,
    }));
    const opened = await openBonded(
      { paths, passphrase: SECRET, latency: 500, rules: DEFAULT_RULES },
      { clock: systemClock, random: systemRandom },
    );
    if ("error" in opened) throw new Error(opened.error);
    using link = opened;
    let sent = 0;
    const send = async (ms: number, until = () => false) => {
      for (const end = performance.now() + ms; performance.now() < end && !until();) {
        await link.send(numberedPackets(sent, 14));
        sent += 14;
        await sleep(systemClock, 10);
      }
    };
    await send(1_500);
    for (const { device } of PAIRS) ok(sentBytes(device) > 100_000, `${device}: too little`);
    preferOther();
    const before = PAIRS.map(({ device }) => sentBytes(device));
    await send(1_000);
    PAIRS.forEach(({ device }, index) =>
      ok(sentBytes(device) - before[index]! > 50_000, `${device} followed the route`)
    );
    ip("link", "del", PAIRS[0]!.device);
    await send(1_500);
    ok(link.figures.paths[0]!.state === "cooling");
    connect(PAIRS[0]!, 7);
    await send(8_000, () => sentBytes(PAIRS[0]!.device) > 100_000);
    ok(sentBytes(PAIRS[0]!.device) > 100_000, "the path that returned is not used");
    await sleep(systemClock, 1_000);
    const newest = received.findLast((each) => each.type === "count");
    ok(newest?.type === "count" && newest.count >= sent * 0.99, `${sent} sent, ${newest?.type}`);
    await sendTied(PAIRS[1]!);
  } finally {
    sink.kill("SIGKILL");
  }
}

/** Sends by a socket of control that is tied to an interface which the routes do not choose. */
async function sendTied({ device }: typeof PAIRS[number]): Promise<void> {
  const [clock, to] = [systemClock, { host: TARGET, port: 17_350 }];
  const entry = new URL("../../../agent/main.ts", import.meta.url).pathname;
  const processes = await Deno.makeTempDir();
  const log = createLog({ clock, sink: console.warn });
  const program = { entry, arguments: [] };
  using sockets = new TiedSockets({ clock, log, startChild, program, processes });
  using socket = await sockets.openerFor(device, to)({ host: "", port: 0, received: () => {} });
  const before = sentBytes(device);
  const sent = () => sentBytes(device) - before;
  // What the pipe does not take is dropped, so a machine that is busy needs more than these 90.
  for (const end = clock.now() + 10_000; clock.now() < end && sent() <= 90_000;) {
    socket.send(new Uint8Array(1_000), to);
    await sleep(clock, 2);
  }
  ok(sent() > 90_000, `control followed the route: ${sent()}`);
  await Deno.remove(processes);
}

/** Connects the namespaces by a pair of interfaces; `host`: the device's address in the pair's network. */
function connect({ device, worker, net, metric }: typeof PAIRS[number], host: number): void {
  ip("link", "add", device, "type", "veth", "peer", "name", worker, "netns", SPACE);
  ip("address", "add", `${net}.${host}/24`, "dev", device);
  ip("-n", SPACE, "address", "add", `${net}.100/24`, "dev", worker);
  ip("link", "set", device, "up");
  ip("-n", SPACE, "link", "set", worker, "up");
  // What comes back on the worse of two routes is not taken for forged.
  Deno.writeTextFileSync(`/proc/sys/net/ipv4/conf/${device}/rp_filter`, "2");
  ip("route", "add", TARGET, "via", `${net}.100`, "dev", device, "metric", String(metric));
}

/** The system sends by the second pair what is tied to none. */
function preferOther(): void {
  const [{ device, net, metric }] = PAIRS as [typeof PAIRS[number]];
  const via = ["via", `${net}.100`, "dev", device, "metric"];
  ip("route", "add", TARGET, ...via, "90");
  ip("route", "del", TARGET, ...via, String(metric));
}

function sentBytes(device: string): number {
  return Number(Deno.readTextFileSync(`/sys/class/net/${device}/statistics/tx_bytes`));
}

/** What `ip` says against it; empty when it did as it was told. */
function ip(...args: string[]): string {
  const { error, status, stderr } = spawnSync("ip", args);
  return error?.message ?? (status === 0 ? "" : String(stderr));
}
