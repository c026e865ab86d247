import { deepEqual, ok } from "node:assert/strict";
import { srtUrl } from "../../../../media/links/srt_url.ts";

const CALLER = { mode: "caller", latency: 120 } as const;

Deno.test("[LNK1] an address and its options become FFmpeg's words", () => {
  deepEqual(srtUrl("srt://example.org:15000", CALLER), {
    url: "srt://example.org:15000?mode=caller&latency=120000",
  });
  const sealed = { ...CALLER, passphrase: "0123456789ab", streamId: "a b&c", connectTimeout: 3000 };
  deepEqual(srtUrl("srt://[::1]:9/", sealed), {
    url: "srt://[::1]:9?mode=caller&latency=120000&passphrase=0123456789ab" +
      "&streamid=a%20b%26c&connect_timeout=3000",
  });
});

Deno.test("[LNK2] what is no SRT address is refused in words", () => {
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

Deno.test("[LNK3] a passphrase cannot bring options along, and is never told", () => {
  for (const passphrase of ["short", "x".repeat(80), "0123456789&mode=listener", "with space 12"]) {
    const found = srtUrl("srt://host:1", { ...CALLER, passphrase });
    ok("error" in found && !found.error.includes(passphrase), passphrase);
  }
});
