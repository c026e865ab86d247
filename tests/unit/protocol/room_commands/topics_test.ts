import { equal } from "node:assert/strict";
import fc from "fast-check";
import { matches, Pattern, Topic } from "../../../../protocol/room_commands/topics.ts";

for (
  const [pattern, topic, fits] of [
    ["room.saved", "room.saved", true],
    ["room.saved", "room.loaded", false],
    ["room.*", "room.saved", true],
    ["room.*", "room", false],
    ["room.*", "room.saved.twice", false],
    ["*.saved", "room.saved", true],
    ["*", "room", true],
    ["room.**", "room.saved.twice", true],
    ["room.**", "room", false],
    ["**", "people.wave", true],
    ["people.*.left", "people.wave.left", true],
    ["people.*.left", "people.wave.right", false],
  ] as const
) {
  Deno.test(`[RCM6] ${pattern} ${fits ? "fits" : "does not fit"} ${topic}`, () => {
    equal(matches(pattern, topic), fits);
  });
}

Deno.test("[RCM6] a topic fits itself, a star for any of its words, and two for its end", () => {
  const word = fc.stringMatching(/^[a-z0-9_]{1,6}$/);
  const words = fc.array(word, { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(words, fc.nat(), (topic, at) => {
    const text = topic.join(".");
    const index = at % topic.length;
    equal(matches(text, text), true);
    equal(matches(topic.with(index, "*").join("."), text), true);
    equal(matches([...topic.slice(0, index), "**"].join("."), text), true);
    equal(matches(`${text}.x`, text), false);
  }));
});

Deno.test("[RCM6] what is no pattern or no topic is refused", () => {
  for (const text of ["", ".", "a..b", "**.a", "a*", "A", "a.**.b", "x".repeat(65), "a.***"]) {
    equal(Pattern.safeParse(text).success, false, text);
  }
  for (const text of ["*", "a.*", "**"]) {
    equal(Pattern.safeParse(text).success, true, text);
    equal(Topic.safeParse(text).success, false, text);
  }
});
