import { deepEqual, equal } from "node:assert/strict";
import { startLines, workerLine } from "../../../coordinator/start_text.ts";

const setup = "a-token";

Deno.test("the start prints the address and the link of the first administrator", () => {
  const at = {
    url: "http://localhost:8000",
    host: "127.0.0.1",
    interfaces: ["192.168.1.7"],
    setup,
  };
  deepEqual(startLines(at), [
    "Farpad is at http://localhost:8000",
    "Create the first administrator: http://localhost:8000/operator/setup#token=a-token",
  ]);
});

Deno.test("the start prints the address for other machines when they can reach it", () => {
  const interfaces = ["127.0.0.1", "::1", "192.168.1.7", "fe80::1"];
  const at = { url: "https://localhost:8443", host: "0.0.0.0", interfaces, setup: undefined };
  deepEqual(startLines(at), [
    "Farpad is at https://localhost:8443",
    "Other machines reach it at https://192.168.1.7:8443",
    "Dashboard: https://localhost:8443/operator",
  ]);
});

Deno.test("a public name is printed alone", () => {
  const at = {
    url: "https://example.org/farpad",
    host: "0.0.0.0",
    interfaces: ["192.168.1.7"],
    setup: undefined,
  };
  deepEqual(startLines(at), [
    "Farpad is at https://example.org/farpad",
    "Dashboard: https://example.org/farpad/operator",
  ]);
});

Deno.test("the line of a worker counts its games and places", () => {
  equal(
    workerLine({ name: "fra-1", games: 1, places: 4, atTerminal: true }),
    "Worker fra-1 is ready: 1 game, 4 places. Ctrl-C ends Farpad.",
  );
  equal(
    workerLine({ name: "fra-1", games: 2, places: 1, atTerminal: false }),
    "Worker fra-1 is ready: 2 games, 1 place.",
  );
});
