import { deepEqual, equal } from "node:assert/strict";
import { hasTag, readTags, tagsOf } from "../../../web/operator/tag/tags.ts";

Deno.test("[TAG2] tags are read from text, collected once, and a sender is shown by its tag", () => {
  deepEqual(readTags(" boats, race,, quay 3 ,"), ["boats", "race", "quay 3"]);
  deepEqual(tagsOf([{ tags: ["race"] }, {}, { tags: ["boats", "race"] }]), ["boats", "race"]);
  equal(hasTag({ tags: ["race"] }, "race"), true);
  equal(hasTag({}, "race"), false);
  equal(hasTag({}, undefined), true);
});
