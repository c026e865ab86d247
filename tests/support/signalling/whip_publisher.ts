/**
 * A program that publishes by WHIP: a werift connection that offers and sends what a test gives it, and the HTTP
 * requests.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  useNACK,
  usePLI,
} from "werift";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import type { Unit } from "../../../media/mpegts/demuxer.ts";
import { h264Payloads } from "../../../worker/sending/h264_payloads.ts";
import { until } from "../media/werift_browser.ts";

/** How often a program offers to a worker without a free place. */
const TRIES = 4;

/** Where and as whom a program publishes. */
export interface PublishAddress {
  readonly url: string;
  readonly key: string;
}

/** A publisher. */
export class WhipPublisher implements AsyncDisposable {
  readonly pc: RTCPeerConnection;
  readonly #address: PublishAddress;
  readonly #video = new MediaStreamTrack({ kind: "video" });
  readonly #audio = new MediaStreamTrack({ kind: "audio" });
  #sequence = 65_500;
  location = "";
  /** Requests for a keyframe so far. */
  keyframesAsked = 0;

  /** `profile`: the `profile-level-id` of the offer. */
  constructor(
    address: PublishAddress,
    { sound = true, profile = "42e01f" }: { sound?: boolean; profile?: string } = {},
  ) {
    this.#address = address;
    this.pc = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: "max-bundle",
      codecs: {
        video: [
          new RTCRtpCodecParameters({
            mimeType: "video/H264",
            clockRate: 90_000,
            rtcpFeedback: [useNACK(), usePLI()],
            parameters: `packetization-mode=1;profile-level-id=${profile}`,
          }),
        ],
        audio: [
          new RTCRtpCodecParameters({ mimeType: "audio/opus", clockRate: 48_000, channels: 2 }),
        ],
      },
    });
    const { sender } = this.pc.addTransceiver(this.#video, { direction: "sendonly" });
    sender.onPictureLossIndication.subscribe(() => void (this.keyframesAsked += 1));
    if (sound) this.pc.addTransceiver(this.#audio, { direction: "sendonly" });
    for (const { connection } of this.pc.iceTransports) delete connection.stunServer;
  }

  /**
   * Offers; the stream begins when the offer is answered. A worker without a free place is asked again when the answer
   * says: the place of a stream that ended a moment ago is free soon.
   */
  async publish(): Promise<Response> {
    const { url, key } = this.#address;
    const { sdp } = await this.pc.createOffer();
    void this.pc.setLocalDescription({ type: "offer", sdp });
    const headers = { "content-type": "application/sdp", authorization: `Bearer ${key}` };
    const offer = () => fetch(url, { method: "POST", headers, body: sdp });
    let response = await offer();
    for (let tries = 1; response.status === 503 && tries < TRIES; tries++) {
      console.log(`Not published yet: ${await response.text()}`);
      await sleep(systemClock, Number(response.headers.get("retry-after")) * 1_000);
      response = await offer();
    }
    if (response.status !== 201) return response;
    this.location = new URL(response.headers.get("location") ?? "", url).href;
    const answer = await response.clone().text();
    await this.pc.setRemoteDescription({ type: "answer", sdp: answer });
    await until(() => this.pc.connectionState === "connected");
    return response;
  }

  /** Sends access units, 30 a second, again and again until `over`. */
  async play(units: readonly Unit[], over: () => boolean): Promise<void> {
    const length = 3_000 * units.length;
    for (let round = 0; !over(); round++) {
      for (const { data, pts } of units) {
        if (over()) return;
        this.send(data, (pts ?? 0) + round * length);
        await sleep(systemClock, 33);
      }
    }
  }

  /** Sends one access unit. */
  send(data: Uint8Array, timestamp: number): void {
    const payloads = h264Payloads(data);
    const [{ payloadType } = { payloadType: 96 }] = this.pc.getTransceivers()[0]!.codecs;
    payloads.forEach((payload, at) => {
      const header = new RtpHeader({
        payloadType,
        sequenceNumber: this.#sequence++ & 0xffff,
        timestamp: timestamp >>> 0,
        marker: at === payloads.length - 1,
        ssrc: 1,
      });
      this.#video.writeRtp(new RtpPacket(header, Buffer.from(payload)));
    });
  }

  /** Ends the stream. */
  async leave(): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#address.key}` };
    return await fetch(this.location, { method: "DELETE", headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pc.close();
  }
}
