import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import {
  dialPlain,
  dialSealed,
  listenPlain,
  listenSealed,
  type OpenLink,
} from "../../../protocol/datagram/endpoint.ts";
import { openViewer } from "../../../agent/vehicle/open_viewer.ts";
import { openUdp } from "../../../protocol/datagram/udp.ts";
import { openDrivingPort, openVehiclePort } from "../../../protocol/driving/open_udp.ts";
import { createLog } from "../../../protocol/log.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SECRET } from "../../support/datagram/sealed_pair.ts";
import { Streamer } from "../../support/driving/streamer.ts";
import { until } from "../../support/media/werift_browser.ts";

const PORTS = { clock: systemClock, random: systemRandom };
const quiet = createLog({ clock: systemClock, sink: () => {} });
const HOST = "127.0.0.1";
const SETTINGS = { host: HOST, port: 0 };

Deno.test("[RUD1] [RUD10] [RUD18] a device dials a worker over UDP: batches, direct packets, and the end", async () => {
  using listener = await listenSealed(PORTS, SETTINGS);
  const worker = inbox();
  using _waiting = listener.expect(SECRET, (link) => {
    worker.opened(link);
    return worker;
  });
  const device = inbox();
  const dialled = await dialSealed(PORTS, {
    ...SETTINGS,
    secret: SECRET,
    to: { host: HOST, port: listener.port },
    events: device,
  });
  const link = await device.link;
  const large = Uint8Array.from({ length: 300_000 }, (_, at) => at & 255);
  equal(link.send(large), undefined);
  equal(link.direct(Uint8Array.of(7)), undefined);
  deepEqual(await worker.nextBatch, large);
  deepEqual(await worker.nextDirect, Uint8Array.of(7));
  equal((await worker.link).send(Uint8Array.of(1)), undefined);
  deepEqual(await device.nextBatch, Uint8Array.of(1));
  ok(link.stats.rtt !== undefined);
  dialled[Symbol.dispose]();
  deepEqual([await worker.end, await device.end], ["done", "done"]);
});

Deno.test("[RUD24] a plain link over UDP", async () => {
  const worker = inbox();
  using listener = await listenPlain(PORTS, {
    ...SETTINGS,
    opened(link) {
      worker.opened(link);
      return worker;
    },
  });
  const device = inbox();
  using _dialled = await dialPlain(PORTS, {
    ...SETTINGS,
    to: { host: HOST, port: listener.port },
    events: device,
  });
  (await device.link).send(new Uint8Array(5_000));
  equal((await worker.nextBatch).length, 5_000);
});

Deno.test("[DRV13] [DRV16] a vehicle is driven over an open UDP port, and a stranger is not listened to", async () => {
  const warnings: string[] = [];
  const log = {
    debug: () => {},
    info: () => {},
    rewind: () => {},
    rumble: () => {},
    warn: (event: string) => void warnings.push(event),
    error: () => {},
    with: () => log,
  };
  const connected = Promise.withResolvers<void>();
  const controlled = Promise.withResolvers<unknown>();
  const telemetry: unknown[] = [];
  using driver = await openDrivingPort({ ...PORTS, log }, {
    ...SETTINGS,
    events: {
      changed: (state) => state === "connected" && connected.resolve(),
      telemetry: (readings) => void telemetry.push(readings),
      error: () => {},
    },
  });
  using _vehicle = await openVehiclePort({ ...PORTS, log }, {
    ...SETTINGS,
    to: { host: HOST, port: driver.port },
    events: {
      changed: () => {},
      control: controlled.resolve,
      controlLost: () => {},
      command: () => {},
      error: () => {},
    },
  });
  await connected.promise;
  using stranger = await openUdp({ ...SETTINGS, received: () => {} });
  stranger.send(
    Uint8Array.fromHex("83a174a954656c656d65747279a17081a17680a164cb41d954fc40200000"),
    { host: HOST, port: driver.port },
  );
  driver.end.drive({ steering: 0.25, throttle: -1 }, systemClock.now());
  deepEqual(await controlled.promise, { steering: 0.25, throttle: -1 });
  deepEqual(telemetry, []);
  equal(warnings.length, 2);
});

Deno.test("[DRV16] of two vehicles at one port the first is driven until it is gone, and one that comes back from another port begins anew", async () => {
  const clock = new FakeClock();
  const states: string[] = [];
  let replaced = 0;
  using driver = await openDrivingPort({ ...PORTS, clock, log: quiet }, {
    ...SETTINGS,
    options: { silence: 3_000 },
    events: { changed: (state) => void states.push(state), telemetry: () => {}, error: () => {} },
    replaced: () => void replaced++,
  });
  const ports = { control: driver.port, video: 9 };
  using first = await Streamer.open(ports);
  using other = await Streamer.open(ports, "127.0.0.9");
  using back = await Streamer.open(ports);
  await first.connect();
  clock.advance(1_000);
  other.syn();
  await sleep(systemClock, 50);
  deepEqual([states, other.isConnected, driver.peer?.host], [["connected"], false, HOST]);

  clock.advance(600);
  back.syn();
  await until(() => back.isConnected);
  deepEqual([replaced, states], [1, ["connected", "connected"]]);
  clock.advance(100);
  first.syn();
  await sleep(systemClock, 50);
  equal(replaced, 1, "the one that is there goes first");

  clock.advance(3_100);
  deepEqual(states.at(-1), "disconnected");
  await other.connect();
  equal(driver.peer?.host, "127.0.0.9");
});

Deno.test("[DRV31] a viewer without Farpad drives an agent's vehicle, and its end is reported", async () => {
  const wish = Promise.withResolvers<unknown>();
  const lost = Promise.withResolvers<void>();
  const connected = Promise.withResolvers<void>();
  const viewer = await openDrivingPort({ ...PORTS, log: quiet }, {
    ...SETTINGS,
    events: {
      changed: (state) => state === "connected" && connected.resolve(),
      telemetry: () => {},
      error: () => {},
    },
  });
  using _vehicle = openViewer(
    { ...PORTS, log: quiet },
    { to: { host: HOST, port: viewer.port }, silence: 500 },
    { control: wish.resolve, lost: lost.resolve },
  );
  await connected.promise;
  viewer.end.drive({ steering: 0.25, throttle: 0 }, systemClock.now());
  deepEqual(await wish.promise, { steering: 0.25, throttle: 0 });
  viewer[Symbol.dispose]();
  await lost.promise;
});

Deno.test("a UDP port that cannot be bound is named", async () => {
  using taken = await openUdp({ ...SETTINGS, received: () => {} });
  await rejects(
    () => openUdp({ host: HOST, port: taken.port, received: () => {} }),
    new RegExp(`Cannot bind UDP port ${taken.port} of ${HOST}: `),
  );
});

function inbox() {
  const batch = Promise.withResolvers<Uint8Array>();
  const direct = Promise.withResolvers<Uint8Array>();
  const link = Promise.withResolvers<OpenLink>();
  const end = Promise.withResolvers<string>();
  return {
    opened: link.resolve,
    batch: batch.resolve,
    direct: direct.resolve,
    closed: end.resolve,
    link: link.promise,
    nextBatch: batch.promise,
    nextDirect: direct.promise,
    end: end.promise,
  };
}
