import { deepEqual, equal, match } from "node:assert/strict";
import fc from "fast-check";
import { readHttp, writeHttp } from "../../../../protocol/addresses/http.ts";

const written = (text: string) => {
  const address = readHttp(text);
  return "error" in address ? address.error : writeHttp(address);
};

Deno.test("[URL3] an address of HTTP is written anew from its parts", () => {
  const cases = [
    ["https://hook.example", "https://hook.example/"],
    ["HTTPS://Hook.Example:8443/a/../b?x=1&y=ü", "https://hook.example:8443/b?x=1&y=%C3%BC"],
    ["http://[2001:DB8::1]:80/x", "http://[2001:db8::1]:80/x"],
    ["http://0x7f000001/", "http://127.0.0.1/"],
    ["https://hook.example?x", "https://hook.example/?x"],
    ["https://hook.example//evil.example/", "https://hook.example//evil.example/"],
  ];
  for (const [text, expected] of cases) equal(written(text!), expected);
});

Deno.test("[URL3] backslashes, user names, spaces, control characters and other schemes are refused", () => {
  const odd: readonly [string, RegExp][] = [
    ["file:///etc/passwd", /must begin with https/],
    ["javascript:alert(1)", /must begin with https/],
    ["https:hook.example", /must begin with https/],
    ["", /must begin with https/],
    ["https://evil.example\\@hook.example/", /backslash/],
    ["https://hook.example\\evil", /backslash/],
    ["https://hook.example/\u0000", /control character/],
    ["https://hook.example/a\r\nx-evil: 1", /control character/],
    ["https:// hook.example", /space/],
    ["https://user:secret@hook.example/", /user name or password/],
    ["https://evil.example%2f@hook.example/", /user name or password/],
    ["https://hook.example:99999/", /no readable host/],
    ["https://hook.example:80:80/", /no readable host/],
    ["https://[::1/", /no readable host/],
    ["https:///x", /no readable host/],
    ["https://hook.example/#x", /holds a #/],
    ["https://evil.example#@hook.example/", /holds a #/],
  ];
  for (const [text, why] of odd) {
    match(written(text), why, text);
    equal(written(text).includes("secret"), false);
  }
});

Deno.test("[URL3] whatever is typed, every program reads the written address as it was checked", () => {
  const part = fc.constantFrom(
    "https://",
    "@",
    ":",
    "/",
    "\\",
    "?",
    "#",
    "[::1]",
    "evil.example",
    "%2f",
    ".",
    "1",
    "é",
  );
  const typed = fc.array(part, { maxLength: 8 }).map((parts) => `https://${parts.join("")}`);
  fc.assert(
    fc.property(fc.oneof(typed, fc.webUrl(), fc.string()), (text) => {
      const address = readHttp(text);
      if ("error" in address) return;
      const url = new URL(writeHttp(address));
      deepEqual([url.hostname.replace(/^\[|\]$/g, ""), url.username, url.hash], [
        address.host,
        "",
        "",
      ]);
      deepEqual(readHttp(writeHttp(address)), address);
    }),
    { numRuns: 500 },
  );
});
