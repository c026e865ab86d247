import { deepEqual } from "node:assert/strict";
import { tiedPaths } from "../../../../media/links/path_ties.ts";

const FACTS = { used: "eth0", own: ["192.0.2.7"] };

Deno.test("[LNK7] a single path over the interface of the default route follows the route", () => {
  deepEqual(tiedPaths(["rist://w:1"], ["eth0"], FACTS), [{
    url: "rist://w:1",
    interface: undefined,
  }]);
  deepEqual(tiedPaths(["rist://w:1"], ["wwan0"], FACTS), [{
    url: "rist://w:1",
    interface: "wwan0",
  }]);
});

Deno.test("[LNK7] of several paths each is tied, but to a worker on the device itself", () => {
  deepEqual(
    tiedPaths(["rist://w:1", "rist://w:3", "rist://w:5"], ["eth0", "wwan0", undefined], FACTS),
    [
      { url: "rist://w:1", interface: "eth0", unlessTo: ["127.0.0.1", "::1", "192.0.2.7"] },
      { url: "rist://w:3", interface: "wwan0" },
      { url: "rist://w:5", interface: undefined },
    ],
  );
});
