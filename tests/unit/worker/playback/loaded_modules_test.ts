import { deepEqual } from "node:assert/strict";
import { type Import, readFacts } from "../../../../tools/shape/facts.ts";

/** Packages that a module and all that it imports at run time load, by the first module that names them. */
function packagesOf(entry: string): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (url: URL) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const { imports } = readFacts(url.pathname, Deno.readTextFileSync(url));
    for (const { specifier, kind } of imports as readonly Import[]) {
      if (kind !== "value") continue;
      if (specifier.startsWith(".")) visit(new URL(specifier, url));
      else if (!packages.has(specifier)) packages.set(specifier, url.pathname.split("/").at(-1)!);
    }
  };
  visit(new URL(`../../../../${entry}`, import.meta.url));
  return packages;
}

Deno.test("[MEM1] the source thread loads no schemas and no more of FFmpeg's binding than it calls", () => {
  const packages = [...packagesOf("worker/playback/source_thread.ts").keys()];
  const wanted = ["jsnes", "msgpackr/index-no-eval", "node-av/constants", "node-av/lib"];
  deepEqual(packages.filter((name) => !name.startsWith("node:")).sort(), wanted);
});

Deno.test("[MEM1] a room's main isolate loads no encoder and no core", () => {
  const packages = packagesOf("worker/room/main.ts");
  const heavy = ["node-av", "node-av/lib", "node-av/constants", "jsnes"];
  deepEqual(heavy.filter((name) => packages.has(name)), []);
});

Deno.test("[MEM1] no module loads the whole of node-av", () => {
  for (
    const entry of ["worker/ingest/thread.ts", "worker/ingest/egress/main.ts", "agent/main.ts"]
  ) {
    deepEqual(packagesOf(entry).get("node-av"), undefined);
  }
});
