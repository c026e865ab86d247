import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Millis } from "../../../protocol/clock.ts";
import { refuse } from "../../../protocol/envelope.ts";
import { AppId, RoomId, WorkerId, ZoneId } from "../../../protocol/ids.ts";
import { SENT_CODES } from "../../../protocol/legs/refusals.ts";
import { EndReason } from "../../../protocol/legs/room.ts";
import type { SessionState } from "../../../web/play/join/session_state.ts";
import { figuresNote } from "../../../web/play/words/figures_note.ts";
import { describe, type Surroundings } from "../../../web/play/words/notices.ts";
import { roomNote } from "../../../web/play/words/room_note.ts";
import { refusalSentence, refusalToast } from "../../../web/play/words/refusals.ts";

const ms = (value: number) => value as Millis;
const around: Surroundings = {
  now: 12_400,
  link: { state: "open", since: ms(0) },
  offline: false,
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
  trouble: { kind: "silent" },
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

Deno.test("[PLY13] there is no notice in the lobby and during undisturbed play", () => {
  equal(describe({ state: "lobby", init: 0 }, around), undefined);
  equal(describe(playing, around), undefined);
});

Deno.test("[PLY13] the notice while connecting shows the step and the time", () => {
  const connecting: SessionState = { ...common, state: "connecting", asked: ms(10_000) };
  match(text(connecting), /nearest worker.*2\ss/);
  match(text(connecting, { link: { state: "connecting", since: ms(0) } }), /Reaching Farpad/);
  const link = { state: "lost", since: ms(0), retryAt: ms(15_000) } as const;
  match(text(connecting, { link }), /cannot be reached.*starting again.*Next try in 3\ss/);
  match(text(connecting, { link, offline: true }), /This device is offline/);
  const trying = { state: "connecting", since: ms(12_000), lostSince: ms(0) } as const;
  match(text(connecting, { link: trying }), /cannot be reached.*Trying now/);
  deepEqual(describe(connecting, { ...around, link })!.actions, ["dial", "leave"]);
  const negotiating: SessionState = {
    ...common,
    state: "negotiating",
    step: "place",
    since: ms(0),
    offerTook: 0,
    asked: ms(11_000),
    tries: 1,
    failures: 0,
  };
  match(text(negotiating), /Asking fra-1 for a place\./);
  match(text({ ...negotiating, step: "peer", tries: 2 }), /media connection to fra-1 again/);
});

Deno.test("[PLY13] the notice while waiting for a place shows the zone or worker and the time", () => {
  const state: SessionState = {
    ...common,
    state: "no_capacity",
    lack: { zone: ZoneId.parse("new-york"), workers: 2 },
    asked: ms(10_000),
    retryAt: undefined,
  };
  match(text(state), /^No free place in New York \| Waiting for one.*2\ss$/);
  const at = (position: number) => text({ ...state, lack: { ...state.lack, position } });
  match(at(1), /You are first in line\. Play begins by itself\./);
  match(at(2), /One player asked before you\./);
  match(at(12), /11 players asked before you\./);
  const crowded = text({ ...state, lack: { ...state.lack, crowded: true } });
  match(crowded, /^Many people come into this room now \| Waiting for your turn\. Play begins/);
  const none = { zone: null, workers: 0 };
  match(text({ ...state, lack: none }), /^No worker is connected \|/);
  const worker_id = WorkerId.parse("fra-1");
  match(text({ ...state, lack: { ...none, worker_id } }), /^Worker fra-1 is not connected \|/);
});

Deno.test("[PLY13] a lost connection shows a countdown, or that the device is offline too", () => {
  match(text(lost), /Your room is kept\. \| Trying again in 2\ss/);
  const link = { state: "lost", since: ms(0), retryAt: ms(15_000) } as const;
  match(text(lost, { link }), /Farpad cannot be reached either.* · next try in \d+\ss/);
  match(text(lost, { link, offline: true }), /\| This device is offline\. Your room is kept for/);
  const again = { state: "connecting", since: ms(12_000) } as const;
  match(text(lost, { link: again }), /\| Nothing came .* · trying now/);
  match(
    text(lost, { link: { ...again, lostSince: ms(0) } }),
    /cannot be reached either.* · trying/,
  );
  deepEqual(describe(lost, { ...around, link })!.actions, ["dial", "leave"]);
});

Deno.test("[PLY13] a frozen picture shows the time to the next try, a paused game the resume action for players", () => {
  match(
    text({ ...playing, frozenSince: ms(10_000) }),
    /stands still.*2\ss.*new connection in 8\ss/,
  );
  const actions = (seated: boolean) =>
    describe(playing, { ...around, paused: true, seated })?.actions;
  deepEqual(actions(true), ["resume"]);
  deepEqual(actions(false), []);
});

Deno.test("[PLY13] a loss after a sleep shows how long the device slept", () => {
  match(text({ ...lost, trouble: { kind: "asleep", ms: 43_000 } }), /was asleep for 43\ss/);
});

Deno.test("[SES9] every end has a title, its own sentence and actions", () => {
  const ends = EndReason.options.map((reason) => {
    const state: SessionState = { ...common, state: "ended", reason };
    const notice = describe(state, around)!;
    deepEqual(notice.actions.at(-1), "library");
    const expected = reason === "not_connected" ? ["retry", "check", "library"] : undefined;
    if (expected) deepEqual(notice.actions, expected);
    else equal(notice.actions.length, 2);
    return `${notice.title} ${notice.body}`;
  });
  equal(new Set(ends).size, EndReason.options.length);
});

Deno.test("[SES9] a player whose room is gone reads the reason, and can continue or play again", () => {
  const notice = describe({
    state: "ended",
    reason: "left",
    trouble: { kind: "room_gone" },
    target: { appId: AppId.parse("paddle-duel"), continueFrom: RoomId.parse("room_1") },
    init: 2,
  }, around);
  equal(notice?.title, "Paddle Duel ended");
  match(notice?.body ?? "", /lost with its worker.*newest save/);
  deepEqual(notice?.actions, ["continue", "again", "library"]);
});

Deno.test("[PLY13] an end shows the error text of what failed below its own words", () => {
  const cause = "Its process ended with signal SIGKILL";
  const notice = describe({ ...common, state: "ended", reason: "crashed", cause }, around);
  equal(notice?.cause, cause);
  ok(!notice?.body.includes(cause));
});

Deno.test("[ENV9] [PLY13] every refusal code has a sentence, and none shows the message of the refusal itself", () => {
  for (const code of SENT_CODES) {
    const { error: refusal } = refuse(code, "Text of another program");
    const notice = describe({ ...common, state: "refused", refusal }, around)!;
    match(refusalSentence(refusal), /^[A-Z“].+\.$|\)\.$/);
    ok(
      !`${notice.title} ${notice.body} ${refusalToast(refusal)}`.includes("another program"),
      code,
    );
    ok(notice.actions.length > 0);
  }
});

Deno.test("[PLY13] a refusal is worded with the data that came with it", () => {
  const sentence = (...args: Parameters<typeof refuse>) => refusalSentence(refuse(...args).error);
  match(sentence("seat.taken", "", { seat: 1, seats: 2 }), /^P2 is taken/);
  match(sentence("room.no_capacity", "", { worker: "fra-1" }), /^No free place on fra-1\./);
  match(sentence("app.unknown", "", { app_id: "chess" }), /“chess”/);
  const failed = refuse("save.impossible", "", { cause: "The core has no states." }).error;
  equal(refusalToast(failed), "This app cannot be saved. The core has no states.");
  match(sentence("record.busy", "slow"), /^The worker still writes .* Look among the recordings/);
  match(sentence("busy", "An upload runs"), /^Earlier requests are still under way\./);
});

Deno.test("[SAV2] on a full disk a player reads why nothing was saved, and that earlier saves are kept", () => {
  const full = refuse("save.unwritable", "", { cause: "the disk is full" }).error;
  equal(
    refusalToast(full),
    "The worker could not write the save. Earlier saves are kept. The disk is full.",
  );
});

Deno.test("[PLY32] a player sees at what time a draining worker closes the game, and whether it is saved", () => {
  const closesAt = new Date(2026, 10, 29, 14, 5).getTime();
  const note = { reachable: true, closesAt, live: false };
  match(roomNote(note) ?? "", /^This game ends at 14:05, .* It is saved then\.$/);
  match(roomNote({ ...note, live: true }) ?? "", /^This picture ends at 14:05, [^.]*\.$/);
  match(roomNote({ ...note, reachable: false }) ?? "", /cannot be reached/);
  equal(roomNote({ ...note, closesAt: undefined }), undefined);
});

Deno.test("[SAV20] a person reads since when and why a game is not saved, before its planned end", () => {
  const since = new Date(2026, 10, 29, 13, 7).getTime();
  const note = { reachable: true, closesAt: undefined, live: false };
  match(
    roomNote({ ...note, unsaved: { since, why: "full" } }) ?? "",
    /^Since 13:07 .*: the disk is full\./,
  );
  const other = roomNote({ ...note, closesAt: since, unsaved: { since, why: "failed" } }) ?? "";
  match(other, /the place of its saves takes none/);
  match(roomNote({ ...note, unsaved: { since, why: "no_state" } }) ?? "", /: it gives no state/);
  match(
    roomNote({ ...note, unsaved: { since, why: "full", what: "memory" } }) ?? "",
    /^Since 13:07 .* on its cartridge is not kept: the disk is full\./,
  );
  equal(other.includes("It is saved then"), false);
  const cut = { ...note, unsaved: { since, why: "full" }, recordingEnded: "disk_full" } as const;
  match(roomNote(cut) ?? "", /^Since 13:07 .* The recording ended: the worker.s disk is full\.$/);
});

Deno.test("[SAV36] a person reads that a cartridge's memory may not be the newest, unless the game is not saved at all", () => {
  const note = { reachable: true, closesAt: undefined, live: false };
  match(roomNote({ ...note, memory: "unseen" }) ?? "", /cannot be fetched.*not lost\.$/);
  match(roomNote({ ...note, memory: "older" }) ?? "", /Newer memory .* elsewhere.*save this game/);
  const unsaved = { since: 0, why: "failed" } as const;
  match(roomNote({ ...note, memory: "older", unsaved }) ?? "", /is not saved/);
  match(roomNote({ ...note, memory: "older", closesAt: 1 }) ?? "", /ends at/);
});

Deno.test("[PLY32] after a drained worker closed the game, the notice says where it was saved", () => {
  const continueFrom = RoomId.parse("room_1");
  const state: SessionState = {
    ...common,
    state: "ended",
    reason: "drained",
    target: { continueFrom },
  };
  match(text(state), /at once or when its worker is back in service/);
});

Deno.test("[PLY36] live figures are shown only while they are those of now", () => {
  const starting = { ...common, state: "starting", since: ms(0) } as SessionState;
  const note = (state: SessionState, paused = false) => figuresNote(state, { paused });
  equal(note(playing), undefined);
  equal(note(playing, true), "Paused");
  equal(note({ ...playing, frozenSince: ms(0) }), "No picture");
  equal(note(lost), "No contact");
  equal(note(starting), "Connecting");
});
