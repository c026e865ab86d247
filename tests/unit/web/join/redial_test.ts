import { equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import type { Millis } from "../../../../protocol/clock.ts";
import {
  HOPELESS_AFTER,
  Redial,
  SIGN_SPACING,
  SIGNED_HOPELESS_AFTER,
} from "../../../../web/play/join/watch/redial.ts";
import { SILENT_AFTER } from "../../../../web/play/media/path_watch.ts";
import type { LinkState } from "../../../../web/shared/socket/leg_socket.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const lost = (): LinkState => ({
    state: "lost",
    since: clock.now(),
    retryAt: clock.now() + 8_000 as Millis,
  });
  const state = signal<LinkState>(lost());
  const media = signal<{ receivedAt: Millis } | undefined>(undefined);
  let dials = 0;
  const redial = new Redial({ clock, socket: { state, restart: () => void dials++ }, media });
  return { clock, lost, state, media, redial, dials: () => dials };
}

Deno.test("[LEG9] a sign of the browser dials a lost link at once, once a second, and leaves an open one alone", () => {
  const { clock, lost, state, redial, dials } = setup();
  redial.sign();
  redial.sign();
  equal(dials(), 1);
  clock.advance(SIGN_SPACING);
  redial.sign();
  equal(dials(), 2);
  for (const link of [{ state: "open", since: clock.now() }, { state: "closed", code: 4409 }]) {
    state.value = link as LinkState;
    clock.advance(SIGN_SPACING);
    redial.sign();
  }
  equal(dials(), 2);
  state.value = lost();
  redial.sign();
  equal(dials(), 3);
});

Deno.test("[LEG9] a sign begins an attempt anew that has had no answer for two seconds", () => {
  const { clock, state, redial, dials } = setup();
  state.value = { state: "connecting", since: clock.now() };
  clock.advance(HOPELESS_AFTER - 1);
  redial.sign();
  equal(dials(), 0);
  clock.advance(1);
  redial.sign();
  equal(dials(), 1);
});

Deno.test("[LEG9] an attempt that a sign began has six seconds, however many signs come", () => {
  const { clock, state, redial, dials } = setup();
  redial.sign();
  state.value = { state: "connecting", since: clock.now() };
  for (let waited = 250; waited < SIGNED_HOPELESS_AFTER; waited += 250) {
    clock.advance(250);
    redial.sign();
  }
  equal(dials(), 1);
  clock.advance(250);
  redial.sign();
  equal(dials(), 2);
});

Deno.test("[LEG9] a worker that answers after a silence is a sign, once; one that was never silent, or is new, is none", async () => {
  const { clock, media, redial, dials } = setup();
  media.value = { receivedAt: clock.now() };
  await clock.run(500);
  for (let n = 0; n < 8; n++) {
    media.value.receivedAt = clock.now();
    await clock.run(1_000);
  }
  equal(dials(), 0);
  await clock.run(SILENT_AFTER);
  equal(dials(), 0);
  media.value.receivedAt = clock.now();
  await clock.run(500);
  equal(dials(), 1);
  media.value = { receivedAt: clock.now() };
  await clock.run(1_000);
  equal(dials(), 1);
  redial[Symbol.dispose]();
  equal(clock.pending, 0);
});
