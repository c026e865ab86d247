import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import { type ChannelName, CHANNELS } from "../../protocol/control/channels.ts";
import type {
  Answered,
  AnsweringPeer,
  PacketizedFrame,
  PeerListener,
  PeerOptions,
} from "../../worker/sending/ports.ts";

/** A peer connection without a network: a test plays the browser through `listener`. */
export class FakePeer implements AnsweringPeer {
  readonly video: PacketizedFrame[] = [];
  readonly audio: EncodedAudio[] = [];
  readonly messages: { channel: ChannelName; bytes: Uint8Array }[] = [];
  readonly candidates: string[] = [];
  /** Channels whose link takes nothing. */
  readonly full = new Set<ChannelName>();
  /** Bytes that wait in channels that take more. */
  readonly backlog = new Map<ChannelName, number>();
  codec: VideoCodec | undefined;
  disposed = false;

  constructor(readonly options: PeerOptions, readonly listener: PeerListener) {}

  offer(): Promise<string> {
    return Promise.resolve("v=0 offer");
  }

  restart(): Promise<{ sdp: string } | { error: string }> {
    return Promise.resolve(
      this.codec ? { sdp: "v=0 restart" } : { error: "Cannot restart the path: it is not up" },
    );
  }

  accept(answer: string): Promise<{ error?: string }> {
    if (answer === "garbage") {
      return Promise.resolve({ error: "Cannot take the answer: it is no SDP" });
    }
    this.codec = "h264";
    return Promise.resolve({});
  }

  answer(offer: string): Promise<Answered> {
    if (offer === "garbage") {
      this.disposed = true;
      return Promise.resolve({ error: "Cannot read the offer: it is no SDP" });
    }
    this.codec = "h264";
    return Promise.resolve({ sdp: "v=0 answer" });
  }

  addCandidate({ candidate }: { candidate: string }): Promise<{ error?: string }> {
    this.candidates.push(candidate);
    return Promise.resolve({});
  }

  sendVideo(frame: PacketizedFrame): void {
    this.video.push(frame);
  }

  sendAudio(packet: EncodedAudio): void {
    this.audio.push(packet);
  }

  send(channel: ChannelName, bytes: Uint8Array): boolean {
    const { most } = CHANNELS[channel];
    if (bytes.length > most) {
      throw new Error(`${bytes.length} bytes on ${channel}: ${most} at most`);
    }
    if (this.full.has(channel)) return false;
    this.messages.push({ channel, bytes });
    return true;
  }

  waiting(channel: ChannelName): number {
    return this.full.has(channel) ? CHANNELS[channel].buffer : this.backlog.get(channel) ?? 0;
  }

  [Symbol.dispose](): void {
    this.disposed = true;
  }
}
