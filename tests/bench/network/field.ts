/**
 * Measures the age of a field box's picture when the browser's compositor gets it: a device's test picture of 720p at 30
 * pictures a second over a path of 50 ms round trip with 1 % loss, to real coordinator, worker and Chromium over loopback.
 * Device, worker and page have one clock.
 *
 * `glass`: drawn in the device → `presentationTime` of `requestVideoFrameCallback`. `glass_long`: with 100 ms round
 * trip. `latency_ms`: what the link may wait for a late packet.
 *
 * @module
 */
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { timeCodeAge } from "../../../protocol/picture/time_code.ts";
import { api } from "../../../protocol/rest/api.ts";
import { startAgent } from "../../support/agent_process.ts";
import { relayDevice } from "../../support/links/relayed_device.ts";
import { openPage, takePictures, waitForState } from "../../support/player.ts";
import { lossy } from "../../support/relay/regimes.ts";
import { startWalk, until } from "../../support/stack/truth_walk.ts";
import { percentile, round } from "../figures.ts";

const WARM_UP = 8_000;
const MEASURED = 20_000;
const LOSS = 0.01;
/** By name: round trip and the latency of the link, in milliseconds. */
const PATHS = {
  "": { roundTrip: 50, latency: 55 },
  "_long": { roundTrip: 100, latency: 140 },
} as const;

/** Runs the benchmark and returns ages in milliseconds, and pictures a second. */
export async function field(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, path] of Object.entries(PATHS)) {
    const { ages, fps } = await glass(path);
    figures[`glass_ms_p50${name}`] = round(percentile(ages, 0.5));
    figures[`glass_ms_p95${name}`] = round(percentile(ages, 0.95));
    figures[`pictures_per_s${name}`] = round(fps);
    figures[`latency_ms${name}`] = path.latency;
  }
  return figures;
}

async function glass(
  { roundTrip, latency }: { readonly roundTrip: number; readonly latency: number },
): Promise<{ readonly ages: readonly number[]; readonly fps: number }> {
  await using walk = await startWalk();
  using device = await relayDevice(walk.stack.url, lossy(LOSS, roundTrip));
  const made = await walk.ask(api.senders.create, { body: { name: "Box seven" } });
  const params = { id: made.sender.sender_id };
  await using _agent = await startAgent({ url: device.url, enrollment: made.enrollment_token });
  await until(async () => (await walk.ask(api.senders.get, { params })).online);
  const body = {
    source: { mode: "test" as const, resolution: "1280x720", framerate: 30 },
    encoder: { bitrate_kbps: 2_500 },
    scheduler: { discard_deadline_ms: latency },
  };
  const { stream: { stream_id: id } } = await walk.ask(api.senders.start, { params, body });
  let room: string | undefined;
  await until(async () => {
    const found = await walk.ask(api.streams.get, { params: { id } });
    room = found.room_id;
    return room !== undefined && found.received !== undefined;
  });
  const page = await openPage(walk.browser, `${walk.stack.url}/?room=${room}`);
  await waitForState(page, "playing");
  await sleep(systemClock, WARM_UP);
  await takePictures(page);
  await sleep(systemClock, MEASURED);
  const pictures = await takePictures(page);
  const ages = pictures.flatMap(({ drawnAt, presentedAt }) =>
    drawnAt === undefined ? [] : [timeCodeAge(drawnAt, presentedAt)]
  );
  console.log(`${roundTrip} ms: ${ages.length} of ${pictures.length} read`);
  await page.context().close();
  return { ages, fps: pictures.length / (MEASURED / 1000) };
}
