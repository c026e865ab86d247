/**
 * Just enough of the user leg for the dashboard's preview: it brings the page's viewer and the page's fake worker
 * (`page/fake_worker.ts`) together.
 *
 * @module
 */
import { systemClock } from "../../../protocol/clock.ts";
import { newId, PeerId, SessionId } from "../../../protocol/ids.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { fromUser, type ToUser, toUser } from "../../../protocol/legs/user_leg.ts";
import { fakeRoom, fakeWorkers, LIBRARY, SESSION } from "../fake_library.ts";
import type { Order, Report } from "../page/fake_worker.ts";

export interface FakePreview {
  accept(request: Request): Response;
  close(): void;
}

export function fakePreview(): FakePreview {
  let user: WebSocket | undefined;
  let worker: WebSocket | undefined;
  const peer_id = PeerId.parse("peer_preview");

  function say<T extends ToUser["type"]>(
    type: T,
    payload: Extract<ToUser, { type: T }>["payload"],
  ): void {
    const id = newId({ clock: systemClock, random: systemRandom });
    if (user?.readyState === WebSocket.OPEN) {
      user.send(toUser.encode({ id, type, payload } as ToUser));
    }
  }

  function order(message: Order): void {
    worker?.send(JSON.stringify(message));
  }

  function greet(room: string | null): void {
    say("session.ready", {
      session_id: SessionId.parse(SESSION),
      resume_token: "token",
      worker: { ...fakeWorkers("")[0]!, ping_url: undefined },
      ice_servers: [],
      apps: [...LIBRARY],
      room: room === null ? null : { ...fakeRoom(), room_id: room as never },
      resumed: false,
    });
  }

  function hearUser(text: string): void {
    const decoded = fromUser.decode(text);
    if (!decoded.ok) throw new Error(`The preview sent: ${decoded.refusal.message}`);
    const { message } = decoded;
    if (message.type === "webrtc.init") order({ type: "init" });
    if (message.type === "webrtc.answer") order({ type: "answer", sdp: message.payload.sdp });
    if (message.type !== "webrtc.candidate" || message.payload.candidate === "") return;
    const { candidate, sdp_mid, sdp_m_line_index } = message.payload;
    const sdpMLineIndex = sdp_m_line_index ?? null;
    order({ type: "candidate", candidate: { candidate, sdpMid: sdp_mid ?? null, sdpMLineIndex } });
  }

  function hearWorker(text: string): void {
    const report = JSON.parse(text) as Report;
    if (report.type === "offer") say("webrtc.offer", { peer_id, sdp: report.sdp });
    if (report.type === "candidate") {
      say("webrtc.candidate", {
        peer_id,
        candidate: report.candidate.candidate ?? "",
        sdp_mid: report.candidate.sdpMid ?? null,
        sdp_m_line_index: report.candidate.sdpMLineIndex ?? null,
      });
    }
  }

  return {
    accept(request) {
      const { pathname, searchParams } = new URL(request.url);
      const { socket, response } = Deno.upgradeWebSocket(request);
      if (pathname === "/ws") {
        user = socket;
        socket.onopen = () => greet(searchParams.get("room_id"));
        socket.onmessage = ({ data }) => hearUser(String(data));
      } else {
        worker = socket;
        socket.onmessage = ({ data }) => hearWorker(String(data));
      }
      return response;
    },
    close() {
      user?.close();
      worker?.close();
    },
  };
}
