import { deepEqual, equal, ok } from "node:assert/strict";
import { Admission, type AdmissionLimits } from "../../../../coordinator/sockets/admission.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup(limits: Partial<AdmissionLimits> = {}) {
  const clock = new FakeClock();
  const admission = new Admission(clock, {
    maxPerAddress: 2,
    perSecond: 10,
    origins: [],
    localOnly: false,
    onDefaultPort: false,
    ...limits,
  });
  const enter = (address = "192.0.2.1", origin: string | null = null, host = "play.test") =>
    admission.enter(origin, { address, host: { name: host } });
  return { clock, enter };
}

/** The refusal's sentence; `undefined` for a socket that may open. */
function refusal(entry: ReturnType<Admission["enter"]>): string | undefined {
  return "code" in entry ? entry.message : undefined;
}

Deno.test("[ADM1] a page of another origin is refused with the setting that allows it", () => {
  equal(
    refusal(setup().enter("192.0.2.1", "https://evil.test")),
    "Cannot serve a page of https://evil.test: it is not the address of this coordinator. " +
      "Set FARPAD_PUBLIC_URL to that address, or add it to FARPAD_ORIGINS",
  );
});

Deno.test("[ADM2] on loopback a foreign name is refused with the setting that allows it", () => {
  equal(
    refusal(setup({ localOnly: true }).enter("127.0.0.1", null, "evil.test")),
    "Cannot serve the name evil.test: the coordinator listens on this machine alone. " +
      "Set FARPAD_PUBLIC_URL to the address that people open",
  );
});

Deno.test("[ADM3] the limit of open sockets applies to each address separately", () => {
  const { enter } = setup();
  const first = enter();
  enter();
  equal(refusal(enter()), "Cannot open a connection: 192.0.2.1 has 2 open already");
  equal(refusal(enter("192.0.2.2")), undefined);
  ok(Symbol.dispose in first);
  first[Symbol.dispose]();
  equal(refusal(enter()), undefined);
});

Deno.test("[ADM4] an address opens at most four times the sockets of a second at once", () => {
  const { enter, clock } = setup({ perSecond: 2, maxPerAddress: 100 });
  const tried = Array.from({ length: 9 }, () => refusal(enter()));
  deepEqual(tried.filter(Boolean), [
    "Cannot open a connection: 192.0.2.1 opens too many a second. Try again in 5 s",
  ]);
  clock.advance(500);
  equal(refusal(enter()), undefined);
});

Deno.test("[ADM5] beyond 10,000 addresses those with open sockets are still counted", () => {
  const { enter } = setup({ maxPerAddress: 1 });
  enter();
  for (let n = 0; n < 10_050; n++) {
    const entry = enter(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    ok(Symbol.dispose in entry);
    entry[Symbol.dispose]();
  }
  equal(refusal(enter()), "Cannot open a connection: 192.0.2.1 has 1 open already");
});
