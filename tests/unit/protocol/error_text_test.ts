import { equal } from "node:assert/strict";
import { errorText } from "../../../protocol/error_text.ts";

Deno.test("an error's text is its message, and any other value's its own text", () => {
  equal(errorText(new RangeError("No such row")), "No such row");
  equal(errorText("The disk is full"), "The disk is full");
  equal(errorText(undefined), "undefined");
});

Deno.test("an error without a message is named", () => {
  equal(errorText(new TypeError("")), "TypeError");
});

Deno.test("the text of an error with several causes has each message once", () => {
  const refused = () => new Error("connect ECONNREFUSED");
  const several = new AggregateError([refused(), new Error("timed out"), refused()]);
  equal(errorText(several), "connect ECONNREFUSED; timed out");
});
