import { deepEqual, equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import { refuse } from "../../../../protocol/envelope.ts";
import { encodeTrackPacket } from "../../../../protocol/room_media/tracks.ts";
import { encodeVoice } from "../../../../protocol/room_media/voice.ts";
import type { LiveRoom, PersonView, Voice } from "../../../../protocol/room_state/components.ts";
import { EntityId } from "../../../../protocol/room_state/document.ts";
import type { JoinedRoom, RoomLane } from "../../../../web/play/media/room_lane.ts";
import type { MicrophoneListener } from "../../../../web/play/voice/microphone.ts";
import { OPEN_LIMIT } from "../../../../web/play/voice/talk.ts";
import { TrackLane } from "../../../../web/play/voice/track_lane.ts";
import { Voices } from "../../../../web/play/voice/voice.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const opus = Uint8Array.of(0x78, 1);
const [you, ben, cem] = ["p1", "p2", "p3"].map((id) => EntityId.parse(id)) as [
  EntityId,
  EntityId,
  EntityId,
];

function person(id: EntityId, voice?: Voice): PersonView {
  return { id, role: "player", connected: true, ...(voice && { voice }) };
}

/** A page in a room whose worker answers at once. */
function setup({ microphone = "there" as "there" | "refused" } = {}) {
  const clock = new FakeClock();
  const joined = signal<JoinedRoom | undefined>(undefined);
  const isAudible = signal(true);
  const asked: string[] = [];
  const sent: string[] = [];
  const played: string[] = [];
  const failures: unknown[] = [];
  const refused = new Set<string>();
  const microphones: { listener: MicrophoneListener; talking: boolean; isOpen: boolean }[] = [];
  const ask = (verb: string, body: object) => {
    const [value] = Object.values(body);
    asked.push(`${verb} ${value}`);
    if (refused.has(verb)) return Promise.resolve(refuse("chat.closed", "No"));
    return Promise.resolve(verb === "track.allocate" ? { track: 7 } : {});
  };
  const connect = () => ({
    room: { joined, ask } as unknown as RoomLane,
    tracks: new TrackLane((bytes) => sent.push(bytes.toHex()) > 0),
  });
  const media = signal<ReturnType<typeof connect> | undefined>(connect());
  const voices = new Voices({
    clock,
    media,
    isAudible,
    openMicrophone(listener) {
      if (microphone === "refused") return Promise.resolve({ fault: "refused" });
      const made = { listener, talking: false, isOpen: true };
      microphones.push(made);
      return Promise.resolve({
        setTalking: ({ talking }: { talking: boolean }) => void (made.talking = talking),
        [Symbol.dispose]: () => void (made.isOpen = false),
      });
    },
    openLoudspeaker: () => ({
      open: (level) => ({
        play: ({ sequence }) => {
          level(0.5);
          played.push(`play ${sequence}`);
        },
        [Symbol.dispose]: () => void played.push("end"),
      }),
      [Symbol.dispose]: () => void played.push("off"),
    }),
    failed: (why) => void failures.push(why),
  });
  function enter(...people: readonly PersonView[]): void {
    joined.value = { you, room: { people, seats: [] } as unknown as LiveRoom };
  }
  function arrive(track: number, sequence: number): void {
    media.value?.tracks.receive(
      encodeTrackPacket({ track, payload: encodeVoice({ sequence, opus }) }),
    );
  }
  const lists = { asked, sent, played, failures, refused, microphones };
  return { clock, voices, media, isAudible, connect, enter, arrive, ...lists };
}

Deno.test("[VOI4] nothing is sent but while the key is held", async () => {
  const { clock, voices, enter, sent, microphones } = setup();
  enter(person(you));
  voices.press();
  await clock.run(0);
  const { listener } = microphones[0]!;
  equal(microphones[0]!.talking, true);
  listener.packet(opus);
  listener.packet(opus);
  voices.release();
  listener.packet(opus);
  equal(microphones[0]!.talking, false);
  deepEqual(sent, ["0000000700007801", "0000000700017801"]);
  voices.press();
  listener.packet(opus);
  equal(sent.at(-1), "0000000700027801");
  voices[Symbol.dispose]();
});

Deno.test("[VOI4] without a room no microphone is opened", async () => {
  const { clock, voices, microphones } = setup();
  voices.press();
  await clock.run(0);
  deepEqual([microphones.length, voices.talk.value.state], [0, "off"]);
  voices[Symbol.dispose]();
});

Deno.test("[VOI4] the microphone is given back after a minute, and when the room is left", async () => {
  const { clock, voices, enter, media, microphones } = setup();
  enter(person(you));
  voices.press();
  await clock.run(0);
  voices.release();
  await clock.run(OPEN_LIMIT + 1_000);
  equal(microphones[0]!.isOpen, false);
  voices.press();
  await clock.run(0);
  media.value = undefined;
  equal(microphones[1]!.isOpen, false);
  voices[Symbol.dispose]();
});

Deno.test("[VOI4] a microphone that opens after the page has left is closed at once", async () => {
  const { clock, voices, enter, microphones } = setup();
  enter(person(you));
  voices.press();
  voices.close();
  await clock.run(0);
  deepEqual(microphones.map(({ isOpen }) => isOpen), [false]);
  voices[Symbol.dispose]();
});

Deno.test("[VOI5] a refused microphone and a refused track are reported once, and end talking", async () => {
  const without = setup({ microphone: "refused" });
  without.enter(person(you));
  without.voices.press();
  await without.clock.run(0);
  deepEqual([without.failures, without.voices.talk.value.state], [["refused"], "off"]);
  without.voices[Symbol.dispose]();

  const { clock, voices, enter, refused, failures, microphones } = setup();
  enter(person(you));
  refused.add("track.allocate");
  voices.press();
  await clock.run(0);
  deepEqual(failures, [{ code: "chat.closed", message: "No" }]);
  equal(microphones[0]!.isOpen, false);
  voices[Symbol.dispose]();
});

Deno.test("[VOI6] the voices of others are subscribed to and played, not one's own", async () => {
  const { clock, voices, enter, arrive, asked, played } = setup();
  enter(person(you, { track: 7, talking: true }), person(ben, { track: 8, talking: true }));
  await clock.run(0);
  deepEqual(asked, ["track.subscribe 8"]);
  arrive(8, 3);
  arrive(9, 3);
  deepEqual(played, ["play 3"]);
  equal(voices.levelOf(ben).value, 0.5);
  enter(person(you));
  await clock.run(0);
  deepEqual(played, ["play 3", "end"]);
  voices[Symbol.dispose]();
});

Deno.test("[VOI6] who is muted is not sent here, and everybody when all are or the sound is off", async () => {
  const { clock, voices, enter, asked, isAudible } = setup();
  enter(
    person(you),
    person(ben, { track: 8, talking: true }),
    person(cem, { track: 9, talking: true }),
  );
  const after = async (act: () => void) => {
    asked.length = 0;
    act();
    await clock.run(0);
    return [...asked];
  };
  await clock.run(0);
  deepEqual(await after(() => voices.mute(ben, { muted: true })), ["track.unsubscribe 8"]);
  deepEqual(await after(() => voices.mute(ben, { muted: false })), ["track.subscribe 8"]);
  const both = ["track.unsubscribe 9", "track.unsubscribe 8"];
  deepEqual(await after(() => void (voices.allMuted.value = true)), both);
  deepEqual((await after(() => void (voices.allMuted.value = false))).length, 2);
  deepEqual((await after(() => void (isAudible.value = false))).sort(), both.toSorted());
  voices[Symbol.dispose]();
});

Deno.test("[VOI6] a refused subscription is asked for again, once a second", async () => {
  const { clock, voices, enter, asked, refused } = setup();
  refused.add("track.subscribe");
  enter(person(you), person(ben, { track: 8, talking: false }));
  await clock.run(3_000);
  equal(asked.length, 4);
  refused.clear();
  await clock.run(5_000);
  equal(asked.length, 5);
  voices[Symbol.dispose]();
});

Deno.test("[VOI6] on a new connection everything is asked for anew, and talking ends", async () => {
  const { clock, voices, enter, media, connect, asked, microphones } = setup();
  enter(person(you), person(ben, { track: 8, talking: false }));
  voices.press();
  await clock.run(0);
  media.value = connect();
  await clock.run(0);
  deepEqual(asked.filter((each) => each === "track.subscribe 8").length, 2);
  deepEqual([voices.talk.value.state, microphones[0]!.talking], ["open", false]);
  voices.press();
  await clock.run(0);
  equal(asked.filter((each) => each === "track.allocate voice").length, 2);
  voices[Symbol.dispose]();
  equal(clock.pending, 0);
});
