import { deepEqual, equal, match, ok } from "node:assert/strict";
import { signal } from "@preact/signals";
import fc from "fast-check";
import { HOTKEYS } from "../../../../web/play/controls/actions.ts";
import { beginKeys, pressKey, skipKey } from "../../../../web/play/controls/key_wizard.ts";
import {
  assign,
  hotkeyOf,
  keysOf,
  padKeys,
  reserved,
  USUAL_KEYS,
  withoutKey,
} from "../../../../web/play/controls/keys.ts";
import { isForElement, runHotkey } from "../../../../web/play/controls/hotkeys.ts";
import { DEFAULT_KEYS } from "../../../../web/play/input/keyboard.ts";
import { buttonsOf } from "../../../../web/play/input/layout.ts";

Deno.test("[HND1] the usual keys press every button of the common pads, and each hotkey has one", () => {
  for (const system of ["NES", "GBA", "SNES"]) {
    equal(withoutKey(USUAL_KEYS, buttonsOf(system)), undefined);
  }
  for (const hotkey of HOTKEYS) ok(keysOf(USUAL_KEYS, hotkey).length > 0, hotkey);
  deepEqual(padKeys(USUAL_KEYS), DEFAULT_KEYS);
});

Deno.test("[HND1] the wizard takes the key that is pressed, in turn", () => {
  let wizard = beginKeys(["a", "b"], USUAL_KEYS);
  wizard = pressKey(wizard, "KeyL");
  equal(wizard.state === "asking" && wizard.at, 1);
  wizard = pressKey(wizard, "KeyK");
  equal(wizard.state, "done");
  deepEqual([keysOf(wizard.keys, "a"), keysOf(wizard.keys, "b")], [["KeyL"], ["KeyK"]]);
});

Deno.test("[HND1] a key that does something else is named, and taken when it is pressed again", () => {
  const first = pressKey(beginKeys(["a"], USUAL_KEYS), "KeyZ");
  ok(first.state === "asking");
  equal(first.why, "Z is B. Press it again to use it for A, or press another key.");
  const other = pressKey(first, "KeyM");
  ok(other.state === "asking");
  match(other.why!, /^M is Sound on and off\. /);
  const taken = pressKey(pressKey(other, "KeyZ"), "KeyZ");
  equal(taken.state, "done");
  deepEqual(keysOf(taken.keys, "a"), ["KeyZ"]);
  equal(withoutKey(taken.keys, ["a", "b"]), "B has no key.");
  equal(withoutKey({}, ["a", "b", "x"]), "A, B and X have no key.");
});

Deno.test("[HND1] keys of the page, the browser and the system are refused with a reason", () => {
  for (const code of ["Escape", "Tab", "F5", "F11", "MetaLeft", "CapsLock", ""]) {
    ok(reserved(code), code);
    const wizard = pressKey(beginKeys(["a"], USUAL_KEYS), code);
    ok(wizard.state === "asking" && wizard.why?.endsWith("Press another key."));
  }
  for (const code of ["F2", "F4", "F8", "F10", "Space", "Numpad4", "constructor"]) {
    equal(reserved(code), undefined, code);
  }
});

Deno.test("[HND2] the key for talking is V until another one is chosen, or V does something else", () => {
  deepEqual(keysOf({}, "talk"), ["KeyV"]);
  equal(hotkeyOf(USUAL_KEYS, "KeyV"), "talk");
  const other = assign(USUAL_KEYS, "talk", "KeyT");
  deepEqual(keysOf(other, "talk"), ["KeyT"]);
  equal(hotkeyOf(other, "KeyV"), undefined);
  equal(hotkeyOf(other, "KeyT"), "talk");
  const asking = pressKey(beginKeys(["a"], USUAL_KEYS), "KeyV");
  ok(asking.state === "asking");
  match(asking.why!, /^V is Talk, while held\. /);
  const taken = pressKey(asking, "KeyV");
  deepEqual([keysOf(taken.keys, "a"), keysOf(taken.keys, "talk")], [["KeyV"], []]);
});

Deno.test("[HND1] a skipped action keeps its keys, and its own key is no conflict", () => {
  const wizard = pressKey(skipKey(beginKeys(["a", "b"], USUAL_KEYS)), "KeyZ");
  deepEqual(wizard, { state: "done", keys: assign(USUAL_KEYS, "b", "KeyZ") });
  deepEqual(keysOf(wizard.keys, "a"), ["KeyX"]);
});

Deno.test("[HND1] after any assignments a key does one thing, and Escape opens the menu", () => {
  const code = fc.constantFrom("KeyA", "KeyB", "F2", "Space", "toString");
  const action = fc.constantFrom("a", "b", "pause", "menu" as const) as fc.Arbitrary<"a">;
  fc.assert(fc.property(fc.array(fc.tuple(action, code)), (steps) => {
    let keys = USUAL_KEYS;
    for (const [what, where] of steps) {
      keys = assign(keys, what, where);
      equal(keys[where], what);
      equal(Object.keys(padKeys(keys)).includes("Escape"), false);
    }
    equal(hotkeyOf(keys, "Escape"), "menu");
    equal(hotkeyOf({}, "constructor"), undefined);
  }));
});

Deno.test("[HND2] a hotkey acts for players, says why it does not for watchers, and leaves vehicles alone", () => {
  const done: string[] = [];
  const log = (what: string) => () => void done.push(what);
  const asked = (what: string) => () => Promise.resolve(void done.push(what));
  const targets = {
    commands: {
      pause: ({ paused }: { paused: boolean }) => asked(`pause ${paused}`)(),
      save: asked("save"),
      load: asked("load"),
    },
    rewind: { canGo: signal(true), press: log("rewind") },
    room: { value: { paused: false } } as never,
    toaster: { refused: (text: string) => void done.push(text) },
    toggleSound: log("sound"),
    toggleFullScreen: log("full"),
    openMenu: log("menu"),
  };
  const run = (standing: { seated: boolean; vehicle: boolean }) => {
    for (const hotkey of HOTKEYS) runHotkey(hotkey, standing, targets);
    return done.splice(0);
  };
  const page = ["sound", "full", "menu"];
  deepEqual(run({ seated: true, vehicle: false }), [
    "pause true",
    "rewind",
    "save",
    "load",
    ...page,
  ]);
  const why = "Only players pause, go back, save and load. Take a seat first.";
  deepEqual(run({ seated: false, vehicle: false }), [why, why, why, why, ...page]);
  deepEqual(run({ seated: true, vehicle: true }), page);
});

Deno.test("[HND2] what is typed into a field is no hotkey", () => {
  const element = (kind: string) => ({
    closest: (selector: string) => selector.split(", ").includes(kind) ? {} : null,
  });
  for (const kind of ["input", "textarea", "select", "[contenteditable]", "[role=textbox]"]) {
    equal(isForElement(element(kind)), true, kind);
  }
  equal(isForElement(element("div")), false);
  equal(isForElement(null), false);
  equal(isForElement({}), false);
});
