/**
 * A program that watches by WHEP: a werift connection that offers, and the HTTP requests.
 *
 * @module
 */
import { RTCPeerConnection, RTCRtpCodecParameters, type RtpPacket, useNACK, usePLI } from "werift";
import { FRAGMENT_TYPE, writeFragment } from "../../../protocol/sdp/fragment.ts";
import { readOffer } from "../../../protocol/sdp/offer.ts";
import { until } from "../media/werift_browser.ts";

/** A player. It keeps the packets that it receives. */
export class WhepPlayer implements AsyncDisposable {
  readonly packets: RtpPacket[] = [];
  readonly pc: RTCPeerConnection;
  readonly #url: string;
  readonly #token: string | undefined;
  offer = "";
  location = "";
  etag = "";

  constructor(url: string, { token, codec = "H264" }: { token?: string; codec?: string } = {}) {
    this.#url = url;
    this.#token = token;
    this.pc = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: "max-bundle",
      codecs: {
        video: [
          new RTCRtpCodecParameters({
            mimeType: `video/${codec}`,
            clockRate: 90_000,
            rtcpFeedback: [useNACK(), usePLI()],
            ...(codec === "H264"
              ? { parameters: "packetization-mode=1;profile-level-id=42e01f" }
              : {}),
          }),
        ],
        audio: [
          new RTCRtpCodecParameters({ mimeType: "audio/opus", clockRate: 48_000, channels: 2 }),
        ],
      },
    });
    this.pc.addTransceiver("audio", { direction: "recvonly" });
    this.pc.addTransceiver("video", { direction: "recvonly" });
    for (const { connection } of this.pc.iceTransports) delete connection.stunServer;
  }

  /** Makes the offer, and sends it; the session is entered when it is answered. */
  async watch(target: string): Promise<Response> {
    this.offer = (await this.pc.createOffer()).sdp;
    void this.pc.setLocalDescription({ type: "offer", sdp: this.offer });
    const response = await fetch(`${this.#url}/whep/${target}`, {
      method: "POST",
      headers: this.#headers({ "content-type": "application/sdp" }),
      body: this.offer,
    });
    if (response.status !== 201) return response;
    this.location = response.headers.get("location") ?? "";
    this.etag = response.headers.get("etag") ?? "";
    const sdp = await response.clone().text();
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    this.pc.dtlsTransports[0]!.onRtp.subscribe((packet) => void this.packets.push(packet));
    return response;
  }

  /** Sends candidates of the present ICE generation. */
  async trickle(
    candidates: readonly string[],
    headers: Record<string, string> = { "if-match": this.etag },
  ): Promise<Response> {
    const offer = readOffer(this.offer, "watch");
    if ("fault" in offer) throw new Error(offer.error);
    const fragment = { ice: offer.ice, candidates, isComplete: true };
    return await fetch(`${this.#url}${this.location}`, {
      method: "PATCH",
      headers: this.#headers({ "content-type": FRAGMENT_TYPE, ...headers }),
      body: writeFragment(fragment, { kind: "audio", mid: "0" }),
    });
  }

  /** Ends the session. */
  async leave(): Promise<Response> {
    const url = `${this.#url}${this.location}`;
    return await fetch(url, { method: "DELETE", headers: this.#headers({}) });
  }

  /** Waits until so many packets more have come. */
  async receives(count: number): Promise<void> {
    const wanted = this.packets.length + count;
    await until(() => this.packets.length >= wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pc.close();
  }

  #headers(own: Record<string, string>): Record<string, string> {
    return {
      ...own,
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
    };
  }
}
