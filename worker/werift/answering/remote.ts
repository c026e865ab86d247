/**
 * What the other end of a connection sends after signalling began: candidates, and feedback on the media.
 *
 * @module
 */
import type { RTCPeerConnection } from "werift";
import { errorText } from "../../../protocol/error_text.ts";
import type { PeerListener } from "../../sending/ports.ts";
import type { SentPackets } from "../../sending/rate/sent_packets.ts";
import { readRtcp } from "../../sending/rtcp_reader.ts";
import type { Sender } from "../../sending/sender.ts";
import type { Candidates } from "../answer.ts";

/** Adds a candidate of the other end, if it is useful and within the limits. `error` is a sentence. */
export async function addRemoteCandidate(
  pc: RTCPeerConnection,
  candidates: Candidates,
  candidate: string,
): Promise<{ readonly error?: string }> {
  // werift does not need the end of candidates, because the time to connect is limited.
  if (candidate === "") return {};
  const found = candidates.check(candidate);
  if (found === "too_many") {
    return { error: `Cannot add a candidate: the browser has sent too many already` };
  }
  if (found === "malformed") {
    return { error: `Cannot add the candidate "${candidate.slice(0, 80)}": it is malformed` };
  }
  if (found === "useless") return {};
  try {
    // All sections are bundled, so every candidate belongs to the transport of the first section.
    await pc.addIceCandidate({ candidate, sdpMLineIndex: 0 });
    return {};
  } catch (cause) {
    return { error: `Cannot add a candidate: ${errorText(cause)}` };
  }
}

/** Takes a decrypted RTCP datagram of the other end, while `isOpen`. */
export function takeFeedback(
  datagram: Uint8Array,
  { sender, sent, listener, videoSsrc, isOpen }: {
    readonly sender: Sender;
    readonly sent: SentPackets;
    readonly listener: PeerListener;
    readonly videoSsrc: number;
    readonly isOpen: () => boolean;
  },
): void {
  if (!isOpen()) return;
  listener.rtcpReceived();
  for (const feedback of readRtcp(datagram)) {
    switch (feedback.type) {
      case "nack":
        if (sender.resend(feedback.ssrc, feedback.lost)) listener.keyframeRequested();
        break;
      case "keyframe":
        listener.keyframeRequested();
        break;
      case "remb":
        listener.remb(feedback.bitrate);
        break;
      case "arrivals":
        listener.packets(sent.match(feedback.first, feedback.times));
        break;
      case "report":
        sender.reported(feedback);
        if (feedback.ssrc === videoSsrc) listener.loss(feedback.loss);
    }
    if (!isOpen()) return;
  }
}
