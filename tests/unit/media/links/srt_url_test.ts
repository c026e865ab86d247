import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { srtUrl } from "../../../../media/links/srt_url.ts";
import { teeOutput } from "../../../../media/links/tee_output.ts";

const CALLER = { mode: "caller", latency: 120 } as const;

Deno.test("[LNK1] an address and its options become FFmpeg's URL", () => {
  deepEqual(srtUrl("srt://example.org:15000", CALLER), {
    url: "srt://example.org:15000?mode=caller&latency=120000",
  });
  const sealed = { ...CALLER, passphrase: "0123456789+#", streamId: "a b&c", connectTimeout: 3000 };
  deepEqual(srtUrl("srt://[::1]:9/", sealed), {
    url: "srt://[::1]:9?mode=caller&latency=120000&passphrase=0123456789%2B%23" +
      "&streamid=a%20b%26c&connect_timeout=3000",
  });
});

Deno.test("[LNK2] a text that is not an SRT address is refused with a sentence", () => {
  const wrong = [
    "",
    "srt://host",
    "srt://host:0",
    "srt://host:70000",
    "udp://host:1",
    "srt://a b:1",
  ];
  for (const address of [...wrong, "srt://host:15000?mode=listener"]) {
    const found = srtUrl(address, CALLER);
    ok("error" in found && found.error.includes(address), address);
  }
});

Deno.test("[LNK3] a passphrase that SRT does not allow is refused, and the error does not contain it", () => {
  for (const passphrase of ["short", "x".repeat(80), "\u00e9".repeat(40), "0123456789\n"]) {
    const found = srtUrl("srt://host:1", { ...CALLER, passphrase });
    ok("error" in found && !found.error.includes(passphrase), passphrase);
  }
});

Deno.test("[LNK3] a passphrase and a stream id cannot add options", () => {
  const secret = fc.string({
    unit: fc.constantFrom(..."ab&=+%#? /\u00e9"),
    minLength: 10,
    maxLength: 20,
  });
  fc.assert(fc.property(secret, secret, (passphrase, streamId) => {
    const found = srtUrl("srt://host:1", { ...CALLER, passphrase, streamId });
    const url = "url" in found ? found.url : "";
    const query = url.slice(url.indexOf("?") + 1).split("&").map((part) => part.split("="));
    deepEqual(query.map(([name]) => name), ["mode", "latency", "passphrase", "streamid"]);
    deepEqual(query.slice(2).map(([, value]) => decodeURIComponent(value!)), [
      passphrase,
      streamId,
    ]);
  }));
});

Deno.test("[LNK4] options of an output are escaped twice, because tee reads them twice", () => {
  equal(
    teeOutput({ format: "flv", url: "rtmp://h/", options: { key: "a:b c|d" } }),
    String.raw`\[f\=flv\:key\=a\\\:b\\\ c\\\|d\]rtmp\://h/`,
  );
});
