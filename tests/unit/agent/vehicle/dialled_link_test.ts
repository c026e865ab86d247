import { deepEqual, equal, ok } from "node:assert/strict";
import { keepDialled } from "../../../../agent/vehicle/dialled_link.ts";
import type { OpenLink } from "../../../../protocol/datagram/endpoint.ts";
import { listenSealed } from "../../../../protocol/datagram/endpoint.ts";
import type { UdpOptions } from "../../../../protocol/datagram/udp.ts";
import { readDriveSecret } from "../../../../protocol/driving/vehicle_telemetry.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { PathNet, WORKER } from "../../../support/driving/path_net.ts";

const secret = readDriveSecret("0123456789abcdef".repeat(5), 0);

/** A link to a worker that listens, over sockets that the test can take away. */
async function scene() {
  const clock = new FakeClock();
  const random = new SeededRandom(1);
  const net = new PathNet(clock, [5]);
  const worker = await listenSealed({ clock, random, open: net.openWorker }, { ...WORKER });
  worker.expect(secret, () => ({ batch: () => {}, direct: () => {}, closed: () => {} }));
  const bound: UdpOptions[] = [];
  const links: OpenLink[] = [];
  const ends: string[] = [];
  const names = Promise.withResolvers<void>();
  const link = keepDialled(
    {
      ...{ clock, random, log: createLog({ clock, sink: () => {} }) },
      resolve: async (host) => {
        await names.promise;
        return [host];
      },
      openerFor: () => (options) => {
        bound.push(options);
        return net.openFor(net.paths[0]!)(options);
      },
    },
    { ...WORKER, secret },
    (open) => {
      links.push(open);
      return { direct: () => {}, closed: (reason) => void ends.push(reason) };
    },
  );
  return { clock, worker, link, bound, links, ends, resolved: () => names.resolve() };
}

Deno.test("[DRV36] a link that is disposed while its name is looked up opens no socket", async () => {
  const { clock, link, bound, resolved, worker } = await scene();
  link[Symbol.dispose]();
  resolved();
  await clock.run(10_000);
  equal(bound.length, 0);
  worker[Symbol.dispose]();
});

Deno.test("[DRV36] a link whose socket is lost ends at once and is dialled again a second later", async () => {
  const { clock, link, bound, links, ends, resolved, worker } = await scene();
  resolved();
  await clock.run(100);
  equal(links.length, 1);
  bound[0]!.lost?.();
  deepEqual([ends, bound.length], [["silent"], 1]);
  await clock.run(1_200);
  deepEqual([links.length, bound.length], [2, 2]);
  bound[0]!.lost?.();
  await clock.run(2_000);
  equal(links.length, 2);
  ok(ends.length === 1);
  link[Symbol.dispose]();
  worker[Symbol.dispose]();
});
