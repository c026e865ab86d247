import { deepEqual, equal, ok } from "node:assert/strict";
import { signal } from "@preact/signals";
import { RUMBLE_LASTS, type RumbleMessage } from "../../../../protocol/rumble/rumble.ts";
import { motorsOf } from "../../../../web/play/rumble/output.ts";
import { LEAST_TIME, pulses, RumblePlayer } from "../../../../web/play/rumble/rumble.ts";
import { FakeClock } from "../../../fakes/clock.ts";

/** All gamepads play the first seat. */
const SHARED = { plays: () => true, isFurther: () => false };

function openScene() {
  const clock = new FakeClock();
  const deeds: unknown[] = [];
  const rumble = signal<RumbleMessage | undefined>(undefined);
  const media = signal<{ rumble: typeof rumble } | undefined>({ rumble });
  const wanted = signal(true);
  /** The first seat is not named. */
  const of = (seat: number) => seat === 0 ? [] : [`P${seat + 1}`];
  const player = new RumblePlayer({
    clock,
    media,
    wanted,
    output: {
      play: (seat, { strong, weak }, lasts) => void deeds.push([strong, weak, lasts, ...of(seat)]),
      stop: (seat) => void deeds.push(["stop", ...of(seat)].join(" ")),
    },
  });
  let at = 2 ** 32 - 150;
  async function receive(strong: number, { seat = 0, late = 0, weak = 0 } = {}) {
    await clock.run(100);
    at += 100;
    rumble.value = { at: (at - late) >>> 0, seat, strong, weak };
  }
  return { deeds, media, wanted, player, receive, take: () => deeds.splice(0) };
}

Deno.test("[RUM5] each level turns the motors for 700 ms at most, and a standstill stops them", async () => {
  const { receive, take, player } = openScene();
  await receive(200, { weak: 30 });
  await receive(100);
  await receive(0);
  await receive(0);
  deepEqual(take(), [[200, 30, RUMBLE_LASTS], [100, 0, RUMBLE_LASTS], "stop"]);
  ok(RUMBLE_LASTS <= 1_000);
  player[Symbol.dispose]();
});

Deno.test("[RUM5] a level that was overtaken changes nothing, also where the clock wraps around", async () => {
  const { receive, take, player } = openScene();
  await receive(200);
  await receive(0);
  await receive(250, { late: 150 });
  deepEqual(take(), [[200, 0, RUMBLE_LASTS], "stop"]);
  player[Symbol.dispose]();
});

for (
  const [what, end] of [
    ["the connection ends", ({ media }) => void (media.value = undefined)],
    ["the page is hidden", ({ player }) => player.setHidden(true)],
    ["the person switches it off", ({ wanted }) => void (wanted.value = false)],
    ["the page is left", ({ player }) => player[Symbol.dispose]()],
  ] as readonly [string, (scene: ReturnType<typeof openScene>) => void][]
) {
  Deno.test(`[RUM5] the motors stop at once when ${what}, and stay so`, async () => {
    const scene = openScene();
    await scene.receive(200);
    end(scene);
    await scene.receive(210);
    deepEqual(scene.take(), [[200, 0, RUMBLE_LASTS], "stop"]);
    scene.player[Symbol.dispose]();
  });
}

Deno.test("[RUM5] each seat of one person has motors of its own, and all stop with the page", async () => {
  const { receive, take, player } = openScene();
  await receive(200, { seat: 0 });
  await receive(90, { seat: 1, weak: 50 });
  await receive(0, { seat: 0 });
  await receive(80, { seat: 0 });
  player.setHidden(true);
  deepEqual(take(), [
    [200, 0, RUMBLE_LASTS],
    [90, 50, RUMBLE_LASTS, "P2"],
    "stop",
    [80, 0, RUMBLE_LASTS],
    "stop",
    "stop P2",
  ]);
  player[Symbol.dispose]();
});

Deno.test("[RUM5] a seat's level turns the gamepad that plays the seat, and no other", () => {
  const deeds: string[] = [];
  const gamepad = (index: number) => ({
    ...{ connected: true, id: "x", index },
    vibrationActuator: {
      playEffect: () => Promise.resolve(deeds.push(`turns ${index}`)),
      reset: () => Promise.resolve(deeds.push(`rests ${index}`)),
    },
  } as unknown as Gamepad);
  const seats: Record<number, number> = { 0: 0, 3: 1 };
  const output = motorsOf(
    {
      getGamepads: () => [gamepad(0), null, null, gamepad(3)],
      vibrate: () => deeds.push("phone") > 0,
    },
    () => true,
    { plays: (index, seat) => seats[index] === seat, isFurther: (seat) => seat > 0 },
  );
  output.play(1, { strong: 255, weak: 0 }, 700);
  output.play(0, { strong: 255, weak: 0 }, 700);
  deepEqual(deeds.splice(0), ["turns 3", "turns 0"]);
  // The gamepad of a further seat is unplugged: nobody else feels it, nor does the phone.
  output.play(2, { strong: 255, weak: 0 }, 700);
  output.stop(1);
  deepEqual(deeds.splice(0), ["rests 3"]);
});

Deno.test("[RUM6] gamepads with motors turn them; only a touch screen without one vibrates", () => {
  const deeds: unknown[] = [];
  const actuator = {
    playEffect: (kind: string, { duration, strongMagnitude }: Record<string, number>) => {
      deeds.push([kind, duration, strongMagnitude]);
      return Promise.reject(new Error("unplugged"));
    },
    reset: () => Promise.resolve(deeds.push("reset")),
  };
  const pad = { connected: true, id: "x", vibrationActuator: actuator } as unknown as Gamepad;
  const platform = {
    getGamepads: () => [null, pad] as (Gamepad | null)[],
    vibrate: (pattern: number | number[]) => deeds.push(pattern) > 0,
  };
  const full = { strong: 255, weak: 0 };
  motorsOf(platform, () => true, SHARED).play(0, full, 700);
  deepEqual(deeds.splice(0), [["dual-rumble", 700, 1]]);
  platform.getGamepads = () => [];
  motorsOf(platform, () => false, SHARED).play(0, full, 700);
  deepEqual(deeds.splice(0), []);
  motorsOf(platform, () => true, SHARED).play(0, full, 700);
  motorsOf(platform, () => true, SHARED).stop(0);
  deepEqual(deeds.splice(0), [[700], 0]);
  motorsOf({}, () => true, SHARED).play(0, full, 700);
});

Deno.test("[RUM6] a phone's pulses last no longer than the level, and are shorter for a weaker one", () => {
  for (const strength of [1, 60, 128, 190, 191, 255]) {
    const all = pulses({ strong: 0, weak: strength }, 700);
    ok(all.reduce((sum, each) => sum + each, 0) <= 700, String(all));
    ok(all.every((each) => each > 0), String(all));
  }
  equal(pulses({ strong: 60, weak: 0 }, 700)[0]! < pulses({ strong: 160, weak: 0 }, 700)[0]!, true);
  ok(LEAST_TIME < 100);
});
