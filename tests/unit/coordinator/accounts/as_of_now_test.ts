import { equal } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import { UserId } from "../../../../protocol/ids.ts";
import { openBench } from "../../../support/control/bench.ts";
import { settle } from "../../../support/control/settle.ts";
import { until } from "../../../support/waiting/waiting.ts";

Deno.test("[PAS25] a user who is read while the role changes is signed in with the new role", async () => {
  const store = createMemoryStore();
  using bench = await openBench({ store });
  const admin = await bench.admin();
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const { authenticate, users } = bench.control;
  const from = { address: "198.51.100.7", userAgent: "test" };
  const by = (await authenticate(admin.token, from))!;

  // What is read of the operator first comes late.
  const { get } = store.users;
  const late = Promise.withResolvers<void>();
  let isHeld = false;
  store.users.get = async (id) => {
    const row = await get.call(store.users, id);
    if (id !== operator.user_id || isHeld) return row;
    isHeld = true;
    await late.promise;
    return row;
  };
  const signingIn = authenticate(operator.token, from);
  await until("the operator is being read", () => isHeld);
  await users.change(by, UserId.parse(operator.user_id), { role: "viewer" });
  await settle();
  late.resolve();
  equal((await signingIn)?.user.role, "viewer");
});
