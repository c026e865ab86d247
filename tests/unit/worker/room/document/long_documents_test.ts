/** Documents that are longer than a message: the largest that a room can have, and how it reaches a page. */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { EpochMillis } from "../../../../../protocol/clock.ts";
import { CHANNELS } from "../../../../../protocol/control/channels.ts";
import { AppId, MAX_SEATS, SessionId } from "../../../../../protocol/ids.ts";
import {
  CHAT_LINES,
  DEFAULT_OPTIONS,
  MAX_CHAT,
  MAX_NAME,
  readRoom,
} from "../../../../../protocol/room_state/components.ts";
import type { Entities } from "../../../../../protocol/room_state/document.ts";
import {
  acknowledged,
  EMPTY,
  entitiesOf,
  receiveState,
} from "../../../../../protocol/room_state/page_sync.ts";
import { StateReader } from "../../../../../protocol/room_state/parts.ts";
import { LAST_REVISION } from "../../../../../protocol/room_state/revision.ts";
import {
  decodeState,
  encodeState,
  MAX_STATE_BYTES,
} from "../../../../../protocol/room_state/wire.ts";
import { PLACES } from "../../../../../worker/room/admission/admission.ts";
import { buildEntities } from "../../../../../worker/room/document/build.ts";
import { Chat } from "../../../../../worker/room/document/chat.ts";
import { People } from "../../../../../worker/room/document/people.ts";
import { RoomDocument } from "../../../../../worker/room/document/room_document.ts";
import { FakeClock } from "../../../../fakes/clock.ts";
import { SeededRandom } from "../../../../fakes/random.ts";

const ana = SessionId.parse("ana");

interface Texts {
  readonly name: string;
  readonly text: string;
  readonly title: string;
}

/** The entities of a room in which everything is as long as it may be, but for its texts. */
function fullRoom({ name, text, title }: Texts): Entities {
  const people = new People();
  const sessions = Array.from({ length: PLACES.seated }, (_, n) => SessionId.parse(`session-${n}`));
  for (const session of sessions) {
    people.enter(session);
    const about = { colour: 11, link: "s".repeat(64), ping: 60_000, quality: "good" } as const;
    people.change(session, { name, asks: MAX_SEATS - 1, ...about });
  }
  const chat = new Chat();
  for (let line = 0; line < CHAT_LINES; line++) {
    chat.say(people.of(sessions[0]!)!, text, 1e13 as EpochMillis);
  }
  return buildEntities({
    app: { app_id: AppId.parse("a".repeat(96)), title },
    paused: false,
    began: 1e13,
    options: DEFAULT_OPTIONS,
    rewind: { state: "off", why: "too_large" },
    players: { seats: sessions.slice(0, MAX_SEATS), isFurther: () => true },
    unsaved: { since: 1e13, why: "read_only" },
    memory: "unseen",
    locked: new Set([0, 1, 2, 3, 4]),
    people,
    chat: chat.lines,
    isConnected: () => true,
    voiceOf: () => ({ track: 0xffff_ffff, talking: false }),
  });
}

const LARGEST = fullRoom({
  name: "😀".repeat(MAX_NAME),
  text: "😀".repeat(MAX_CHAT),
  title: "😀".repeat(120),
});

Deno.test("[RDO18] any document that a room can have is within the bounds of a page", () => {
  const letter = fc.constantFrom("a", "é", "漢", "👨‍👩‍👧", "م", "\u0300", "\u200d");
  const words = (most: number) =>
    fc.array(letter, { minLength: most, maxLength: most })
      .map((letters) => letters.join("").slice(0, most).replace(/[\ud800-\udbff]$/, "x"));
  fc.assert(
    fc.property(words(MAX_NAME), words(MAX_CHAT), words(120), (name, text, title) => {
      const message = {
        type: "set",
        revision: LAST_REVISION,
        entities: fullRoom({ name, text, title }),
      } as const;
      const bytes = encodeState(message);
      ok(bytes.length <= MAX_STATE_BYTES, `${bytes.length} bytes`);
      deepEqual(decodeState(bytes), message);
    }),
    { numRuns: 20 },
  );
  ok(encodeState({ type: "set", revision: LAST_REVISION, entities: LARGEST }).length > 40_000);
});

/** A page behind a path that loses this share of the messages, in both directions, and takes so many bytes a turn. */
function openPath({ loss = 0, perTurn = Infinity } = {}) {
  const clock = new FakeClock();
  const random = new SeededRandom(7);
  let entities = LARGEST;
  let page = EMPTY;
  let waiting = 0;
  const reader = new StateReader();
  const sizes: number[] = [];
  const document = new RoomDocument({
    clock,
    entities: () => entities,
    unsent: () => waiting,
    send: (_, bytes) => {
      waiting += bytes.length;
      if (waiting > CHANNELS.state.buffer) return false;
      sizes.push(bytes.length);
      if (random.unit() < loss) return true;
      const message = reader.read(bytes);
      ok(message, "every message can be read");
      if (message !== "part") page = receiveState(page, message);
      return true;
    },
  });
  return {
    sizes,
    document,
    get entities() {
      return entities;
    },
    get held() {
      return entitiesOf(page);
    },
    /** The document changes. */
    change: (n: number) => {
      entities = { ...LARGEST, room: { ...LARGEST.room, clock: { began: n } } };
      document.changed();
    },
    /** The page's next intent, after 50 ms. */
    turn: () => {
      if (random.unit() >= loss) document.acknowledged(ana, acknowledged(page));
      clock.advance(25);
      waiting = Math.max(0, waiting - perTurn);
      clock.advance(25);
      waiting = Math.max(0, waiting - perTurn);
    },
    /** The page was loaded again. */
    forget: () => void (page = EMPTY),
  };
}

Deno.test("[RDO19] the largest document arrives, in messages of one packet each", () => {
  const path = openPath();
  for (let turn = 0; turn < 20; turn++) path.turn();
  deepEqual(path.held, LARGEST);
  equal(readRoom(path.held!)?.chat.length, CHAT_LINES);
  ok(path.sizes.every((bytes) => bytes <= CHANNELS.state.most));
  const { length } = path.sizes;
  for (let turn = 0; turn < 100; turn++) path.turn();
  equal(path.sizes.length, length, "then nothing more is sent");
});

for (const loss of [0.1, 0.3]) {
  Deno.test(`[RDO20] it arrives where ${loss * 100} % of the packets are lost, while it changes all the time`, () => {
    const path = openPath({ loss });
    for (let turn = 0; turn < 400 && !path.held; turn++) {
      path.change(turn);
      path.turn();
    }
    ok(path.held, "the page has a document");
    path.change(-1);
    for (let turn = 0; turn < 100; turn++) path.turn();
    deepEqual(path.held, path.entities);
    path.forget();
    for (let turn = 0; turn < 400; turn++) path.turn();
    deepEqual(path.held, path.entities, "a page that was loaded again has it too");
  });
}

Deno.test("[RDO20] it arrives over a path so slow that the history has moved on when it is there", () => {
  const path = openPath({ perTurn: 200 });
  let turn = 0;
  while (turn < 400 && !path.held) {
    path.change(++turn);
    path.turn();
  }
  ok(turn > 64, "more documents than a history has have passed");
  ok(path.held, "the page has a document");
  path.sizes.length = 0;
  for (let more = 0; more < 20; more++) path.turn();
  deepEqual(path.held, path.entities);
  equal(path.sizes.length, 1, "what changed since then takes one message");
});

Deno.test("[RDO19] a document in parts leaves the channel room for other messages", () => {
  const path = openPath({ perTurn: 0 });
  for (let turn = 0; turn < 40; turn++) path.turn();
  const sent = path.sizes.reduce((sum, bytes) => sum + bytes, 0);
  ok(sent <= 4_096 + 2 * CHANNELS.state.most, `${sent} bytes wait`);
});
