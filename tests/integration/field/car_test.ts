import { equal, match, ok } from "node:assert/strict";
import { openUdp as openActuatorPort } from "../../../agent/actuators/drivers/udp.ts";
import { framed, jsonFrame } from "../../../agent/actuators/drivers/frames.ts";
import { createSourceOpener } from "../../../agent/pipeline/open_source.ts";
import type { FieldSourceListener } from "../../../agent/pipeline/ports.ts";
import { every, systemClock } from "../../../protocol/clock.ts";
import { openUdp } from "../../../protocol/datagram/udp.ts";
import { type CarCode, readCarCode } from "../../../protocol/picture/car_code.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { until } from "../../support/media/werift_browser.ts";

const HOST = "127.0.0.1";

Deno.test("[CAR6] the pulses of the actuator turn the wheels in the picture, and the readings come back", async () => {
  const readings: Record<string, number>[] = [];
  using telemetry = await openUdp({
    host: HOST,
    port: 0,
    received: (datagram) => readings.push(JSON.parse(new TextDecoder().decode(datagram))),
  });
  // Below the ports that the system chooses.
  const control = 20_000 + Math.floor(systemRandom.unit() * 10_000);
  const open = createSourceOpener({
    clock: systemClock,
    random: systemRandom,
    media: "/nowhere",
    patience: 0,
    car: { control, telemetry: telemetry.port },
  });
  const opened = await open({ mode: "car", resolution: "320x180" });
  ok("source" in opened, JSON.stringify(opened));
  using source = opened.source;
  const second = await open({ mode: "car" });
  match(
    "error" in second ? second.error : "",
    /Cannot open the simulated car: Cannot bind UDP port/,
  );

  using actuator = framed(
    openActuatorPort(control, () => {}),
    (pulses, sequence) => jsonFrame(pulses, { sequence, at: 0 }),
  );
  using _driving = every(
    systemClock,
    10,
    () => actuator.write([{ output: 0, width: 1700 }, { output: 1, width: 1900 }]),
  );
  let newest: CarCode | undefined;
  const listener: FieldSourceListener = {
    picture: ({ data, width, height }) => void (newest = readCarCode({ data, width, height })),
    unit: () => {},
    sound: () => {},
    restarted: () => {},
    failed: () => {},
  };
  source.run(listener);
  await until(() =>
    Math.abs((newest?.steering ?? 0) - 0.4) < 0.03 && (newest?.throttle ?? 0) > 0.7
  );
  await until(() => readings.some(({ speed_mps }) => speed_mps! > 0.5));
  equal(readings.at(-1)!.gps_fix, 3);
});
