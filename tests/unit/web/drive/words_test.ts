import { equal, match, ok } from "node:assert/strict";
import { COMMAND_ERRORS, READING_NAMES } from "../../../../protocol/control/vehicle.ts";
import { FAILSAFE_CAUSES } from "../../../../protocol/control/failsafe_causes.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import {
  ageWord,
  armWords,
  commandSentence,
  lossWords,
  readingText,
  shareText,
  stopSentence,
  tripWord,
} from "../../../../web/play/drive/words.ts";

const HELD = { isAtRest: true, holdWith: "Space" };

Deno.test("[DPG7] each state of the switch has its label and a hint", () => {
  const since = 0 as Millis;
  equal(armWords({ state: "released" }, HELD).hint, "Hold Space to drive, let go to stop.");
  equal(armWords({ state: "holding", since }, HELD).label, "Keep holding");
  equal(
    armWords({ state: "holding", since }, { ...HELD, isAtRest: false }).hint,
    "A vehicle arms only at rest.",
  );
  equal(armWords({ state: "asking", since }, HELD).tone, "busy");
  equal(armWords({ state: "driving", since, seen: true }, HELD).tone, "live");
  const why = { kind: "blocked", block: "menu" } as const;
  equal(armWords({ state: "released", why }, HELD).hint, "Stopped: a menu was open.");
  equal(armWords({ state: "stopped", why }, HELD).label, "Let go");
});

Deno.test("[DPG8] every reason is one sentence or two", () => {
  const sentence = /^[A-Z][^.]*\.( [A-Z][^.]*\.)?$/;
  for (const code of Object.keys(COMMAND_ERRORS) as (keyof typeof COMMAND_ERRORS)[]) {
    match(stopSentence({ kind: "refused", code }), sentence);
    match(commandSentence(code), sentence);
  }
  match(commandSentence(undefined), sentence);
  for (const kind of ["no_answer", "failsafe", "disarmed"] as const) {
    match(stopSentence({ kind }), sentence);
  }
});

Deno.test("[DPG10] every cause has words, and neither a hand-over nor waiting is an alarm", () => {
  const causes = Object.keys(FAILSAFE_CAUSES) as (keyof typeof FAILSAFE_CAUSES)[];
  const calm = ["handed_over", "waiting", "port_taken", "port_failed"];
  const others = ["no_view", "waiting", "port_taken", "port_failed", "disconnected"] as const;
  for (const kind of [...causes, ...others]) {
    const { body, tone } = lossWords({ kind, port: 15_001 });
    equal(body.includes("15001"), kind.startsWith("port_"));
    ok(body.endsWith("."));
    equal(tone, calm.includes(kind) ? "attention" : "lost");
  }
});

Deno.test("[DPG12] every reading has its unit", () => {
  const values = { speed_mps: -2, gps_fix: 3, signal_dbm: -71.4, battery_v: 11.62, lat: 50.11091 };
  const texts = READING_NAMES.map((name) =>
    readingText(name, (values as Record<string, number>)[name] ?? 40.4).replaceAll("\u202f", " ")
  );
  equal(
    texts.join(" | "),
    "11.6 V | 40 % | −7.2 km/h | 40° | 50.11091° | 40.40000° | 3D fix | 40 m | 40 % | 40 °C | −71 dBm | 40 %",
  );
  equal(readingText("gps_fix", 9), "no fix");
  equal(shareText(-0.344), "−34\u202f%");
  equal(shareText(-0.001), "0\u202f%");
  equal([0, 1_499, 4_400, 130_000].map(ageWord).join(" "), "now now 4\u202fs 2\u202fmin");
  equal(["live", "attention", "lost", "off"].map((each) => tripWord(each as "live")).length, 4);
});
