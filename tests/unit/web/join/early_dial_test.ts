import { deepEqual, equal } from "node:assert/strict";
import type { WireListener } from "../../../../protocol/connection/leg_client.ts";
import { dialEarly } from "../../../../web/play/join/early_dial.ts";
import { createFakeDial } from "../../../fakes/dial.ts";

const URL = "ws://farpad/ws?room_id=r1";

function setup() {
  const { dial, wires } = createFakeDial();
  const seen: string[] = [];
  const listener: WireListener = {
    opened: () => seen.push("opened"),
    text: (text) => seen.push(text),
    closed: (code) => seen.push(`closed ${code}`),
  };
  return { dial: dialEarly(dial, URL), wires, seen, listener };
}

Deno.test("[PLY41] the first connection is opened at once and taken over, with what came meanwhile", async () => {
  const { dial, wires, seen, listener } = setup();
  wires[0]!.far.opened();
  wires[0]!.far.text("ready");
  const wire = dial(URL, listener);
  deepEqual(seen, []);
  await Promise.resolve();
  deepEqual(seen, ["opened", "ready"]);
  wires[0]!.far.text("more");
  wire.send("init");
  deepEqual(seen, ["opened", "ready", "more"]);
  deepEqual(wires[0]!.sent, ["init"]);
  equal(wires.length, 1);
});

Deno.test("a connection that closed before it was taken over says so", async () => {
  const { dial, wires, seen, listener } = setup();
  wires[0]!.far.closed(1006);
  dial(URL, listener);
  await Promise.resolve();
  deepEqual(seen, ["closed 1006"]);
});

Deno.test("another address is dialled anew, and the first connection ends", () => {
  const { dial, wires, listener } = setup();
  dial("ws://farpad/ws", listener);
  equal(wires.length, 2);
  equal(wires[0]!.closed, true);
});

Deno.test("the second attempt is dialled anew", () => {
  const { dial, wires, listener } = setup();
  dial(URL, listener);
  dial(URL, listener);
  equal(wires.length, 2);
});

Deno.test("after its end a connection that was taken over tells nothing", async () => {
  const { dial, wires, seen, listener } = setup();
  wires[0]!.far.opened();
  dial(URL, listener).terminate();
  await Promise.resolve();
  deepEqual(seen, []);
});

Deno.test("a coordinator that sends too much before the page is loaded is dialled again", () => {
  const { dial, wires, listener } = setup();
  for (let n = 0; n < 100; n++) wires[0]!.far.text(`${n}`);
  equal(wires[0]!.closed, true);
  dial(URL, listener);
  equal(wires.length, 2);
});
