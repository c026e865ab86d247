/**
 * Measures the datagram link: throughput, and the processor's time for a message, at 0, 5 and 20 % loss in virtual time
 * over a path of 20 ms; and over real sockets of this machine beside a plain UDP socket.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { systemClock } from "../../../protocol/clock.ts";
import { dialSealed, listenSealed, type OpenLink } from "../../../protocol/datagram/endpoint.ts";
import { openUdp } from "../../../protocol/datagram/udp.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { PERFECT } from "../../support/datagram/network.ts";
import { SealedPair, SECRET } from "../../support/datagram/sealed_pair.ts";
import { round } from "../figures.ts";

const LOSSES = [0, 5, 20];
/** Of virtual time, in milliseconds. */
const LENGTH = 2_000;
const BATCH = 1_000;
/** Messages over real sockets. */
const MESSAGES = 20_000;
/** Messages on their way at once, over real sockets. */
const AT_ONCE = 32;
const PORTS = { clock: systemClock, random: systemRandom };
const HOST = "127.0.0.1";

/** Runs the benchmark. */
export async function rudp(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const loss of LOSSES) {
    const { throughput, cpu, direct } = simulate(loss / 100);
    figures[`loss_${loss}_percent_mbit_s`] = round(throughput);
    figures[`loss_${loss}_percent_cpu_us_per_message`] = round(cpu);
    figures[`loss_${loss}_percent_direct_arrived_percent`] = round(direct);
  }
  figures.sockets_direct_cpu_us_per_message = round(await overSockets());
  figures.sockets_plain_udp_cpu_us_per_message = round(await overPlainUdp());
  return figures;
}

/** A link whose send buffer is always full, over a path that loses a share of its datagrams. */
function simulate(loss: number): { throughput: number; cpu: number; direct: number } {
  const options = { maxBitrate: 1_000_000_000 };
  const pair = new SealedPair({ options }).open();
  pair.network.conditions = { ...PERFECT, loss };
  const batch = new Uint8Array(BATCH);
  const began = { at: pair.now, cpu: cpuUsage().user };
  let directs = 0;
  while (pair.now < began.at + LENGTH) {
    while (!pair.device.link.send(batch, pair.now));
    pair.device.link.direct(batch.subarray(0, 16));
    directs++;
    pair.run(8);
  }
  const messages = pair.worker.batches.length + pair.worker.direct.length;
  return {
    throughput: pair.worker.batches.length * BATCH * 8 / (pair.now - began.at) / 1000,
    cpu: (cpuUsage().user - began.cpu) / messages,
    direct: pair.worker.direct.length / directs * 100,
  };
}

async function overSockets(): Promise<number> {
  const settings = { host: HOST, port: 0 };
  using listener = await listenSealed(PORTS, settings);
  const whole = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<OpenLink>();
  let received = 0;
  using _waiting = listener.expect(SECRET, (link) => ({
    batch: () => {},
    direct: (bytes) => void link.direct(bytes),
    closed: () => {},
  }));
  using _dialled = await dialSealed(PORTS, {
    ...settings,
    secret: SECRET,
    to: { host: HOST, port: listener.port },
    events: {
      opened: opened.resolve,
      batch: () => {},
      direct(bytes) {
        if (++received >= MESSAGES) whole.resolve();
        else link?.direct(bytes);
      },
      closed: () => {},
    },
  });
  const link = await opened.promise;
  return await cpuOf(whole.promise, () => {
    for (let n = 0; n < AT_ONCE; n++) link.direct(new Uint8Array(BATCH));
  });
}

async function overPlainUdp(): Promise<number> {
  const whole = Promise.withResolvers<void>();
  let received = 0;
  using there = await openUdp({
    host: HOST,
    port: 0,
    received: (bytes, from) => there.send(bytes, from),
  });
  using here = await openUdp({
    host: HOST,
    port: 0,
    received(bytes, from) {
      if (++received >= MESSAGES) whole.resolve();
      else here.send(bytes, from);
    },
  });
  return await cpuOf(whole.promise, () => {
    const to = { host: HOST, port: there.port };
    for (let n = 0; n < AT_ONCE; n++) here.send(new Uint8Array(BATCH), to);
  });
}

/** Microseconds of the processor for one message, of which each is answered by another. */
async function cpuOf(whole: Promise<void>, start: () => void): Promise<number> {
  const before = cpuUsage();
  start();
  await whole;
  const after = cpuUsage();
  return (after.user - before.user + after.system - before.system) / (2 * MESSAGES);
}
