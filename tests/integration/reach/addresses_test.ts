import { deepEqual, equal, ok } from "node:assert/strict";
import { openPeer, until, WeriftBrowser } from "../../support/media/werift_browser.ts";

/** Of the documentation (RFC 5737): stands for the public address of a NAT. */
const PUBLIC = "203.0.113.8";
const RANGE = [45_400, 45_440] as const;

/** Host and port of each candidate. */
function offered(candidates: readonly ({ readonly candidate: string } | undefined)[]) {
  return candidates.flatMap((found) => {
    const [, , , , host, port] = found?.candidate.split(" ") ?? [];
    return host === undefined ? [] : [{ host, port: Number(port) }];
  });
}

Deno.test("[RCH7] a public address is offered with a port of the range, on which the browser that comes by it is answered", async () => {
  using worker = openPeer({
    extraAddresses: [PUBLIC],
    onlyExtraAddresses: true,
    portRange: RANGE,
  });
  await using browser = new WeriftBrowser();
  const answer = await browser.answer(await worker.peer.offer());
  await until(() => worker.candidates.includes(undefined));
  const [only, ...others] = offered(worker.candidates);
  deepEqual(others, []);
  equal(only!.host, PUBLIC);
  ok(only!.port >= RANGE[0] && only!.port <= RANGE[1]);
  equal((await worker.peer.accept(answer)).error, undefined);
  // A NAT sends what comes to the public address to this port of the worker.
  const inside = worker.candidates[0]!.candidate.replace(PUBLIC, "127.0.0.1");
  await browser.pc.addIceCandidate({ candidate: inside, sdpMLineIndex: 0 });
  await until(() => worker.events.includes("connected"));
});

Deno.test("[RCH7] the addresses of the interfaces are offered beside it unless they are switched off", async () => {
  using worker = openPeer({ extraAddresses: [PUBLIC] });
  await worker.peer.offer();
  await until(() => worker.candidates.includes(undefined));
  const hosts = offered(worker.candidates).map(({ host }) => host);
  const own = Object.values(Deno.networkInterfaces())
    .filter(({ name, address }) => name === "eth0" && !address.startsWith("fe80"))
    .map(({ address }) => address);
  deepEqual([PUBLIC, ...own].filter((host) => !hosts.includes(host)), []);
});
