/** What was asked of the channels of a room, one row each, over the codecs and machines that the two ends run. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { channelOptions, CHANNELS } from "../../../../protocol/control/channels.ts";
import { decodeBounce, encodeBounce, measure } from "../../../../protocol/control/clock_sync.ts";
import { MAX_CONTROL_BYTES } from "../../../../protocol/control/control.ts";
import { NEUTRAL_PAD } from "../../../../protocol/control/pad.ts";
import { unpack } from "../../../../protocol/msgpack.ts";
import {
  decodeFromPage,
  decodeToPage,
  encodeFromPage,
  encodeToPage,
} from "../../../../protocol/room_commands/wire.ts";
import { encodeTrackPacket, MAX_TRACK_PAYLOAD } from "../../../../protocol/room_media/tracks.ts";
import { MAX_SAVE_PICTURE } from "../../../../protocol/saves/save.ts";
import { EntityId } from "../../../../protocol/room_state/document.ts";
import { acknowledged, EMPTY, receiveState } from "../../../../protocol/room_state/page_sync.ts";
import {
  decodeIntent,
  decodeState,
  encodeIntent,
  encodeState,
  MAX_INTENT_BYTES,
} from "../../../../protocol/room_state/wire.ts";
import {
  beginHistory,
  commit,
  stepPage,
  UNSEEN,
} from "../../../../protocol/room_state/worker_sync.ts";

const set = { type: "set", revision: 1, entities: { p1: { person: { name: "Ann" } } } } as const;
const intent = { timestamp: 1, acknowledged: 1, control: NEUTRAL_PAD };
const request = { type: "request", id: 1, verb: "seat.take", body: { seat: 0 } } as const;
const answer = { type: "answer", id: 1, answer: { seat: 0 } } as const;

const STATEMENTS: readonly (readonly [rule: string, statement: string, check: () => void])[] = [
  ["CHN1", "state, commands and clock are the channels 0, 1 and 4", () => {
    deepEqual([CHANNELS.state.id, CHANNELS.commands.id, CHANNELS.clock.id], [0, 1, 4]);
  }],
  ["CHN2", "state and clock may lose and reorder, and send nothing again", () => {
    for (const channel of [CHANNELS.state, CHANNELS.clock]) {
      const { ordered, maxRetransmits } = channelOptions(channel) as RTCDataChannelInit;
      deepEqual([ordered, maxRetransmits], [false, 0]);
    }
  }],
  ["CHN2", "commands come whole and in order, both ways", () => {
    deepEqual(channelOptions(CHANNELS.commands), { negotiated: true, id: 1, ordered: true });
  }],
  ["CHN6", "the bounds of all codecs are within those of their channels", () => {
    const { state, commands, media } = CHANNELS;
    ok(MAX_CONTROL_BYTES <= state.most && MAX_INTENT_BYTES <= state.most);
    ok(MAX_CONTROL_BYTES <= commands.most && MAX_SAVE_PICTURE < commands.most);
    equal(
      encodeTrackPacket({ track: 1, payload: new Uint8Array(MAX_TRACK_PAYLOAD) }).length,
      media.most,
    );
    for (const { most, reliable } of Object.values(CHANNELS)) ok(reliable || most <= 1_200);
    // Eight answers wait at most, and are begun while 16 KiB wait at most.
    ok(16_384 + 8 * commands.most < commands.buffer);
  }],
  ["RDO10", "the worker sends the state on channel 0", () => {
    deepEqual(decodeState(encodeState(set)), set);
  }],
  ["RDO10", "a client sends its intent on channel 0", () => {
    deepEqual(decodeIntent(encodeIntent(intent)), intent);
  }],
  [
    "RDO3",
    "the state comes whole at first, then as what changed since the acknowledged one",
    () => {
      const history = commit(beginHistory(set.entities), { ...set.entities, p2: {} });
      const first = { type: "acknowledged", revision: 0 } as const;
      const due = { type: "due", now: 0 as Millis } as const;
      const send = (page: Parameters<typeof stepPage>[0]) =>
        stepPage(page, due, history).send?.type;
      equal(send(stepPage(UNSEEN, first, history).page), "set");
      equal(send(stepPage(UNSEEN, { ...first, revision: 1 }, history).page), "merge");
    },
  ],
  ["RDO3", "an intent says which state the client holds", () => {
    const held = acknowledged(receiveState(EMPTY, set));
    equal(decodeIntent(encodeIntent({ ...intent, acknowledged: held }))?.acknowledged, 1);
  }],
  ["RCM1", "a client interacts with the room on channel 1, and is answered there", () => {
    deepEqual(decodeFromPage(encodeFromPage(request)), request);
    deepEqual(decodeToPage(encodeToPage(answer)), answer);
  }],
  ["RCM1", "an interaction is one-way, a request, its response, or a publication", () => {
    const oneway = { type: "oneway", verb: "chat.say", body: { text: "hi" } } as const;
    deepEqual(decodeFromPage(encodeFromPage(oneway)), oneway);
    const from = EntityId.parse("p1");
    const publication = { type: "publication", topic: "people.wave", from, body: 1 } as const;
    deepEqual(decodeToPage(encodeToPage(publication)), publication);
  }],
  ["RCM5", "no message names its own sender: the connection does", () => {
    deepEqual(unpack(encodeFromPage(request)), [36, 1, "seat.take", { seat: 0 }]);
  }],
  ["CHN4", "a message ends where the packet ends: nothing follows its value", () => {
    for (const bytes of [encodeState(set), encodeIntent(intent), encodeFromPage(request)]) {
      ok(unpack(bytes) !== undefined);
      const ended = Uint8Array.of(...bytes, 0x0a);
      deepEqual([decodeState(ended), decodeIntent(ended), decodeFromPage(ended)], [
        undefined,
        undefined,
        undefined,
      ]);
    }
  }],
  [
    "CLK1",
    "a clock message of a client has the client's time alone, and comes back with both",
    () => {
      const sent = decodeBounce(encodeBounce({ client: 123 }))!;
      equal(sent.server, undefined);
      deepEqual(decodeBounce(encodeBounce({ ...sent, server: 456 })), { client: 123, server: 456 });
    },
  ],
  ["CLK2", "round trip and difference of the clocks follow from one exchange", () => {
    deepEqual(measure(100, 1_010, 120), { rtt: 20, offset: 900 });
  }],
];

for (const [rule, statement, check] of STATEMENTS) Deno.test(`[${rule}] ${statement}`, check);
