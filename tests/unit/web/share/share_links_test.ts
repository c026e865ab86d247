import { deepEqual, equal } from "node:assert/strict";
import type { LinkRole } from "../../../../protocol/pass.ts";
import { createShareLinks, type ListedLink } from "../../../../web/play/share/share_links.ts";
import { rolesOf } from "../../../../web/play/share/words.ts";

type Links = ListedLink[];
type Ports = Parameters<typeof createShareLinks>[0];

/** Share links over a coordinator that answers by hand; `links` are those that work. */
function scene() {
  const links: Links = [];
  const requests: string[] = [];
  const state = { refuses: false };
  const answer = (type: string, payload: { role?: LinkRole; share_id?: string }) => {
    requests.push(type);
    if (state.refuses) return { error: { code: "too_many", message: "Enough" } };
    switch (type) {
      case "share.create": {
        const share_id = `shr_${requests.length}`;
        links.unshift({ share_id, role: payload.role!, created_at: 1 });
        return { path: `/?share=${share_id}`, share_id, expires_at: 2 };
      }
      case "share.revoke":
        links.splice(links.findIndex((link) => link.share_id === payload.share_id), 1);
        return {};
    }
    return { links: [...links] };
  };
  const socket = {
    request: (type: string, payload: object) => Promise.resolve(answer(type, payload)),
  } as unknown as Ports["socket"];
  const model = createShareLinks({ socket, publicLink: (path) => `https://farpad.test${path}` });
  return { model, links, requests, state };
}

Deno.test("[PLY45] a link is made once for each role of each room, however often it is asked for", async () => {
  const { model, requests } = scene();
  await Promise.all([model.make("room_1", "player"), model.make("room_1", "player")]);
  await model.make("room_1", "player");
  equal(requests.filter((type) => type === "share.create").length, 1);
  const own = model.own("room_1", "player");
  equal(own.state === "made" && own.url, "https://farpad.test/?share=shr_1");
  equal(model.own("room_1", "host").state, "none");
  equal(model.own("room_2", "player").state, "none");
});

Deno.test("[PLY45] a link that ended, here or elsewhere, is offered no longer", async () => {
  const { model, links } = scene();
  await model.make("room_1", "player");
  await model.make("room_1", "watcher");
  await model.revoke("room_1", links.find(({ role }) => role === "player")!.share_id);
  equal(model.own("room_1", "player").state, "none");
  equal(model.own("room_1", "watcher").state, "made");
  links.length = 0;
  await model.read("room_1");
  equal(model.own("room_1", "watcher").state, "none");
});

Deno.test("[PLY45] a refusal is kept with its reason, and the link can be made later", async () => {
  const { model, state } = scene();
  state.refuses = true;
  await model.make("room_1", "host");
  const own = model.own("room_1", "host");
  equal(own.state === "refused" && own.error.code, "too_many");
  state.refuses = false;
  await model.make("room_1", "host");
  equal(model.own("room_1", "host").state, "made");
});

Deno.test("[PLY45] the roles fit what runs: without seats nobody is asked to play", () => {
  const names = (shared: Parameters<typeof rolesOf>[0]) => rolesOf(shared).map(({ name }) => name);
  deepEqual(names({ kind: "picture" }), ["Only watch", "Be host too"]);
  deepEqual(names({ kind: "vehicle" }), ["Drive too", "Only watch", "Be host too"]);
  const seats = [{ seat: 0, name: "P1", who: "you" as const }, {
    seat: 1,
    name: "P2",
    who: "open" as const,
  }];
  equal(
    rolesOf({ kind: "game", seats })[0]!.lets,
    "The first who opens it plays as P2. Others watch until a seat is free.",
  );
});
