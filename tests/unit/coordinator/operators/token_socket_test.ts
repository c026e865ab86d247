import { deepEqual, equal, ok } from "node:assert/strict";
import { CLOSE } from "../../../../protocol/close.ts";
import type { Person } from "../../../support/control/bench.ts";
import { openScene } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";

const DAY = 24 * 3_600_000;

type Scene = Awaited<ReturnType<typeof openScene>>;

async function mint({ bench }: Scene, as: Person, { scope = "read", days = 30 } = {}) {
  const body = { name: "Reader", scope, days };
  const { item, token } = (await bench.http("POST", "/api/auth/tokens", { as, body })).body;
  return { id: item.token_id as string, token: token as string };
}

/** A program that presents a token and subscribes to the senders. */
async function listen({ bench }: Scene, token: string) {
  const { wire, served } = bench.operatorSocket();
  const send = (type: string, payload: unknown) =>
    served.text(JSON.stringify({ id: type, type, payload }));
  send("auth.login", { token });
  const login = (await wire.next("auth.login.response")).payload;
  send("subscribe", { topics: ["senders"] });
  await wire.next("subscribe.response");
  return { wire, login, send };
}

Deno.test("[TOK8] a program subscribes with a token that may read, and sees its user's fleet alone", async () => {
  using scene = await openScene();
  const { bench, admin, id } = scene;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const own = await listen(scene, (await mint(scene, admin)).token);
  const other = await listen(scene, (await mint(scene, operator)).token);
  equal(own.login.user.role, "viewer");
  const sendersOf = ({ wire }: typeof own) =>
    wire.messages.filter(({ type }) => type === "snapshot")
      .flatMap(({ payload }) =>
        payload.senders.map((each: { sender_id: string }) => each.sender_id)
      );
  deepEqual([sendersOf(own), sendersOf(other)], [[id], []]);
});

Deno.test("[TOK8] the socket of a token that is revoked is closed at once, and that of another one is not", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const [one, two] = [await mint(scene, admin), await mint(scene, admin)];
  const [gone, kept] = [await listen(scene, one.token), await listen(scene, two.token)];
  await bench.http("DELETE", `/api/auth/tokens/${one.id}`, { as: admin });
  await settle();
  deepEqual([gone.wire.closed?.code, kept.wire.closed], [CLOSE.unauthenticated, undefined]);
});

for (const change of [{ disabled: true }, { role: "viewer" }]) {
  Deno.test(`[TOK8] the socket of a token is closed when its user is changed to ${JSON.stringify(change)}`, async () => {
    using scene = await openScene();
    const { bench, admin } = scene;
    const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
    const reader = await listen(scene, (await mint(scene, operator)).token);
    await bench.http("PATCH", `/api/users/${operator.user_id}`, { as: admin, body: change });
    await settle();
    equal(reader.wire.closed?.code, CLOSE.unauthenticated);
  });
}

Deno.test("[TOK8] the socket of a token closes when the token expires, however often it is presented", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const { token } = await mint(scene, admin, { days: 1 });
  await bench.clock.run(DAY - 60_000);
  const reader = await listen(scene, token);
  equal(reader.login.expires_at - bench.clock.epoch() <= 60_000, true);
  reader.send("auth.login", { token });
  await settle();
  await bench.clock.run(61_000);
  equal(reader.wire.closed?.code, CLOSE.unauthenticated);
});

Deno.test("[TOK8] a token of another user does not take over a socket", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const reader = await listen(scene, (await mint(scene, operator)).token);
  reader.send("auth.login", { token: (await mint(scene, admin)).token });
  await settle();
  ok(reader.wire.closed);
});
