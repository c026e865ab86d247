import { equal } from "node:assert/strict";
import { mappedWords } from "../../../../web/play/controls/mapped.ts";

Deno.test("[LIB13] the help of a game shows what its map changes, in the names of the system", () => {
  equal(
    mappedWords({ a: "b", b: "a", x: "none", y: "y" }, "SNES"),
    "In this game B presses A, A presses B, X presses nothing.",
  );
  equal(mappedWords({ a: "b" }, "PC Engine"), "In this game I presses II.");
  equal(mappedWords({ a: "a" }, "SNES"), undefined);
  equal(mappedWords(undefined, "SNES"), undefined);
});
