import { deepEqual } from "node:assert/strict";
import { childEnvironment } from "../../../protocol/process/environment.ts";
import { SMALL_HEAP } from "../../../protocol/process/small_memory.ts";

Deno.test("[WRK9] a child gets what programs need of their system, and no setting and no secret", () => {
  const system = { PATH: "/bin", HOME: "/root", LANG: "C", LC_ALL: "C", DENO_CERT: "/ca.pem" };
  const rest = {
    FARPAD_WORKER_CREDENTIAL: "fpw_1",
    FARPAD_AGENT_ENROLLMENT: "snd_1.SECRET",
    FARPAD_TURN_SECRET: "secret",
    AWS_SECRET_ACCESS_KEY: "secret",
    DENO_AUTH_TOKENS: "token@host",
    path: "lower case",
  };
  deepEqual(childEnvironment({ ...system, ...rest }), { ...SMALL_HEAP, ...system });
});

Deno.test("[MEM2] the allocator's own variables of the person who starts the program are kept", () => {
  deepEqual(childEnvironment({ MALLOC_ARENA_MAX: "8" }), { ...SMALL_HEAP, MALLOC_ARENA_MAX: "8" });
});
