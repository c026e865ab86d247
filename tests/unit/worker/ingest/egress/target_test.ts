import { deepEqual, equal, ok } from "node:assert/strict";
import { publicAddress, readTarget } from "../../../../../worker/ingest/egress/target.ts";

Deno.test("[EGR1] RTMP and SRT addresses are read, with what SRT says in its query", () => {
  deepEqual(readTarget("rtmps://live.example.org/app/KEY-1"), {
    kind: "rtmp",
    url: "rtmps://live.example.org/app/KEY-1",
  });
  deepEqual(
    readTarget(
      "srt://live.example.org:9000?streamid=%23!::r=box&passphrase=0123456789&latency=500",
    ),
    {
      kind: "srt",
      url: "srt://live.example.org:9000",
      streamId: "#!::r=box",
      passphrase: "0123456789",
      latency: 500,
    },
  );
});

Deno.test("[EGR1] a latency that makes no sense gives way to the usual one", () => {
  for (const latency of ["0", "-5", "x", "99999999"]) {
    const found = readTarget(`srt://h:1?latency=${latency}`);
    equal("latency" in found && found.latency, 200);
  }
});

Deno.test("[EGR2] nothing else can be sent to: no files, no pipes, no programs", () => {
  for (
    const url of ["file:///etc/passwd", "pipe:1", "http://h/x", "/tmp/x", "", "rtmp://", "concat:a"]
  ) {
    ok("error" in readTarget(url), url);
  }
});

Deno.test("[EGR3] what is told of a destination holds neither path, key nor passphrase", () => {
  equal(
    publicAddress("rtmp://user:pw@live.example.org:1935/app/SECRET"),
    "rtmp://live.example.org:1935",
  );
  equal(publicAddress("srt://h:1?passphrase=SECRET"), "srt://h:1");
  equal(publicAddress("SECRET"), "a destination");
  const refused = readTarget("http://h/SECRET");
  ok("error" in refused && !refused.error.includes("SECRET"));
});
