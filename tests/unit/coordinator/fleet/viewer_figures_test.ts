import { deepEqual, equal } from "node:assert/strict";
import {
  type SessionsInRoom,
  ViewersFigures,
} from "../../../../coordinator/fleet/viewer_figures.ts";
import type { Session } from "../../../../coordinator/domain/player_session.ts";
import { RoomId, Seat, SessionId } from "../../../../protocol/ids.ts";
import {
  VIEWER_FIGURES_LEAST,
  type ViewerFigures,
} from "../../../../protocol/legs/viewer_figures.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const ROOM = RoomId.parse("room_1");

function session(name: string, change: Partial<Session> = {}): Session {
  const session_id = SessionId.parse(name);
  return { session_id, connection: undefined, wish: {}, room: ROOM, ...change } as Session;
}

function figures(median: number): ViewerFigures {
  return { over_tcp: false, age: { median_ms: median, p95_ms: median }, stages: {}, freezes: 0 };
}

function setup(...inside: Session[]) {
  const clock = new FakeClock();
  const sessions: SessionsInRoom = { inRoom: (room) => room === ROOM ? inside : [] };
  return { clock, viewers: new ViewersFigures({ clock, sessions }) };
}

Deno.test("[LAT9] the newest report of each viewer is listed with the time it came, players first", () => {
  const player = session("ses_2");
  const watcher = session("ses_1");
  const preview = session("ses_3", { wish: { preview: "yes" } });
  const { clock, viewers } = setup(watcher, preview, player);
  const room = {
    room_id: ROOM,
    seats: [{ seat: Seat.parse(0), session_id: player.session_id, connected: true }],
  };
  viewers.take(player, figures(20));
  clock.advance(5_000);
  viewers.take(player, figures(30));
  viewers.take(watcher, figures(40));
  deepEqual(viewers.ofRoom(room), [
    {
      session_id: player.session_id,
      connected: false,
      seat: 0,
      figures: { at: clock.epoch(), ...figures(30) },
    },
    {
      session_id: watcher.session_id,
      connected: false,
      figures: { at: clock.epoch(), ...figures(40) },
    },
    { session_id: preview.session_id, connected: false, preview: true },
  ]);
});

Deno.test("[LAT9] a report that comes too soon, and one from outside a room, is dropped", () => {
  const player = session("ses_1");
  const lobby = session("ses_2", { room: undefined });
  const { clock, viewers } = setup(player, lobby);
  const median = (at: number) =>
    viewers.ofRoom({ room_id: ROOM, seats: [] })[at]?.figures?.age?.median_ms;
  viewers.take(player, figures(20));
  clock.advance(VIEWER_FIGURES_LEAST - 1);
  viewers.take(player, figures(30));
  viewers.take(lobby, figures(40));
  equal(median(0), 20);
  equal(median(1), undefined);
  clock.advance(1);
  viewers.take(player, figures(30));
  equal(median(0), 30);
});
