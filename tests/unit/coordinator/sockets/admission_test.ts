import { deepEqual, equal, ok } from "node:assert/strict";
import { Admission, type AdmissionLimits } from "../../../../coordinator/sockets/admission.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup(limits: Partial<AdmissionLimits> = {}) {
  const clock = new FakeClock();
  const admission = new Admission(clock, {
    maxPerAddress: 2,
    perSecond: 10,
    origins: [],
    hosts: undefined,
    ...limits,
  });
  const enter = (headers: Record<string, string> = {}, address = "192.0.2.1") =>
    admission.enter(new Headers({ host: "play.test", ...headers }), address);
  return { clock, enter };
}

/** The refusal's sentence; `undefined` for who is let in. */
function refusal(entry: ReturnType<Admission["enter"]>): string | undefined {
  return "code" in entry ? entry.message : undefined;
}

const local = { hosts: ["localhost", "127.0.0.1", "[::1]"] };

const visitors: readonly [string, Partial<AdmissionLimits>, Record<string, string>, string?][] = [
  ["ADM1", {}, {}],
  ["ADM1", {}, { origin: "https://play.test" }],
  ["ADM1", { origins: ["https://a.test"] }, { origin: "https://a.test" }],
  [
    "ADM1",
    {},
    { origin: "https://evil.test" },
    "Cannot serve a page of https://evil.test: add it to FARPAD_ORIGINS to allow it",
  ],
  [
    "ADM1",
    {},
    { origin: "null" },
    "Cannot serve a page of null: add it to FARPAD_ORIGINS to allow it",
  ],
  ["ADM2", local, { host: "localhost:8000" }],
  ["ADM2", local, { host: "[::1]:8000" }],
  ["ADM2", { ...local, origins: ["https://a.test"] }, { host: "a.test" }],
  [
    "ADM2",
    local,
    { host: "evil.test:8000", origin: "http://evil.test:8000" },
    "Cannot serve evil.test:8000: only this machine is served. Add its origin to FARPAD_ORIGINS",
  ],
];
for (const [rule, limits, headers, sentence] of visitors) {
  const verdict = sentence ? "is turned away with a sentence" : "is let in";
  Deno.test(`[${rule}] ${JSON.stringify({ ...limits, ...headers })} ${verdict}`, () => {
    equal(refusal(setup(limits).enter(headers)), sentence);
  });
}

Deno.test("[ADM3] an address has so many sockets at a time, and others their own", () => {
  const { enter } = setup();
  const first = enter();
  enter();
  equal(refusal(enter()), "Cannot open a connection: 192.0.2.1 has 2 open already");
  equal(refusal(enter({}, "192.0.2.2")), undefined);
  ok(Symbol.dispose in first);
  first[Symbol.dispose]();
  equal(refusal(enter()), undefined);
});

Deno.test("[ADM4] an address opens so many a second, four times as many at once", () => {
  const { enter, clock } = setup({ perSecond: 2, maxPerAddress: 100 });
  const tried = Array.from({ length: 9 }, () => refusal(enter()));
  deepEqual(tried.filter(Boolean), [
    "Cannot open a connection: 192.0.2.1 opens too many a second. Try again in 5 s",
  ]);
  clock.advance(500);
  equal(refusal(enter()), undefined);
});

Deno.test("[ADM5] strangers without end are not all remembered, and who is inside is", () => {
  const { enter } = setup({ maxPerAddress: 1 });
  enter();
  for (let n = 0; n < 10_050; n++) {
    const entry = enter({}, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    ok(Symbol.dispose in entry);
    entry[Symbol.dispose]();
  }
  equal(refusal(enter()), "Cannot open a connection: 192.0.2.1 has 1 open already");
});
