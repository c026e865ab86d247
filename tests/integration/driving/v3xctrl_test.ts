import { deepEqual, equal, ok } from "node:assert/strict";
import { every, sleep, systemClock } from "../../../protocol/clock.ts";
import { liveAppId } from "../../../protocol/ids.ts";
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import { access } from "../../../protocol/rest/settings.ts";
import { Drive } from "../../support/driving/drive.ts";
import { Streamer } from "../../support/driving/streamer.ts";
import { until } from "../../support/media/werift_browser.ts";
import { encodeUnits } from "../../support/media/units.ts";
import { startStack } from "../../support/stack/stack.ts";
import { PATIENCE } from "../../support/waiting/waiting.ts";

const ADMIN = { email: "ana@example.org", name: "Ana", password: "correct horse battery" };
/** An address of loopback that is not the streamer's. */
const ELSEWHERE = "127.0.0.9";

Deno.test("[DRV32] [DRV33] a vehicle that runs v3xctrl is driven by a player and seen; strangers move nothing, and a streamer that began anew has to be armed again", async () => {
  await using stack = await startStack({
    FARPAD_DEMO: "false",
    FARPAD_INGEST_V3XCTRL: "true",
  });
  const base = stack.url;
  const setup = /setup#token=(\S+)/.exec(stack.coordinator.output())?.[1] ?? "";
  const { token } = value(
    await call(api.auth.setup, { body: { ...ADMIN, token: setup } }, { base }),
  );
  const options = { base, token };
  const { sender } = value(await call(api.senders.create, { body: { name: "Rover" } }, options));
  const params = { id: sender.sender_id };
  const opened = value(await call(api.senders.openStreamerPorts, { params, body: {} }, options));
  const again = value(await call(api.senders.openStreamerPorts, { params, body: {} }, options));
  deepEqual(again, opened, "the ports that are open are given");
  const { stream_id, video_port: video, control_port: control } = opened;
  const stream = () => call(api.streams.get, { params: { id: stream_id } }, options).then(value);
  const { room_id } = await stream();
  const link = { name: "driver", room_id: room_id!, role: "player" as const };
  const { path } = value(await call(access.createLink, { body: link }, options));
  const share = new URL(path, base).searchParams.get("share")!;
  await using drive = await Drive.enter({
    ...{ base, app_id: liveAppId(stream_id), room_id: room_id!, share },
  });

  using streamer = await Streamer.open({ control, video });
  using stranger = await Streamer.open({ control, video }, ELSEWHERE);
  await streamer.connect();
  await until(() => drive.view?.link === "connected");
  using alive = every(systemClock, 200, () => streamer.telemetry(7_400));
  await until(() => drive.view?.readings.battery_v?.value === 7.4);
  drive.steer(0);
  await drive.arm();
  drive.steer(0.5);
  await until(() => Math.abs((streamer.wishes.at(-1)?.steering ?? 0) - 0.5) < 0.01);

  const pictures = encodeUnits({ profile: "high", gop: 15, count: 30, size: [320, 192] })
    .map(({ data }) => data as Uint8Array<ArrayBuffer>);
  stranger.syn();
  for (let count = 0; count < 2_000; count++) {
    stranger.telemetry(1_000);
    if (count % 100 === 0) await sleep(systemClock, 5);
  }
  for (const [n, unit] of pictures.entries()) stranger.picture(unit, n * 3_000);
  await sleep(systemClock, 300);
  equal(stranger.isConnected, false);
  deepEqual([drive.view?.state, drive.view?.readings.battery_v?.value], ["armed", 7.4]);
  ok(Math.abs(streamer.wishes.at(-1)!.steering - 0.5) < 0.01);
  equal((await stream()).received?.stats.received_packets, 0);

  let pictureAt = 0;
  const pictureTimer = every(systemClock, 33, () => {
    streamer.picture(pictures[pictureAt % pictures.length]!, pictureAt++ * 3_000);
  });
  await untilAsync(async () => (await stream()).received?.stats.picture === true);
  pictureTimer[Symbol.dispose]();
  equal((await stream()).received?.stats.width, 320);

  drive.fallSilent();
  await until(() => drive.view?.state === "failsafe");
  deepEqual(streamer.wishes.at(-1), { steering: 0, throttle: 0 });
  drive.steer(0);
  await drive.arm();
  // The program starts again, from another port.
  alive[Symbol.dispose]();
  drive.steer(0.5);
  await sleep(systemClock, 700);
  using next = await Streamer.open({ control, video });
  await next.connect();
  await until(() => next.wishes.length > 3);
  deepEqual(next.wishes.at(-1), { steering: 0, throttle: 0 });
  await until(() => drive.view?.state === "failsafe");

  const { items } = value(await call(api.audit.list, { query: {} }, options));
  const details = items.filter(({ action }) => action === "vehicle.failsafe")
    .map(({ detail }) => detail);
  equal(details.length, 2);
  ok(stack.worker.output().includes("control port without authentication"));
});

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}

async function untilAsync(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`Waited ${PATIENCE / 1000} s`);
    await sleep(systemClock, 200);
  }
}
