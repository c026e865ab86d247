import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  type Finding,
  FINDINGS,
  type Step,
  STEPS,
  summary,
} from "../../../../web/play/check/findings.ts";
import { Check, type Probes, STEP_LIMIT } from "../../../../web/play/check/run.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const GOOD: Probes = {
  page: () => Promise.resolve(12),
  secure: () => Promise.resolve(true),
  coordinator: () => Promise.resolve("open"),
  worker: () => Promise.resolve(9),
  addresses: () => Promise.resolve({ kinds: ["host"], faults: [] }),
  udp: () => Promise.resolve(80),
  tcp: () => Promise.resolve(7),
  decoders: () => Promise.resolve({ webRtc: ["H.264"], own: ["H.264"] }),
  gamepads: () => Promise.resolve(0),
};

async function check(probes: Partial<Probes> = {}) {
  const clock = new FakeClock();
  const check = new Check(clock, { ...GOOD, ...probes });
  const over = check.run();
  await clock.run(STEPS.length * STEP_LIMIT);
  await over;
  equal(clock.pending, 0);
  return check.found.value as Record<Step, Finding>;
}

Deno.test("[CHK1] every step says what it found, and what to do where that is not good", async () => {
  const good = await check();
  deepEqual(Object.keys(good), [...STEPS]);
  for (const step of STEPS) equal(good[step].status, "live", step);
  const bad = await check({
    page: () => Promise.resolve(undefined),
    secure: () => Promise.resolve(false),
    coordinator: () => Promise.resolve(undefined),
    worker: () => Promise.resolve("no_worker"),
    addresses: () => Promise.resolve({ kinds: [], faults: [] }),
    udp: () => Promise.resolve(undefined),
    tcp: () => Promise.resolve("no_address"),
    decoders: () => Promise.resolve({ webRtc: [], own: [] }),
    gamepads: () => Promise.resolve(undefined),
  });
  for (const step of STEPS) {
    ok(bad[step].status === "lost" || bad[step].status === "attention", step);
    ok(bad[step].todo, step);
  }
});

Deno.test("[CHK2] a step that fails or never ends is found wanting, and the next one follows", async () => {
  const found = await check({
    worker: () => Promise.reject(new Error("no such thing")),
    udp: () => new Promise(() => {}),
  });
  match(found.worker.text, /does not answer/);
  match(found.udp.text, /No connection over UDP/);
  equal(found.gamepads.status, "live");
});

Deno.test("[CHK3] the result names the way to play, or the first step that fails", async () => {
  equal(summary(await check()).text, "This browser can play, over UDP.");
  const none = () => Promise.resolve(undefined);
  equal(summary(await check({ udp: none })).text, "This browser can play, over TCP alone.");
  const neither = summary(await check({ udp: none, secure: () => Promise.resolve(false) }));
  match(neither.text, /Neither UDP nor TCP/);
  match(neither.todo!, /HTTPS/);
  const untested = () => Promise.resolve("not_tested" as const);
  match(summary(await check({ udp: untested })).text, /not tested/);
  const refused = () => Promise.resolve(4401);
  match(summary(await check({ coordinator: refused })).text, /Connection to Farpad/);
});

Deno.test("[CHK1] every kind of address has a name", () => {
  for (const kind of ["host", "srflx", "relay", "prflx"]) {
    ok(FINDINGS.addresses({ kinds: [kind], faults: [] }).text.length > 25, kind);
  }
  equal(FINDINGS.addresses("no_webrtc").status, "lost");
});

Deno.test("[CHK2] while a check runs, another call does nothing", async () => {
  let runs = 0;
  const clock = new FakeClock();
  const page = () => Promise.resolve(++runs);
  const check = new Check(clock, { ...GOOD, page });
  await Promise.all([check.run(), check.run()]);
  equal(runs, 1);
  await check.run();
  equal(runs, 2);
});

Deno.test("[RCH2] the check names a relay that refused or was not reached, and what to do", () => {
  const say = (code: number, text: string) => {
    const fault = { url: "turn:turn.example.org:3478", code, text };
    return FINDINGS.addresses({ kinds: ["host"], faults: [fault] });
  };
  const refused = say(401, "Unauthorized.");
  equal(
    refused.text,
    "The relay turn:turn.example.org:3478 refused this browser (401 Unauthorized).",
  );
  match(refused.todo!, /FARPAD_TURN_SECRET/);
  equal(say(701, "").text, "The relay turn:turn.example.org:3478 was not reached.");
  match(say(486, "Allocation Quota Reached").todo!, /relay's log/);
  const fault = { url: "turn:a", code: 701, text: "" };
  equal(FINDINGS.addresses({ kinds: ["relay"], faults: [fault] }).status, "live");
});
