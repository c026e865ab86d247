import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Millis } from "../../../protocol/clock.ts";
import { EndReason } from "../../../protocol/legs/room.ts";
import type { SessionState } from "../../../web/play/join/session_state.ts";
import { describe, type Surroundings } from "../../../web/play/screen/words.ts";

const ms = (value: number) => value as Millis;
const around: Surroundings = {
  now: 12_400,
  link: { state: "open", since: ms(0) },
  worker: { name: "fra-1", zone: "frankfurt" },
  title: "Paddle Duel",
  paused: false,
  seated: true,
};
const common = { target: {}, init: 1 };
const lost: SessionState = {
  ...common,
  state: "lost",
  since: ms(11_000),
  retryAt: ms(14_000),
  why: "Nothing came from the worker for 3 s.",
  failures: 1,
};
const playing: SessionState = {
  ...common,
  state: "playing",
  since: ms(0),
  frozenSince: undefined,
};

/** A notice as one text. */
function text(state: SessionState, change: Partial<Surroundings> = {}): string {
  const notice = describe(state, { ...around, ...change });
  return notice ? [notice.title, notice.body, notice.clock ?? ""].join(" | ") : "";
}

Deno.test("[PLY13] while all is well nothing is said", () => {
  equal(describe({ state: "lobby", init: 0 }, around), undefined);
  equal(describe(playing, around), undefined);
});

Deno.test("[PLY13] connecting says which step and for how long", () => {
  const connecting: SessionState = { ...common, state: "connecting", asked: ms(10_000) };
  match(text(connecting), /nearest worker.*2\ss/);
  match(text(connecting, { link: { state: "connecting", since: ms(0) } }), /Reaching Farpad/);
  const link = { state: "lost", since: ms(0), retryAt: ms(15_000) } as const;
  match(text(connecting, { link }), /cannot be reached.*Next try in 3\ss/);
  const negotiating: SessionState = {
    ...common,
    state: "negotiating",
    step: "place",
    since: ms(0),
    asked: ms(11_000),
    tries: 1,
    failures: 0,
  };
  match(text(negotiating), /Asking fra-1 for a place\./);
  match(text({ ...negotiating, step: "peer", tries: 2 }), /media connection to fra-1 again/);
});

Deno.test("[PLY13] waiting for a place names where and since when", () => {
  const state: SessionState = {
    ...common,
    state: "no_capacity",
    message: "No free place in New York. Waited 3 s for one.",
    asked: ms(10_000),
    retryAt: undefined,
  };
  match(text(state), /^No free place in New York \| Waiting for one.*2\ss$/);
  match(
    text({ ...state, message: "No worker is connected. Waiting for one." }),
    /^No worker is connected \|/,
  );
  match(text({ ...state, message: "" }), /^No free place \|/);
});

Deno.test("[PLY13] a loss counts down, and says when this device is offline too", () => {
  match(text(lost), /Your room is kept\. \| Trying again in 2\ss/);
  const link = { state: "lost", since: ms(0), retryAt: ms(15_000) } as const;
  match(text(lost, { link }), /Farpad cannot be reached either/);
});

Deno.test("[PLY13] a frozen picture says what happens next, a paused one who can go on", () => {
  match(
    text({ ...playing, frozenSince: ms(10_000) }),
    /stands still.*2\ss.*new connection in 8\ss/,
  );
  const actions = (seated: boolean) =>
    describe(playing, { ...around, paused: true, seated })?.actions;
  deepEqual(actions(true), ["resume"]);
  deepEqual(actions(false), []);
});

Deno.test("[PLY13] every end has a title, the sentence of whoever ended it, and a way on", () => {
  const titles = EndReason.options.map((reason) => {
    const state: SessionState = { ...common, state: "ended", reason, message: "Ended: because" };
    const notice = describe(state, around)!;
    equal(notice.body, "Because.");
    deepEqual(notice.actions.at(-1), "library");
    ok(notice.actions.length === 2);
    return notice.title;
  });
  ok(new Set(titles).size >= 8);
});

Deno.test("[PLY13] every refusal that can be foreseen has its own words, any other still a way on", () => {
  const codes = [
    "room.unknown",
    "app.unknown",
    "app.unavailable",
    "link.replaced",
    "room.no_capacity",
    "something.new",
  ];
  const titles = codes.map((code) => {
    const state: SessionState = { ...common, state: "refused", code, message: "Because of this" };
    const notice = describe(state, around)!;
    ok(notice.body.startsWith("Because of this."));
    ok(notice.actions.length > 0);
    return notice.title;
  });
  equal(new Set(titles).size, codes.length);
});
