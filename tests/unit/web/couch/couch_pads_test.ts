import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { type Button, maskOf } from "../../../../protocol/control/pad.ts";
import { CouchPads, LEAVE_HOLD, OFFER_TIME } from "../../../../web/play/couch/couch_pads.ts";
import type { CouchRoom } from "../../../../web/play/couch/couch_room.ts";
import { AT_REST } from "../../../../web/play/input/pad.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup(room: CouchRoom = { further: [], open: 1 }) {
  const clock = new FakeClock();
  const said: string[] = [];
  const left: number[] = [];
  const grant: { answer: number | string } = { answer: 1 };
  let keyAt: Millis | undefined;
  const couch = new CouchPads({
    clock,
    add: () => Promise.resolve(grant.answer),
    leave: (seat) => void left.push(seat),
    say: (sentence) => void said.push(sentence),
  });
  couch.setRoom(room);
  /** Reads gamepads, each named by its number; what each holds. */
  function read(held: Record<number, readonly Button[]>, id = (index: string) => `Pad ${index}`) {
    const pads = Object.entries(held).map(([index, buttons]) => ({
      index: Number(index),
      id: id(index),
      level: { ...AT_REST, buttons: maskOf(buttons) },
    }));
    const { first, further } = couch.read(pads, keyAt);
    return [first?.buttons, ...further.map(({ seat, level }) => [seat, level.buttons])];
  }
  const key = () => void (keyAt = clock.now());
  /** Lets the second gamepad join. */
  async function join() {
    read({ 0: ["a"], 1: [] });
    read({ 0: [], 1: ["b"] });
    await couch.join();
    couch.setRoom({ further: [1], open: 2 });
  }
  return { clock, couch, said, left, grant, read, key, join };
}

const [A, B] = [maskOf(["a"]), maskOf(["b"])];

Deno.test("[CPL6] one gamepad plays the first seat, and is offered none", () => {
  const { couch, read } = setup();
  deepEqual(read({ 0: ["a"] }), [A]);
  equal(couch.offer.value, undefined);
  equal(setup().read({})[0], undefined);
});

Deno.test("[CPL6] a second gamepad that is pressed is offered the open seat; Start takes it, and then it plays it", async () => {
  const { couch, said, read } = setup();
  read({ 0: ["a"], 1: [] });
  deepEqual(read({ 0: ["a"], 1: ["b"] }), [A]);
  deepEqual(couch.offer.value, { index: 1, name: "Pad 1", seat: 1 });
  read({ 0: [], 1: [] });
  read({ 0: [], 1: ["start"] });
  await Promise.resolve();
  deepEqual(read({ 0: ["a"], 1: ["b"] }), [A, [1, B]]);
  deepEqual(said, ["Pad 1 plays as P2. Hold Select and Start to leave."]);
  equal(couch.offer.value, undefined);
  deepEqual(couch.own.value, [{ seat: 1, name: "Pad 1", plugged: true }]);
});

Deno.test("[CPL6] Select, and ten seconds, let it play the first seat, and it is not offered again", () => {
  for (const isPressed of [true, false]) {
    const { clock, couch, read } = setup();
    read({ 0: ["a"], 1: [] });
    read({ 0: [], 1: ["b"] });
    if (!isPressed) clock.advance(OFFER_TIME);
    read({ 0: [], 1: isPressed ? ["select"] : [] });
    equal(couch.offer.value, undefined);
    read({ 0: [], 1: [] });
    deepEqual(read({ 0: ["a"], 1: ["b"] }), [A | B]);
    equal(couch.offer.value, undefined);
  }
});

Deno.test("[CPL6] one that declined is offered a seat again once Start alone is held for a second", async () => {
  const { clock, couch, read } = setup();
  read({ 0: ["a"], 1: [] });
  read({ 0: [], 1: ["b"] });
  read({ 0: [], 1: ["select"] });
  const hold = (...buttons: Button[]) => {
    read({ 0: [], 1: [] });
    read({ 0: [], 1: buttons });
    clock.advance(LEAVE_HOLD - 1);
    read({ 0: [], 1: buttons });
    const early = couch.offer.value;
    clock.advance(1);
    read({ 0: [], 1: buttons });
    return [early, couch.offer.value?.seat];
  };
  deepEqual(hold("select", "start"), [undefined, undefined]);
  deepEqual(hold("a"), [undefined, undefined]);
  deepEqual(hold("start"), [undefined, 1]);
  // The same press takes nothing.
  await Promise.resolve();
  deepEqual(couch.own.value, []);
  read({ 0: [], 1: [] });
  read({ 0: [], 1: ["start"] });
  await Promise.resolve();
  deepEqual(read({ 0: [], 1: ["b"] }), [0, [1, B]]);
});

Deno.test("[CPL7] one that is not offered a seat and holds Start is answered why, once for each press", () => {
  const { clock, couch, read, said } = setup();
  read({ 0: ["a"], 1: [] });
  read({ 0: [], 1: ["b"] });
  couch.decline();
  couch.setRoom({ further: [], whyNot: "No seat is free." });
  for (let n = 0; n < 4; n++) {
    read({ 0: [], 1: ["start"] });
    clock.advance(LEAVE_HOLD);
  }
  deepEqual(said, ["No seat is free."]);
});

Deno.test("[RUM5] the gamepads that feel a seat are those that play it", async () => {
  const { couch, join } = setup();
  deepEqual([couch.plays(0, 0), couch.plays(1, 0)], [true, true]);
  await join();
  deepEqual([couch.plays(0, 0), couch.plays(0, 1)], [true, false]);
  deepEqual([couch.plays(1, 0), couch.plays(1, 1)], [false, true]);
  deepEqual([couch.isFurther(0), couch.isFurther(1)], [false, true]);
});

Deno.test("[CPL6] a gamepad beside a keyboard that is played is offered a seat; one after it is not", () => {
  const { clock, couch, read, key } = setup();
  key();
  clock.advance(500);
  read({ 0: [] });
  read({ 0: ["a"] });
  equal(couch.offer.value?.seat, 1);
  const other = setup();
  other.key();
  other.clock.advance(4_000);
  other.read({ 0: ["a"] });
  equal(other.couch.offer.value, undefined);
});

Deno.test("[CPL7] without an open seat the reason is said once; who expects none hears nothing", () => {
  const full = setup({ further: [], whyNot: "No seat is free." });
  full.read({ 0: ["a"], 1: [] });
  deepEqual(full.read({ 0: [], 1: ["b"] }), [B]);
  full.read({ 0: [], 1: [] });
  full.read({ 0: [], 1: ["b"] });
  deepEqual(full.said, ["No seat is free."]);
  const alone = setup({ further: [] });
  alone.read({ 0: ["a"], 1: [] });
  deepEqual([alone.read({ 0: [], 1: ["b"] }), alone.said], [[B], []]);
});

Deno.test("[CPL6] an offered seat that somebody else takes is offered no more, and the next open one is", () => {
  const { couch, read } = setup();
  read({ 0: ["a"], 1: [] });
  read({ 0: [], 1: ["b"] });
  couch.setRoom({ further: [] });
  read({ 0: [], 1: ["b"] });
  deepEqual(read({ 0: ["a"], 1: ["b"] }), [A | B], "it plays the first seat meanwhile");
  read({ 0: [], 1: [] });
  couch.setRoom({ further: [], open: 2 });
  read({ 0: [], 1: ["b"] });
  deepEqual(couch.offer.value, { index: 1, name: "Pad 1", seat: 2 });
});

Deno.test("[CPL6] of two gamepads that are pressed at once one is offered the seat, and the other's Start takes none", () => {
  const { couch, read, said } = setup();
  read({ 0: ["a"], 1: [], 2: [] });
  read({ 0: [], 1: ["b"], 2: ["b"] });
  equal(couch.offer.value?.index, 1);
  read({ 0: [], 1: [], 2: [] });
  read({ 0: [], 1: [], 2: ["start"] });
  equal(couch.offer.value?.index, 1);
  deepEqual(said, []);
});

Deno.test("[CPL7] a seat that the room refuses is said, and the gamepad plays the first one", async () => {
  const { couch, grant, said, read } = setup();
  grant.answer = "P2 is locked.";
  read({ 0: ["a"], 1: [] });
  read({ 0: [], 1: ["b"] });
  await couch.join();
  deepEqual(said, ["P2 is locked."]);
  deepEqual(read({ 0: ["a"], 1: ["b"] }), [A | B]);
});

Deno.test("[CPL8] Select and Start together for a second leave the seat, and press nothing until they are let go", async () => {
  const { clock, couch, left, read, join } = setup();
  await join();
  read({ 0: [], 1: ["select", "start"] });
  clock.advance(LEAVE_HOLD - 1);
  read({ 0: [], 1: ["select", "start"] });
  deepEqual(left, []);
  clock.advance(1);
  read({ 0: [], 1: ["select", "start"] });
  deepEqual(left, [1]);
  equal(couch.isShared(1), false);
  deepEqual(read({ 0: [], 1: ["select", "start"] }), [0]);
  read({ 0: [], 1: [] });
  equal(couch.isShared(1), true);
  deepEqual(read({ 0: ["a"], 1: [] }), [A]);
});

Deno.test("[CPL8] an unplugged gamepad sends nothing, and plays its seat again under another number", async () => {
  const { couch, read, join } = setup();
  await join();
  deepEqual(read({ 0: [] }), [0]);
  deepEqual(couch.own.value, [{ seat: 1, name: "Pad 1", plugged: false }]);
  const name = (index: string) => index === "3" ? "Pad 1" : "Pad 0";
  deepEqual(read({ 0: [], 3: ["b"] }, name), [0, [1, B]]);
});

Deno.test("[CPL8] a gamepad whose seat is gone says so and plays the first seat, or another one that is left over", async () => {
  const { clock, couch, said, read, join } = setup();
  await join();
  clock.advance(5_000);
  couch.setRoom({ further: [2] });
  deepEqual(read({ 0: [], 1: ["b"] }), [0, [2, B]]);
  clock.advance(5_000);
  couch.setRoom({ further: [] });
  equal(said.at(-1), "Pad 1 plays P3 no more.");
  read({ 0: [], 1: [] });
  deepEqual(read({ 0: ["a"], 1: [] }), [A]);
});

Deno.test("[CPL8] a connection that is made anew takes no seat from a gamepad; a game that is left does", async () => {
  const { clock, couch, said, read, join } = setup();
  await join();
  clock.advance(5_000);
  couch.setRoom(undefined);
  deepEqual(read({ 0: [], 1: ["b"] }), [0, [1, B]]);
  couch.setRoom({ further: [1] });
  deepEqual(read({ 0: [], 1: ["b"] }), [0, [1, B]]);
  equal(said.length, 1);
  couch.reset();
  couch.setRoom({ further: [] });
  deepEqual(read({ 0: ["a"], 1: [] }), [A]);
  equal(said.length, 1);
});

Deno.test("[CPL8] after the page was loaded anew the second gamepad goes on with its seat, unasked", () => {
  const { couch, read } = setup({ further: [1], open: 2 });
  read({ 0: ["a"], 1: [] });
  deepEqual(read({ 0: [], 1: ["b"] }), [0, [1, B]]);
  equal(couch.offer.value, undefined);
});

Deno.test("[CPL6] a gamepad that is pressed before the page knows its room is offered a seat once it does", () => {
  const { couch, said, read } = setup();
  couch.setRoom(undefined);
  read({ 0: ["a"], 1: [], 2: [] });
  read({ 0: [], 1: ["b"], 2: [] });
  read({ 0: [], 1: [], 2: ["b"] });
  deepEqual(read({ 0: [], 1: [] }), [0]);
  equal(couch.offer.value, undefined);
  couch.setRoom({ further: [], open: 1 });
  deepEqual(couch.offer.value, { index: 1, name: "Pad 1", seat: 1 });
  // The other one is gone.
  couch.decline();
  couch.setRoom({ further: [], open: 1 });
  equal(couch.offer.value, undefined);
  deepEqual(said, []);
});

Deno.test("[CPL7] one that was pressed before reads then why it gets no seat, and after a reload goes on with it", () => {
  const full = setup();
  full.couch.setRoom(undefined);
  full.read({ 0: ["a"], 1: [] });
  full.read({ 0: [], 1: ["b"] });
  full.couch.setRoom({ further: [], whyNot: "No seat is free." });
  deepEqual(full.said, ["No seat is free."]);
  const reloaded = setup();
  reloaded.couch.setRoom(undefined);
  reloaded.read({ 0: ["a"], 1: [] });
  reloaded.read({ 0: [], 1: ["b"] });
  reloaded.couch.setRoom({ further: [1], open: 2 });
  deepEqual(reloaded.read({ 0: ["a"], 1: ["b"] }), [A, [1, B]]);
});
