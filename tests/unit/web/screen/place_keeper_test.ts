import { signal } from "@preact/signals";
import { deepEqual, equal } from "node:assert/strict";
import type { SessionMessage } from "../../../../web/play/join/connection.ts";
import { PlaceKeeper } from "../../../../web/play/screen/place_keeper.ts";
import type { SessionState } from "../../../../web/play/join/session_state.ts";

const PLAYING: SessionState = {
  ...{ state: "playing", target: {}, init: 1, frozenSince: undefined },
  since: 0 as never,
};
const WANTED: SessionMessage = {
  ...{ id: "x", type: "session.place_wanted", payload: { ends_at: 1_000 } },
};

function setup() {
  const sent: boolean[] = [];
  const online = signal(true);
  const state = signal<SessionState>({ state: "lobby", init: 0 });
  const send = (_: string, payload: object) =>
    sent.push((payload as { hidden: boolean }).hidden) > 0;
  const keeper = new PlaceKeeper({
    ...{ connection: { socket: { send }, online }, state, hidden: false },
  });
  return { keeper, sent, online, state };
}

Deno.test("[SES18] the page says when its player does not see a game any more, and when again", () => {
  const { keeper, sent, state } = setup();
  keeper.setVisible({ visible: false });
  deepEqual(sent, []);
  state.value = PLAYING;
  keeper.setVisible({ visible: true });
  keeper.setVisible({ visible: true });
  deepEqual(sent, [true, false]);
});

Deno.test("[SES18] it says so again after a new connection", () => {
  const { keeper, sent, state, online } = setup();
  state.value = PLAYING;
  keeper.setVisible({ visible: false });
  online.value = false;
  online.value = true;
  deepEqual(sent, [true, true]);
});

Deno.test("[SES18] a warning holds while the page is hidden, and a page that is seen takes none", () => {
  const { keeper, state } = setup();
  state.value = PLAYING;
  keeper.receive(WANTED);
  equal(keeper.endsAt.value, undefined);
  keeper.setVisible({ visible: false });
  keeper.receive(WANTED);
  equal(keeper.endsAt.value, 1_000);
  keeper.setVisible({ visible: true });
  equal(keeper.endsAt.value, undefined);
});
