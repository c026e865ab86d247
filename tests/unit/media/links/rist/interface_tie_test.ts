import { equal, ok } from "node:assert/strict";
import { tieToInterface } from "../../../../../media/links/rist/interface_tie.ts";

Deno.test("[LNK7] the C library is loaded once for the process, however often a socket is tied", () => {
  const { dlopen } = Deno;
  const loaded: ReturnType<typeof dlopen>[] = [];
  const counted = (...args: Parameters<typeof dlopen>) => {
    const library = dlopen(...args);
    loaded.push(library);
    return library;
  };
  try {
    Deno.dlopen = counted as typeof dlopen;
    for (let tie = 0; tie < 10; tie++) ok(tieToInterface(1, "nowhere0")?.includes("nowhere0"));
  } finally {
    Deno.dlopen = dlopen;
    for (const library of loaded) library.close();
  }
  equal(loaded.length, 1);
});
