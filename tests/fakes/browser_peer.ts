import type { ChannelName } from "../../protocol/control/channels.ts";
import type { CreatePeer, PeerListener } from "../../web/play/media/peer.ts";

/** One peer connection of the player; the test plays the network and the worker. */
export class FakeBrowserPeer {
  readonly listener: PeerListener;
  readonly offers: string[] = [];
  /** Offers of new paths. */
  readonly restarts: string[] = [];
  readonly candidates: string[] = [];
  readonly sent: { channel: ChannelName; bytes: Uint8Array }[] = [];
  /** Whether channels take messages. */
  open = true;
  closed = false;
  /** What `getStats` reports, and how often the sound began anew. */
  report: Record<string, unknown>[] = [];
  renewals = 0;

  constructor(listener: PeerListener) {
    this.listener = listener;
  }
}

export function createFakePeers(): {
  readonly createPeer: CreatePeer;
  readonly peers: FakeBrowserPeer[];
} {
  const peers: FakeBrowserPeer[] = [];
  return {
    peers,
    createPeer(_iceServers, listener) {
      const peer = new FakeBrowserPeer(listener);
      peers.push(peer);
      return {
        answer(offer) {
          peer.offers.push(offer);
          return Promise.resolve({ sdp: `answer to ${offer}` });
        },
        restart(offer) {
          peer.restarts.push(offer);
          return Promise.resolve({ sdp: `answer to ${offer}` });
        },
        addCandidate: ({ candidate }) => void peer.candidates.push(candidate),
        send(channel, bytes) {
          if (peer.open) peer.sent.push({ channel, bytes });
          return peer.open;
        },
        waiting: () => 0,
        stats: () => Promise.resolve(peer.report),
        renewSound: () => Promise.resolve(void peer.renewals++),
        [Symbol.dispose]() {
          peer.closed = true;
        },
      };
    },
  };
}
