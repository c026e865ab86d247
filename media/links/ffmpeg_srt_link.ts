/**
 * A link over one SRT path through FFmpeg, which takes no system library. FFmpeg does not pass libsrt's measurements
 * on, so round trip and loss are unknown, and it cannot tie the path to a network interface.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FFmpegError, IOContext } from "node-av/lib";
import { AVIO_FLAG_WRITE } from "node-av/constants";
import type { LinkFigures, OpenLink, SendingLink } from "./ports.ts";
import { srtUrl } from "./srt_url.ts";
import { silenceFfmpeg } from "../ffmpeg_log.ts";

/** How long one attempt to reach the other side may take, in milliseconds. */
const CONNECT_LIMIT = 3_000;

/**
 * Makes the function that opens SRT links as caller, through FFmpeg. `usedInterface`: that of the default route, by
 * which a link leaves without being tied to it.
 */
export function createFfmpegSrtOpener(usedInterface?: string): OpenLink {
  return async ({ url, interface: wanted, passphrase, streamId, latency }) => {
    if (wanted !== undefined && wanted !== usedInterface) {
      return { error: `Cannot send over ${wanted}: FFmpeg does not tie a link to an interface` };
    }
    const address = srtUrl(url, {
      ...{ passphrase, streamId, latency },
      mode: "caller",
      connectTimeout: CONNECT_LIMIT,
    });
    if ("error" in address) return address;
    silenceFfmpeg();
    const io = new IOContext();
    const opened = await io.open2(address.url, AVIO_FLAG_WRITE);
    if (opened < 0) {
      const limit = CONNECT_LIMIT / 1000;
      return { error: `Cannot reach ${url}: no answer within ${limit} s, or another passphrase` };
    }
    return new SrtLink(io, url);
  };
}

class SrtLink implements SendingLink {
  readonly #io: IOContext;
  readonly #url: string;
  #sentBytes = 0;
  /** The native handle must not be closed while a thread sends through it. */
  #sending: Promise<void> = Promise.resolve();
  #closed = false;
  readonly #broken = Promise.withResolvers<string>();

  constructor(io: IOContext, url: string) {
    this.#io = io;
    this.#url = url;
  }

  get broken(): Promise<string> {
    return this.#broken.promise;
  }

  get figures(): LinkFigures {
    return { sentBytes: this.#sentBytes, paths: [{ sentBytes: this.#sentBytes }] };
  }

  async send(packets: Uint8Array): Promise<{ readonly error?: string }> {
    if (this.#closed) return { error: `Cannot send to ${this.#url}: the link is closed` };
    this.#sending = this.#write(packets);
    await this.#sending;
    if (this.#io.error < 0) {
      const error = `The link to ${this.#url} broke: ${FFmpegError.strerror(this.#io.error)}`;
      this.#broken.resolve(error);
      return { error };
    }
    this.#sentBytes += packets.length;
    return {};
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sending.finally(() => this.#io.closep());
  }

  async #write(packets: Uint8Array): Promise<void> {
    await this.#io.write(Buffer.from(packets));
    await this.#io.flush();
  }
}
