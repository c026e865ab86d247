import { deepEqual, equal, ok } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { levelOf } from "../../../../web/play/voice/level.ts";
import {
  OPEN_LIMIT,
  stepTalk,
  TALK_LIMIT,
  type TalkEvent,
  type TalkState,
} from "../../../../web/play/voice/talk.ts";
import { faultSentence, microphoneFault, whyNoVoice } from "../../../../web/play/voice/words.ts";

const OFF: TalkState = { state: "off" };

/** The states that follow from events at one time. */
function states(events: readonly TalkEvent[], from: TalkState = OFF, now = 0): string[] {
  const passed: string[] = [];
  let state = from;
  for (const event of events) {
    state = stepTalk(state, event, now as Millis);
    passed.push(state.state);
  }
  return passed;
}

Deno.test("[VOI4] the first press opens the microphone, and talks if it is still held", () => {
  deepEqual(states(["press", "opened", "release", "press"]), [
    "opening",
    "talking",
    "open",
    "talking",
  ]);
  deepEqual(states(["press", "release", "opened", "press"]), [
    "opening",
    "opening",
    "open",
    "talking",
  ]);
});

Deno.test("[VOI4] in every state the end of the microphone, or of the room, ends talking", () => {
  for (const path of [["press"], ["press", "opened"], ["press", "release", "opened"]] as const) {
    equal(states([...path, "closed"]).at(-1), "off");
  }
  deepEqual(states(["release", "opened", "tick", "closed"]), ["off", "off", "off", "off"]);
});

Deno.test("[VOI4] the microphone is given back after a minute without talking", () => {
  const open: TalkState = { state: "open", since: 0 as Millis };
  equal(stepTalk(open, "tick", OPEN_LIMIT - 1 as Millis), open);
  deepEqual(stepTalk(open, "tick", OPEN_LIMIT as Millis), OFF);
});

Deno.test("[VOI4] a key that stays down for two minutes is taken to be stuck", () => {
  const talking: TalkState = { state: "talking", since: 0 as Millis };
  equal(stepTalk(talking, "tick", TALK_LIMIT - 1 as Millis), talking);
  equal(stepTalk(talking, "tick", TALK_LIMIT as Millis).state, "open");
});

Deno.test("a meter is empty at silence and full below the loudest", () => {
  equal(levelOf(new Float32Array(960)), 0);
  equal(levelOf(new Float32Array(0)), 0);
  const sine = (peak: number) => Float32Array.from({ length: 960 }, (_, n) => peak * Math.sin(n));
  equal(levelOf(sine(0.9)), 1);
  const soft = levelOf(sine(0.02));
  ok(soft > 0.2 && soft < 0.7, `${soft}`);
});

Deno.test("[VOI5] each lack of this browser, and each refusal, has a sentence of its own", () => {
  const all = { isSecure: true, hasMicrophone: true, hasEncoder: true };
  equal(whyNoVoice(all), undefined);
  equal(whyNoVoice({ ...all, isSecure: false, hasMicrophone: false }), "insecure");
  equal(whyNoVoice({ ...all, hasMicrophone: false }), "missing");
  equal(whyNoVoice({ ...all, hasEncoder: false }), "no_encoder");
  equal(microphoneFault(new DOMException("", "NotAllowedError")), "refused");
  equal(microphoneFault(new DOMException("", "NotFoundError")), "missing");
  equal(microphoneFault(new DOMException("", "NotReadableError")), "busy");
  equal(microphoneFault("?"), "busy");
  const sentences =
    (["insecure", "no_encoder", "no_decoder", "refused", "missing", "busy"] as const)
      .map(faultSentence);
  equal(new Set(sentences).size, sentences.length);
});
