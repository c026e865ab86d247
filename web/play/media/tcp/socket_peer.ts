/**
 * The browser's end of a media socket, in place of a peer connection: shows the ticket, reports and decodes pictures,
 * plays sound, and carries the messages of the channels.
 *
 * @module
 */
import { preciseEpoch, systemClock } from "../../../../protocol/clock.ts";
import { MAX_BUFFERED } from "../../../../protocol/control/channels.ts";
import { errorText } from "../../../../protocol/error_text.ts";
import type { SocketOffer } from "../../../../protocol/legs/webrtc.ts";
import {
  decodeToBrowser,
  encodeFromBrowser,
  type FromBrowser,
  type SocketCodec,
  type ToBrowser,
} from "../../../../protocol/media_socket/messages.ts";
import { dialBinary } from "../../../shared/socket/web_socket.ts";
import type { SeenPicture } from "../latency/picture_ages.ts";
import type { CreatePeer } from "../peer.ts";
import { SocketFigures } from "./figures.ts";
import { createPicturePlayer, type PicturePlayer } from "./picture_player.ts";
import { createSoundPlayer } from "./sound_player.ts";

/** What a media socket draws on, and whom it tells. */
export interface SocketScreen {
  readonly canvas: HTMLCanvasElement;
  /** A picture was drawn. */
  readonly shown: (seen: SeenPicture) => void;
}

/** A {@linkcode CreatePeer} that takes up one offer over a media socket. `codecs`: what this browser decodes. */
export function socketPeer(
  { url, ticket }: SocketOffer,
  { screen, codecs }: { readonly screen: SocketScreen; readonly codecs: readonly SocketCodec[] },
): CreatePeer {
  return (_iceServers, listener) => {
    const running = new DisposableStack();
    const sound = running.use(createSoundPlayer());
    let figures: SocketFigures | undefined;
    let pictures: PicturePlayer | undefined;
    let isOver = false;

    function fail(): void {
      if (!isOver) listener.failed();
    }

    function receive(bytes: Uint8Array): void {
      const message = decodeToBrowser(bytes);
      if (!message || isOver) return;
      switch (message.type) {
        case "ready":
          return begin(message.codec);
        case "channel":
          return listener.message(message.channel, message.bytes);
        case "sound":
          figures?.receivedSound(message.data.length);
          return sound.play(message);
        case "video":
          return show(message);
      }
    }

    function begin(codec: SocketCodec): void {
      const counted = figures = new SocketFigures(codec);
      pictures = running.use(createPicturePlayer({
        codec,
        canvas: screen.canvas,
        drawn: (drawn) => {
          const now = systemClock.now();
          counted.drawn(drawn, now);
          const presentedAt = preciseEpoch();
          screen.shown({
            timestamp: drawn.picture.timestamp,
            receivedAt: presentedAt - (now - drawn.receivedAt),
            presentedAt,
            // A canvas does not say when the screen shows it.
            displayedAt: undefined,
          });
        },
        broken: () => send({ type: "keyframe" }),
      }));
      listener.up();
    }

    function show(picture: Extract<ToBrowser, { type: "video" }>): void {
      send({ type: "received", number: picture.number });
      figures?.received(picture, preciseEpoch());
      const isPlayed = pictures?.play(picture, systemClock.now()) ?? true;
      if (!isPlayed) send({ type: "keyframe" });
    }

    const socket = dialBinary(url, {
      opened: () => {
        listener.path();
        send({
          type: "hello",
          codecs,
          ticket: Uint8Array.from(
            atob(ticket.replaceAll("-", "+").replaceAll("_", "/")),
            (letter) => letter.charCodeAt(0),
          ),
        });
      },
      message: receive,
      closed: fail,
      failed: (error) => {
        console.warn(`Cannot open ${url}: ${errorText(error)}`);
        // After the owner has this peer.
        queueMicrotask(fail);
      },
    });
    running.use(socket);

    function send(message: FromBrowser): boolean {
      if (socket.bufferedAmount > MAX_BUFFERED) return false;
      return socket.send(encodeFromBrowser(message));
    }

    return {
      answer: () => Promise.resolve({ error: "This connection is a media socket" }),
      restart: () => Promise.resolve({ error: "This connection is a media socket" }),
      addCandidate: () => {},
      send: (channel, bytes) => send({ type: "channel", channel, bytes }),
      waiting: () => socket.bufferedAmount,
      stats: () => Promise.resolve(figures?.report() ?? []),
      // What waits is bounded where it is played.
      renewSound: () => Promise.resolve(),
      [Symbol.dispose]() {
        isOver = true;
        running.dispose();
      },
    };
  };
}
