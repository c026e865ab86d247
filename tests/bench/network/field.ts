/**
 * Measures the age of a field box's picture when the browser's compositor gets it: a device's test picture of 720p at 30
 * pictures a second over a path of 50 ms round trip with 1 % loss, to real coordinator, worker and Chromium over loopback.
 * Device, worker and page have one clock.
 *
 * `glass`: drawn in the device → `presentationTime` of `requestVideoFrameCallback`. `glass_long`: with 100 ms round
 * trip. `latency_ms`: what the link may wait for a late packet. `age`: the median that the page reports, from the
 * capture by the device's stamp to the screen, and its stages; the median of a report every five seconds.
 *
 * @module
 */
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { timeCodeAge } from "../../../protocol/picture/time_code.ts";
import {
  VIEWER_FIGURES_PERIOD,
  type ViewerFigures,
} from "../../../protocol/legs/viewer_figures.ts";
import { api } from "../../../protocol/rest/api.ts";
import { STAGES } from "../../../web/play/media/latency/stages.ts";
import { startAgent } from "../../support/agent_process.ts";
import { relayDevice } from "../../support/links/relayed_device.ts";
import { openPage, takePictures, waitForState } from "../../support/player.ts";
import { lossy } from "../../support/relay/regimes.ts";
import { startWalk, type TruthWalk, until } from "../../support/stack/truth_walk.ts";
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
    const { ages, fps, seen } = await glass(path);
    figures[`glass_ms_p50${name}`] = round(percentile(ages, 0.5));
    figures[`glass_ms_p95${name}`] = round(percentile(ages, 0.95));
    for (const [stage, ms] of Object.entries(seen)) {
      figures[`${stage}_ms${name}`] = round(ms);
      console.log(`${stage.padEnd(14)} ${ms.toFixed(1)} ms`);
    }
    figures[`pictures_per_s${name}`] = round(fps);
    figures[`latency_ms${name}`] = path.latency;
  }
  return figures;
}

async function glass(
  { roundTrip, latency }: { readonly roundTrip: number; readonly latency: number },
): Promise<{
  readonly ages: readonly number[];
  readonly fps: number;
  /** The age and its stages as the page reports them, in milliseconds. */
  readonly seen: Readonly<Record<string, number>>;
}> {
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
  const reports = await reportsOf(walk, room!);
  const pictures = await takePictures(page);
  const ages = pictures.flatMap(({ drawnAt, presentedAt }) =>
    drawnAt === undefined ? [] : [timeCodeAge(drawnAt, presentedAt)]
  );
  console.log(`${roundTrip} ms: ${ages.length} of ${pictures.length} read`);
  await page.context().close();
  const known = (values: readonly (number | undefined)[]) =>
    values.filter((value) => value !== undefined);
  const seen = Object.fromEntries(
    [
      ["age", known(reports.map(({ age }) => age?.median_ms))] as const,
      ...STAGES.map((stage) =>
        [stage, known(reports.map(({ stages }) => stages[`${stage}_ms`]))] as const
      ),
    ].flatMap(([name, values]) => values.length > 0 ? [[name, percentile(values, 0.5)]] : []),
  );
  return { ages, fps: pictures.length / (MEASURED / 1000), seen };
}

/** What the page reports during the time that is measured. */
async function reportsOf(walk: TruthWalk, room: string): Promise<ViewerFigures[]> {
  const reports: ViewerFigures[] = [];
  for (let passed = 0; passed < MEASURED; passed += VIEWER_FIGURES_PERIOD) {
    await sleep(systemClock, VIEWER_FIGURES_PERIOD);
    const { viewers } = await walk.ask(api.fleet.roomViewers, { params: { id: room } });
    reports.push(...viewers.flatMap(({ figures }) => figures ? [figures] : []));
  }
  return reports;
}
