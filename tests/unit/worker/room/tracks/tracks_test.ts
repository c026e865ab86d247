import { deepEqual, equal, ok } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { TRACK_LIMITS } from "../../../../../protocol/room_media/tracks.ts";
import { LONGEST_WAIT, MOST_WAITING } from "../../../../../worker/room/tracks/outlet.ts";
import { MOST_TALKING, TALK_SILENCE, Tracks } from "../../../../../worker/room/tracks/tracks.ts";
import { FakeClock } from "../../../../fakes/clock.ts";

const [ana, ben, cem] = ["ana", "ben", "cem"].map((name) => SessionId.parse(name)) as [
  SessionId,
  SessionId,
  SessionId,
];
const payload = Uint8Array.of(0, 0, 0x78);

function setup() {
  const clock = new FakeClock();
  const sent: { to: SessionId; bytes: Uint8Array }[] = [];
  const full = new Set<SessionId>();
  const silenced = new Set<SessionId>();
  const seated = new Set<SessionId>();
  let changes = 0;
  const tracks = new Tracks({
    clock,
    waiting: (session) => full.has(session) ? 16_000 : 0,
    send: (to, bytes) => {
      sent.push({ to, bytes });
      return true;
    },
    maySend: (session) => !silenced.has(session),
    comesFirst: (session) => seated.has(session),
    changed: () => void changes++,
  });
  return { clock, sent, full, silenced, seated, tracks, changes: () => changes };
}

Deno.test("[TRK2] a person has one track of a kind, and ids are not used again", () => {
  const { tracks } = setup();
  equal(tracks.allocate(ana, "voice"), 1);
  equal(tracks.allocate(ana, "voice"), 1);
  tracks.release(1);
  equal(tracks.allocate(ana, "voice"), 2);
  equal(tracks.allocate(ben, "voice"), 3);
});

Deno.test("[TRK3] packets go to those who subscribed and to nobody else, as they are", () => {
  const { tracks, sent } = setup();
  const track = tracks.allocate(ana, "voice");
  equal(tracks.subscribe(ben, track), true);
  equal(tracks.subscribe(ana, track), true);
  equal(tracks.subscribe(cem, 9), false);
  tracks.receive(ana, { track, payload });
  deepEqual(sent.map(({ to, bytes }) => [to, bytes.toHex()]), [[ben, "00000001000078"]]);
  tracks.unsubscribe(ben, track);
  tracks.receive(ana, { track, payload });
  equal(sent.length, 1);
});

Deno.test("[TRK4] packets of somebody else's track, of none and noise are dropped and counted", () => {
  const { tracks, sent } = setup();
  const track = tracks.allocate(ana, "voice");
  tracks.subscribe(ben, track);
  tracks.receive(cem, { track, payload });
  tracks.receive(ben, { track, payload });
  tracks.receive(cem, { track: 77, payload });
  tracks.receive(cem, undefined);
  equal(sent.length, 0);
  deepEqual([tracks.dropped.foreign, tracks.dropped.malformed], [3, 1]);
  equal(tracks.voiceOf(ana)?.talking, false);
});

Deno.test("[TRK4] packets of an owner who may not send any more are dropped", () => {
  const { tracks, sent, silenced } = setup();
  const track = tracks.allocate(ana, "voice");
  tracks.subscribe(ben, track);
  silenced.add(ana);
  tracks.receive(ana, { track, payload });
  deepEqual([sent.length, tracks.dropped.forbidden], [0, 1]);
});

Deno.test("[TRK5] a flood costs no more than the rate of its kind, and long packets nothing", () => {
  const { clock, tracks, sent } = setup();
  const track = tracks.allocate(ana, "voice");
  tracks.subscribe(ben, track);
  const { burst, perSecond, mostBytes } = TRACK_LIMITS.voice;
  tracks.receive(ana, { track, payload: new Uint8Array(mostBytes + 1) });
  equal(tracks.dropped.too_large, 1);
  for (let ms = 0; ms < 2_000; ms++) {
    for (let n = 0; n < 5; n++) tracks.receive(ana, { track, payload });
    clock.advance(1);
  }
  ok(sent.length <= burst + 2 * perSecond, `${sent.length} packets`);
  ok(tracks.dropped.rate > 9_000);
});

Deno.test("[TRK5] eight talk at once, and a ninth is heard once one of them is silent", () => {
  const { clock, tracks, sent } = setup();
  const people = Array.from({ length: MOST_TALKING + 1 }, (_, n) => SessionId.parse(`s${n}`));
  const all = people.map((session) => ({ session, track: tracks.allocate(session, "voice") }));
  for (const { track } of all) tracks.subscribe(cem, track);
  for (const { session, track } of all) tracks.receive(session, { track, payload });
  deepEqual([sent.length, tracks.dropped.crowded], [MOST_TALKING, 1]);
  clock.advance(TALK_SILENCE);
  const last = all.at(-1)!;
  tracks.receive(last.session, { track: last.track, payload });
  equal(sent.length, MOST_TALKING + 1);
});

Deno.test("[TRK5] who holds a seat is heard, however many watchers talk and however many listen", () => {
  for (const listeners of [1, 60]) {
    const { tracks, seated, sent } = setup();
    const watchers = Array.from({ length: MOST_TALKING }, (_, n) => SessionId.parse(`w${n}`));
    const all = [...watchers, ana].map((session) => ({
      session,
      track: tracks.allocate(session, "voice"),
    }));
    for (const { track } of all) {
      for (let n = 0; n < listeners; n++) tracks.subscribe(SessionId.parse(`l${n}`), track);
    }
    seated.add(ana);
    for (const { session, track } of all) tracks.receive(session, { track, payload });
    equal(tracks.voiceOf(ana)?.talking, true);
    const before = sent.length;
    for (let n = 0; n < 3; n++) {
      for (const { session, track } of all) tracks.receive(session, { track, payload });
    }
    equal(tracks.voiceOf(ana)?.talking, true);
    ok(sent.length > before);
    equal(tracks.voiceOf(watchers[0]!)?.talking, listeners === 1, "no more are silent than needed");
  }
});

Deno.test("[TRK5] one talks to however many, and two only while 48 get packets", () => {
  const { clock, tracks, sent } = setup();
  const listeners = Array.from({ length: 60 }, (_, n) => SessionId.parse(`l${n}`));
  const [first, second] = [tracks.allocate(ana, "voice"), tracks.allocate(ben, "voice")];
  for (const track of [first, second]) for (const each of listeners) tracks.subscribe(each, track);
  tracks.receive(ana, { track: first, payload });
  tracks.receive(ben, { track: second, payload });
  deepEqual([sent.length, tracks.dropped.crowded], [60, 1]);
  clock.advance(TALK_SILENCE);
  for (const each of listeners.slice(24)) tracks.unsubscribe(each, first);
  for (const each of listeners.slice(24)) tracks.unsubscribe(each, second);
  sent.length = 0;
  tracks.receive(ana, { track: first, payload });
  tracks.receive(ben, { track: second, payload });
  deepEqual([sent.length, tracks.dropped.crowded], [48, 1]);
});

Deno.test("[TRK6] of what a link does not take twelve packets wait, the oldest are dropped", () => {
  const { clock, tracks, sent, full } = setup();
  const track = tracks.allocate(ana, "voice");
  for (const each of [ben, cem]) tracks.subscribe(each, track);
  full.add(ben);
  for (let n = 0; n < MOST_WAITING + 3; n++) {
    tracks.receive(ana, { track, payload: Uint8Array.of(0, n, 0x78) });
  }
  equal(sent.filter(({ to }) => to === cem).length, MOST_WAITING + 3);
  equal(tracks.dropped.link, 3);
  full.delete(ben);
  clock.advance(20);
  const got = sent.filter(({ to }) => to === ben).map(({ bytes }) => bytes[5]);
  deepEqual(got, Array.from({ length: MOST_WAITING }, (_, n) => n + 3));
});

Deno.test("[TRK6] what waited for 400 ms is dropped, and then nothing is tried any more", () => {
  const { clock, tracks, sent, full } = setup();
  const track = tracks.allocate(ana, "voice");
  tracks.subscribe(ben, track);
  full.add(ben);
  tracks.receive(ana, { track, payload });
  clock.advance(LONGEST_WAIT + TALK_SILENCE);
  deepEqual([sent.length, tracks.dropped.link, clock.pending], [0, 1, 0]);
});

Deno.test("[TRK7] who talks is seen from the first packet until 300 to 400 ms of silence", () => {
  const { clock, tracks, changes } = setup();
  const track = tracks.allocate(ana, "voice");
  for (let n = 0; n < 50; n++) {
    tracks.receive(ana, { track, payload });
    clock.advance(20);
    equal(tracks.voiceOf(ana)?.talking, true);
  }
  equal(changes(), 2);
  clock.advance(TALK_SILENCE - 30);
  equal(tracks.voiceOf(ana)?.talking, true);
  clock.advance(130);
  deepEqual(tracks.voiceOf(ana), { track, talking: false });
  deepEqual([changes(), clock.pending], [3, 0]);
});

Deno.test("[TRK8] a person who leaves has no track and no subscription any more", () => {
  const { tracks, sent } = setup();
  const [anas, bens] = [tracks.allocate(ana, "voice"), tracks.allocate(ben, "voice")];
  tracks.subscribe(ben, anas);
  tracks.subscribe(ana, bens);
  tracks.leave(ana);
  tracks.receive(ana, { track: anas, payload });
  tracks.receive(ben, { track: bens, payload });
  equal(sent.length, 0);
  equal(tracks.voiceOf(ana), undefined);
  equal(tracks.subscribe(ben, anas), false);
});
