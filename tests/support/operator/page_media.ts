/**
 * The media end of the fleet's workers: the browser that shows the stream also offers the picture
 * (`page/fake_worker.ts`), because no process of the dashboard's tests encodes video. Offers, answers and
 * candidates pass through the real coordinator; only their last step, from the worker to its pictures, goes over
 * this socket.
 *
 * @module
 */
import { WebSocket, WebSocketServer } from "ws";
import type { Upgrade } from "../../../coordinator/listen/upgrade.ts";
import { PeerId } from "../../../protocol/ids.ts";
import type { FromWorker, ToWorker } from "../../../protocol/legs/worker_leg.ts";
import type { Order, Report } from "../page/fake_worker.ts";

type Payload<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>["payload"];

/** A worker's message to the coordinator about a peer connection, without the session. */
export type MediaReport =
  | { readonly type: "offer"; readonly offer: Omit<Payload<"webrtc.offer">, "session_id"> }
  | {
    readonly type: "candidate";
    readonly candidate: Omit<Payload<"webrtc.candidate">, "session_id">;
  };

export class PageMedia {
  readonly #server = new WebSocketServer({ noServer: true });
  #socket: WebSocket | undefined;
  /** What receives the reports about each peer connection. */
  readonly #receivers = new Map<string | undefined, (report: Report) => void>();

  /** Takes the socket that a page opens. The response is not sent. */
  accept(upgrade: Upgrade): Response {
    const { message, stream, head } = upgrade;
    upgrade.take();
    this.#server.handleUpgrade(message, stream, head, (socket) => {
      this.#socket = socket;
      this.#receivers.clear();
      socket.on("message", (data) => {
        const report = JSON.parse(String(data)) as Report;
        this.#receivers.get(report.peer)?.(report);
      });
    });
    return new Response();
  }

  /** Makes the page offer, and passes its offer and candidates to `tell` with the peer's id. */
  open(notify: (report: MediaReport) => void, peer: string): void {
    const peer_id = PeerId.parse(peer);
    this.#receivers.set(peer, (report) => {
      if (report.type === "offer") notify({ type: "offer", offer: { peer_id, sdp: report.sdp } });
      if (report.type !== "candidate") return;
      const { candidate = "", sdpMid, sdpMLineIndex } = report.candidate;
      const place = { sdp_mid: sdpMid ?? null, sdp_m_line_index: sdpMLineIndex ?? null };
      notify({ type: "candidate", candidate: { peer_id, candidate, ...place } });
    });
    this.#order({ type: "init", peer });
  }

  /** Passes the answer of the browser's player to the page. */
  take(
    { type, payload }: Extract<ToWorker, { type: "webrtc.answer" | "webrtc.candidate" }>,
  ): void {
    const peer = payload.peer_id;
    if (type === "webrtc.answer") return this.#order({ type: "answer", peer, sdp: payload.sdp });
    const { candidate, sdp_mid, sdp_m_line_index } = payload;
    if (candidate === "") return;
    const place = { sdpMid: sdp_mid ?? null, sdpMLineIndex: sdp_m_line_index ?? null };
    this.#order({ type: "candidate", peer, candidate: { candidate, ...place } });
  }

  [Symbol.dispose](): void {
    this.#socket?.close();
  }

  #order(order: Order): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(order));
  }
}
