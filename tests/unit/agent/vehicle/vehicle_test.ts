import { deepEqual, equal } from "node:assert/strict";
import { createActuators } from "../../../../agent/actuators/actuators.ts";
import { OUTPUT_DEFAULTS } from "../../../../agent/actuators/outputs.ts";
import type {
  DriveTarget,
  ViewerEvents,
  WorkerLinkEvents,
} from "../../../../agent/vehicle/ports.ts";
import { Vehicle } from "../../../../agent/vehicle/vehicle.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { VehicleTelemetry } from "../../../../protocol/driving/vehicle_telemetry.ts";
import { FakeActuator } from "../../../fakes/actuators/bus.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const TARGET: DriveTarget = { host: "worker", port: 15_001, secret: "00".repeat(40) };

/** A vehicle that a worker drives, with the worker's end of its link. */
function driven({ stream = "running" }: { stream?: "running" | "none" } = {}) {
  const clock = new FakeClock();
  const bus = new FakeActuator(clock);
  const links: {
    events: WorkerLinkEvents;
    reports: VehicleTelemetry[];
    paths: unknown[];
    isOpen: boolean;
  }[] = [];
  let changes = 0;
  let viewer: ViewerEvents | undefined;
  const vehicle = new Vehicle({
    clock,
    log: createLog({ clock, sink: () => {} }),
    actuator: "log",
    openActuators: (listener) =>
      createActuators({
        outputs: [{ ...OUTPUT_DEFAULTS, input: "steering", output: 0 }],
        silence: 500,
        clock,
        open: bus.open,
        listener,
      }),
    connect(_target, events) {
      const link = {
        events,
        reports: [] as VehicleTelemetry[],
        paths: [] as unknown[],
        isOpen: true,
      };
      links.push(link);
      return {
        telemetry: (value) => void link.reports.push(value),
        paths: (paths) => void link.paths.push(paths),
        [Symbol.dispose]: () => void (link.isOpen = false),
      };
    },
    changed: () => void changes++,
    openViewer(events) {
      viewer = events;
      return { [Symbol.dispose]: () => void (viewer = undefined) };
    },
  });
  if (stream === "running") {
    vehicle.drive(TARGET);
    links[0]!.events.opened();
  }
  const hold = (steering: number, ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end; clock.advance(10)) {
      links.at(-1)!.events.control({ steering, throttle: 0 }, clock.now());
    }
  };
  const order = (command: "arm" | "disarm", n: number) =>
    links.at(-1)!.events.order({ command, parameters: { order: n } });
  const view = (steering: number, ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end; clock.advance(10)) {
      viewer?.control({ steering, throttle: 0 }, 5_000_000 + clock.now());
    }
  };
  const report = () => links.at(-1)!.reports.at(-1);
  return {
    clock,
    bus,
    vehicle,
    links,
    hold,
    view,
    loseViewer: () => viewer?.lost(),
    order,
    report,
    changes: () => changes,
  };
}

Deno.test("[DRV21] [DRV22] an armed vehicle follows its driver, and says what it puts out", () => {
  const { bus, hold, order, report, vehicle, clock } = driven();
  hold(0, 100);
  order("arm", 1);
  hold(0.5, 200);
  deepEqual(bus.widths, [1750]);
  deepEqual(report(), {
    state: "armed",
    answer: { to: 1 },
    output: { steering: 0.5, throttle: 0 },
    readings: {},
  });
  deepEqual(vehicle.status, { actuator: "log", state: "armed" });
  clock.advance(700);
  deepEqual(bus.widths, [1500]);
  deepEqual(vehicle.status, { actuator: "log", state: "failsafe", cause: "silent" });
  deepEqual(report()?.state === "failsafe" && report(), {
    ...report(),
    cause: "silent",
    output: { steering: 0, throttle: 0 },
  });
});

Deno.test("[DRV22] an arm that is refused says why", () => {
  const { hold, order, report } = driven();
  hold(0.8, 100);
  order("arm", 7);
  deepEqual(report()?.answer, { to: 7, refused: "not_at_rest" });
  equal(report()?.state, "disarmed");
});

Deno.test("[DRV22] [DRV25] an arm that is older than a disarm has no effect, whichever comes first", () => {
  const { bus, hold, order, report } = driven();
  hold(0, 100);
  order("disarm", 2);
  order("arm", 1);
  hold(0.5, 100);
  deepEqual([report()?.state, bus.widths], ["disarmed", [1500]]);
  order("arm", 3);
  hold(0, 50);
  order("arm", 4);
  hold(0.5, 100);
  deepEqual([report()?.state, bus.widths], ["armed", [1750]]);
});

Deno.test("[DRV25] ten times a second the state, the output, the newest answer and the readings are reported", () => {
  const { hold, order, report, links, clock, vehicle } = driven();
  const { reports } = links[0]!;
  vehicle.readings.take({ battery_percent: 80 }, clock.now());
  hold(0, 100);
  order("arm", 1);
  hold(0.5, 100);
  order("arm", 2);
  reports.length = 0;
  hold(0.5, 1_000);
  equal(reports.length, 10);
  const { readings, ...rest } = report()!;
  deepEqual(rest, { state: "armed", answer: { to: 2 }, output: { steering: 0.5, throttle: 0 } });
  equal(readings.battery_percent?.value, 80);
});

Deno.test("[DRV21] a driver who is lost leaves a failsafe, also when an arm came first", () => {
  const { bus, hold, order, links, vehicle } = driven();
  hold(0, 100);
  order("arm", 2);
  hold(0.5, 50);
  links[0]!.events.order({ command: "lost", parameters: { order: 1, cause: "handed_over" } });
  deepEqual(bus.widths, [1500]);
  deepEqual(vehicle.status.cause, "handed_over");
});

Deno.test("[DRV21] a link that ends makes the vehicle neutral, and a new one does not arm it", () => {
  const { bus, hold, order, links, vehicle } = driven();
  hold(0, 100);
  order("arm", 1);
  hold(0.5, 50);
  links[0]!.events.lost("worker_lost");
  deepEqual([bus.widths, vehicle.status.cause], [[1500], "worker_lost"]);
  links[0]!.events.opened();
  hold(0.5, 200);
  deepEqual([bus.widths, vehicle.status.state], [[1500], "failsafe"]);
});

Deno.test("[DRV21] a stream that stops closes its link and leaves the vehicle neutral", () => {
  const { bus, hold, order, links, vehicle, changes } = driven();
  hold(0, 100);
  order("arm", 1);
  hold(0.5, 50);
  const before = changes();
  vehicle.drive(undefined);
  deepEqual([bus.widths, links[0]!.isOpen, vehicle.status.cause], [[1500], false, "disconnected"]);
  equal(changes(), before + 1);
  vehicle.drive({ ...TARGET });
  equal(links.length, 2);
});

Deno.test("[DRV22] the answer to an arm of an earlier link is forgotten", () => {
  const { hold, order, report, links, clock } = driven();
  hold(0, 100);
  order("arm", 1);
  hold(0, 200);
  deepEqual(report()?.answer, { to: 1 });
  links[0]!.events.lost("disconnected");
  links[0]!.events.opened();
  clock.advance(100);
  equal(report()?.answer, undefined);
});

Deno.test("[DRV28] the paths of the running stream are reported once a second, and not those of the last one", () => {
  const { vehicle, links, clock } = driven();
  const stats = { id: 0, interface: "wwan0", state: "Live", sent_bytes: 1 };
  clock.advance(2_000);
  deepEqual(links[0]!.paths, []);
  vehicle.paths.takeLinks([stats], clock.now());
  clock.advance(2_050);
  deepEqual(links[0]!.paths.map((paths) => (paths as { age_ms: number }[])[0]!.age_ms), [
    1000,
    2000,
  ]);
  vehicle.drive({ ...TARGET, port: 15_003 });
  clock.advance(2_000);
  deepEqual(links[1]!.paths, []);
});

Deno.test("[DRV31] a viewer on the open port drives once it was neutral, and again after a failsafe", () => {
  const { bus, view, vehicle, clock, loseViewer } = driven({ stream: "none" });
  view(0.5, 200);
  deepEqual(bus.widths, [1500], "a stick that is held when it begins arms nothing");
  view(0, 100);
  view(0.5, 200);
  deepEqual(bus.widths, [1750]);
  clock.advance(700);
  deepEqual(bus.widths, [1500]);
  deepEqual(vehicle.status, { actuator: "log", state: "failsafe", cause: "silent" });
  view(0.5, 200);
  deepEqual(bus.widths, [1500], "nor after a failsafe");
  view(0, 100);
  view(0.5, 200);
  deepEqual(bus.widths, [1750]);
  loseViewer();
  deepEqual(bus.widths, [1500]);
  equal(vehicle.status.cause, "disconnected");
  vehicle[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[DRV31] a stream that starts takes the vehicle from the viewer, neutral first", () => {
  const { bus, view, hold, order, vehicle, links, loseViewer } = driven({ stream: "none" });
  view(0, 100);
  view(0.5, 200);
  vehicle.drive(TARGET);
  deepEqual(bus.widths, [1500]);
  links[0]!.events.opened();
  view(0, 100);
  view(0.5, 200);
  deepEqual(bus.widths, [1500], "the viewer is not followed");
  hold(0, 100);
  order("arm", 1);
  hold(-0.5, 200);
  deepEqual(bus.widths, [1250]);
  loseViewer();
  hold(-0.5, 50);
  deepEqual(bus.widths, [1250], "its end is nothing to the stream's driver");
  vehicle.drive(undefined);
  deepEqual(bus.widths, [1500]);
  view(0, 100);
  view(0.5, 200);
  deepEqual(bus.widths, [1750]);
});
