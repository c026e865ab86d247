import { equal, ok } from "node:assert/strict";
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

const clusters = (text: string) =>
  [...new Intl.Segmenter().segment(text)].map((each) => each.segment);

Deno.test("[DEV7] a text that is too long is cut between the signs that people read", () => {
  equal(toPlainText("ab👩‍🚒", 6), "ab");
  equal(toPlainText("ab👩‍🚒", 7), "ab👩‍🚒");
  equal(toPlainText("abe\u0301", 3), "ab");
  equal(toPlainText("🇩🇪🇫🇷", 7), "🇩🇪");
  equal(toPlainText("नमस्ते", 4), "नम");
  equal(toPlainText("abc", 0), "");
  const any = fc.string({
    unit: fc.constantFrom(
      "a",
      "\u0301",
      "👩",
      "\u200d",
      "🚒",
      "🇩",
      "🇪",
      "\r",
      "\n",
      "각",
      "\ud83d",
      "न",
      "्",
      "\u202e",
    ),
    maxLength: 30,
  });
  fc.assert(fc.property(any, fc.integer({ min: 0, max: 20 }), (text, max) => {
    const plain = toPlainText(text, max);
    equal(plainText(max).safeParse(plain).success, true);
    const whole: string[] = [];
    let length = 0;
    for (const cluster of clusters(text)) {
      length += cluster.length;
      if (length > max) break;
      whole.push(cluster);
    }
    const expected = toPlainText(whole.join(""), Infinity);
    ok(
      whole.length > 0
        ? plain === expected
        : max - plain.length <= 1 || plain === toPlainText(text, Infinity),
    );
  }));
});

Deno.test("[DEV7] of a hostile text no more is segmented than may be kept", () => {
  const { segment } = Intl.Segmenter.prototype;
  const lengths: number[] = [];
  Intl.Segmenter.prototype.segment = function (text) {
    lengths.push(text.length);
    return segment.call(this, text);
  };
  try {
    for (const unit of ["\u0301", "👩\u200d", "🇩", "\ud83d", "a"]) {
      ok(toPlainText(unit.repeat(2_000_000), 40).length <= 40);
    }
  } finally {
    Intl.Segmenter.prototype.segment = segment;
  }
  equal(Math.max(...lengths), 42);
});
