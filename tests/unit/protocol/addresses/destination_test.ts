import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type DestinationText,
  publicDestination,
  readDestination,
  writeDestination,
} from "../../../../protocol/addresses/destination.ts";

function read(text: DestinationText) {
  const address = readDestination(text);
  ok(!("error" in address), "error" in address ? `${text.url}: ${address.error}` : text.url);
  return address;
}

Deno.test("[EGR1] an RTMP address is read as application and stream key, without changing either", () => {
  const cases: [url: string, stream_key: string, app: string, key: string][] = [
    ["rtmp://h/app", "KEY", "app", "KEY"],
    ["rtmp://h/app/", "KEY", "app", "KEY"],
    ["rtmp://h/app/inst", "a/b c.flv", "app/inst", "a/b c.flv"],
    ["rtmp://h/app", "mp4:x?sig=%2F+#", "app", "mp4:x?sig=%2F+#"],
    ["rtmp://h/app?t=a/b", "KEY", "app?t=a/b", "KEY"],
    ["rtmp://h/app/KEY", "", "app", "KEY"],
    ["rtmp://h/app/KEY?sig=a/b#c", "", "app", "KEY?sig=a/b#c"],
    ["rtmp://h/a/b/c.mp4", "", "a/b", "c.mp4"],
    ["rtmp://h/app", "", "app", ""],
    ["rtmp://h/a/b/", "", "a/b", ""],
  ];
  for (const [url, stream_key, app, key] of cases) {
    const address = read({ url, stream_key });
    deepEqual(address, { kind: "rtmp", scheme: "rtmp", host: "h", port: undefined, app, key }, url);
    const stored = writeDestination(address);
    deepEqual(read({ url: stored, stream_key: key }), address, stored);
  }
});

Deno.test("[EGR1] an SRT address is read with stream id, passphrase and latency", () => {
  const usual = { kind: "srt", host: "h", port: 9000, latency: 200 };
  const none = { streamId: undefined, passphrase: undefined };
  deepEqual(read({ url: "srt://h:9000/?mode=caller" }), { ...usual, ...none });
  deepEqual(read({ url: "srt://h:9000?latency=60" }), { ...usual, ...none, latency: 60 });
  const typed = "srt://h:9000?streamid=#!::r=live/x y,m=publish&passphrase=a+b#c 1234%";
  const address = read({ url: typed });
  deepEqual(address, {
    ...usual,
    streamId: "#!::r=live/x y,m=publish",
    passphrase: "a+b#c 1234%",
  });
  const encoded = "srt://h:9000?streamid=%23!%3A%3Ar%3D1&passphrase=0123%26456%2B789";
  deepEqual(read({ url: encoded }), { ...usual, streamId: "#!::r=1", passphrase: "0123&456+789" });
  const apart = read({ url: "srt://h:9000", stream_key: "a%20+#", passphrase: "0123456789%41" });
  deepEqual(apart, { ...usual, streamId: "a%20+#", passphrase: "0123456789%41" });
  equal(writeDestination(address), "srt://h:9000");
});

Deno.test("[EGR2] what cannot be sent to is refused with the reason, and shows no secret", () => {
  const refused: [DestinationText, RegExp][] = [
    [{ url: "http://h/SECRET" }, /kind "http"/],
    [{ url: "SECRET" }, /must begin with/],
    [{ url: "rtmp://" }, /must begin with/],
    [{ url: "rtmp://h" }, /no application/],
    [{ url: "rtmp://u:SECRET@h/app" }, /user name or password/],
    [{ url: "rtmp://h:99999/SECRET" }, /no readable host/],
    [{ url: `rtmp://h/${"a".repeat(128)}`, stream_key: "SECRET" }, /longer than 127 bytes/],
    [{ url: "rtmp://h/app", stream_key: "SECRET\n" }, /control character/],
    [{ url: "rtmp://h/app", stream_key: "SECRET\ud800" }, /control character/],
    [{ url: "rtmp://h/app", passphrase: "SECRET-0123" }, /no passphrase/],
    [{ url: "srt://h?passphrase=SECRET" }, /no port/],
    [{ url: "srt://h:1/SECRET" }, /path/],
    [{ url: "srt://h:1?passphrase=SECRET" }, /10 to 79 bytes, not 6/],
    [{ url: "srt://h:1?passphrase=0123456789&SECRET" }, /%26/],
    [{ url: "srt://h:1?passphrase=0123456789&SEC=RET" }, /%26/],
    [{ url: "srt://h:1?mode=listener" }, /not mode/],
    [{ url: "srt://h:1?latency=200000" }, /20 to 30000 milliseconds/],
    [{ url: "srt://h:1?streamid=SECRET", stream_key: "SECRET" }, /and apart/],
    [{ url: "srt://h:1?streamid=SECRET&streamid=SECRET" }, /twice/],
    [{ url: "srt://h:1", stream_key: "S".repeat(513) }, /longer than 512 bytes/],
  ];
  for (const [text, reason] of refused) {
    const found = readDestination(text);
    match("error" in found ? found.error : "", reason, text.url);
    ok(!JSON.stringify(found).includes("SECRET"), text.url);
  }
});

Deno.test("[EGR3] of an address only the host is shown", () => {
  equal(
    publicDestination("rtmp://live.example.org:1936/app/SECRET"),
    "rtmp://live.example.org:1936",
  );
  equal(publicDestination("srt://[::1]:9?passphrase=SECRET-0123"), "srt://[::1]:9");
  equal(publicDestination("SECRET"), "a destination");
});

Deno.test("[ADR3] any key, stream id and passphrase is read byte for byte and is in no public form", () => {
  const sign = fc.oneof(
    fc.constantFrom(..."/#?@:%+&= '\"\\|[]"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  );
  const secret = fc.string({ unit: sign, minLength: 12, maxLength: 18 })
    .filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(fc.property(secret, secret, (stream_key, passphrase) => {
    const rtmp = read({ url: "rtmp://h/app", stream_key });
    equal(rtmp.kind === "rtmp" && rtmp.key, stream_key);
    ok(!writeDestination(rtmp).includes(stream_key));
    if (new TextEncoder().encode(passphrase).length > 79) return;
    for (
      const text of [
        { url: "srt://h:1", stream_key, passphrase },
        {
          url: `srt://h:1?streamid=${encodeURIComponent(stream_key)}` +
            `&passphrase=${encodeURIComponent(passphrase)}`,
        },
      ]
    ) {
      const srt = read(text);
      deepEqual(srt.kind === "srt" && [srt.streamId, srt.passphrase], [stream_key, passphrase]);
      equal(writeDestination(srt), "srt://h:1");
      equal(publicDestination(text.url), "srt://h:1");
    }
  }));
});

Deno.test("[ADR3] any text is read or refused, never thrown at", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("rtmp://", "srt://h:1?", ""),
      (text, start) => {
        const found = readDestination({ url: start + text });
        ok("kind" in found || found.error.startsWith("Cannot send"));
      },
    ),
  );
});
