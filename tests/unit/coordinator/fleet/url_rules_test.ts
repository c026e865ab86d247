import { equal, ok } from "node:assert/strict";
import { checkUrl, isPublicAddress } from "../../../../coordinator/fleet/url_rules.ts";
import { openBench } from "../../../support/control/bench.ts";

const names = new Map([
  ["live.example", ["203.0.114.7", "2a00:1450::1"]],
  ["rebound.example", ["203.0.114.7", "169.254.169.254"]],
  ["lan.example", ["10.9.1.1"]],
]);
const rules = {
  resolve: (host: string) => Promise.resolve(names.get(host) ?? []),
  allowed: ["10.9.0.0/16", "printer.local"],
};
const check = (url: string, schemes = ["rtmp", "srt", "https"]) =>
  checkUrl(url, { schemes, rules });

Deno.test("[URL1] public addresses may be used", async () => {
  for (
    const url of [
      "rtmp://live.example/app",
      "srt://203.0.114.7:9000?mode=caller",
      "https://live.example",
    ]
  ) {
    equal(await check(url), undefined, url);
  }
  equal(isPublicAddress("2a00:1450::1"), true);
});

Deno.test("[URL2] an address inside a private network is refused in every spelling", async () => {
  const inside = [
    "rtmp://127.0.0.1/app",
    "rtmp://127.1/app",
    "rtmp://0x7f000001/app",
    "rtmp://2130706433/app",
    "rtmp://0177.0.0.1/app",
    "rtmp://0/app",
    "rtmp://10.0.0.1/app",
    "rtmp://172.31.255.255/app",
    "rtmp://192.168.1.1:1935/app",
    "rtmp://100.64.0.1/app",
    "https://169.254.169.254/latest/meta-data",
    "rtmp://224.0.0.1/app",
    "rtmp://255.255.255.255/app",
    "srt://[::1]:9000",
    "srt://[::]:9000",
    "srt://[fd00::1]:9000",
    "srt://[fe80::1]:9000",
    "srt://[::ffff:127.0.0.1]:9000",
    "srt://[::ffff:7f00:1]:9000",
    "srt://[64:ff9b::7f00:1]:9000",
    "srt://[2002:7f00:1::]:9000",
    "rtmp://rebound.example/app",
    "rtmp://unknown.example/app",
    "rtmp://localhost/app",
  ];
  for (const url of inside) equal((await check(url))?.refusal.code, "url_forbidden", url);
});

Deno.test("[URL3] another scheme, a password or no host is refused", async () => {
  const odd = [
    "file:///etc/passwd",
    "http://live.example",
    "rtmp://user:secret@live.example/app",
    "rtmp:live.example",
    "rtmp://",
    "rtmp:// live.example",
    "rtmp://live.example/app\u0000",
    "",
  ];
  for (const url of odd) equal((await check(url))?.refusal.code, "url_forbidden", url);
});

Deno.test("[URL4] hosts and networks that the owner of the installation listed are allowed", async () => {
  equal(await check("rtmp://10.9.1.1/app"), undefined);
  equal(await check("rtmp://lan.example/app"), undefined);
  equal(await check("rtmp://printer.local/app"), undefined);
  ok(await check("rtmp://10.8.1.1/app"));
});

Deno.test("[URL5] a destination is checked when it is saved and again when it is used", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  const add = (url: string) =>
    bench.http("POST", "/api/destinations", { as, body: { name: "D", platform: "rtmp", url } });
  equal((await add("rtmp://192.168.0.1/app")).body.error.code, "url_forbidden");
  const { body } = await add("rtmp://live.example/app");
  bench.world.names.set("live.example", ["127.0.0.1"]);
  const targets = await bench.control.destinations.forWorker(body.owner_id, [body.destination_id]);
  ok("refusal" in targets && targets.refusal.code === "url_forbidden");
});
