import { equal } from "node:assert/strict";
import fc from "fast-check";
import { plainText, toPlainText } from "../../../protocol/plain_text.ts";

Deno.test("[DEV7] a name with a control character, half a character or a direction override is refused", () => {
  const schema = plainText(40);
  for (
    const bad of [
      "\u0000",
      "\n",
      "\u001b[2J",
      "\u007f",
      "\u0085",
      "\u2028",
      "\u202e",
      "\u2066",
      "\ud800",
    ]
  ) {
    equal(schema.safeParse(`Box ${bad} 7`).success, false, JSON.stringify(bad));
  }
  for (const good of ["", "Box 7", "Kamera Süd", "صندوق", "👩‍🚒 truck", "e\u0301"]) {
    equal(schema.safeParse(good).success, true, good);
  }
});

Deno.test("[DEV7] any text can be made plain, and a plain one stays as it is", () => {
  const any = fc.string({
    unit: fc.constantFrom("a", " ", "\n", "\u202e", "\ud83d", "👩", "\u0000"),
  });
  fc.assert(fc.property(any, (text) => {
    const plain = toPlainText(text, 12);
    equal(plainText(12).safeParse(plain).success, true);
    equal(toPlainText(plain, 12), plain);
  }));
});
