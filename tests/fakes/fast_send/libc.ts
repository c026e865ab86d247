import { ERRNO, MESSAGE_SIZE, type TrialLibc } from "../../../worker/fast_send/libc.ts";

/** A datagram that was sent: through which descriptor, to which address, and its bytes. */
export interface SentDatagram {
  readonly descriptor: number;
  readonly to: readonly number[];
  readonly bytes: readonly number[];
}

interface Socket {
  readonly name: Uint8Array;
  readonly type: number;
}

/**
 * The calls of the C library without a system: descriptors are numbers of a table, and what would be sent is read from
 * the memory that the call names.
 */
export class FakeLibc implements TrialLibc {
  /** Open descriptors; two that are the same socket share the object. */
  readonly open = new Map<number, Socket>();
  readonly sent: SentDatagram[] = [];
  /** How many datagrams each message held, by call. */
  readonly calls: number[][] = [];
  /** The answer to the message that is about to be sent: an error number, or 0. */
  fault: (message: { readonly segments: number; readonly index: number }) => number = () => 0;
  /** Most descriptors that are open at the same time. */
  limit = Infinity;
  /** Called before a descriptor is duplicated: what another thread does meanwhile. */
  meanwhile: (() => void) | undefined;

  /** Opens a socket that is bound to this address, and returns its number. */
  add(name: Uint8Array, type = 2): number {
    return this.#put({ name, type });
  }

  sendMessages(descriptor: number, messages: Uint8Array<ArrayBuffer>, count: number): number {
    if (!this.open.has(descriptor)) return -ERRNO.EBADF;
    const call: number[] = [];
    this.calls.push(call);
    for (let index = 0; index < count; index++) {
      const { to, segments } = readMessage(messages.subarray(index * MESSAGE_SIZE));
      const fault = this.fault({ segments: segments.length, index: this.sent.length });
      if (fault > 0) return index > 0 ? index : -fault;
      call.push(segments.length);
      for (const bytes of segments) this.sent.push({ descriptor, to, bytes });
    }
    return count;
  }

  socketName(descriptor: number, into: Uint8Array<ArrayBuffer>): number {
    const socket = this.open.get(descriptor);
    if (!socket) return -ERRNO.EBADF;
    if (socket.type === 0) return -ERRNO.ENOTSOCK;
    into.set(socket.name);
    return socket.name.length;
  }

  socketType(descriptor: number): number {
    return this.open.get(descriptor)?.type ?? -ERRNO.EBADF;
  }

  duplicate(descriptor: number): number {
    this.meanwhile?.();
    const socket = this.open.get(descriptor);
    if (!socket) return -ERRNO.EBADF;
    return this.open.size >= this.limit ? -ERRNO.EMFILE : this.#put(socket);
  }

  close(descriptor: number): void {
    if (!this.open.delete(descriptor)) throw new Error(`Descriptor ${descriptor} is not open`);
  }

  openSocket(): number {
    return this.open.size >= this.limit ? -ERRNO.EMFILE : this.add(new Uint8Array(16));
  }

  bind(): number {
    return 0;
  }

  receive(_descriptor: number, into: Uint8Array<ArrayBuffer>): number {
    const next = this.sent.shift();
    if (!next) return -ERRNO.EAGAIN;
    into.set(next.bytes);
    return next.bytes.length;
  }

  /** The lowest free number, as the system gives it. */
  #put(socket: Socket): number {
    let number = 3;
    while (this.open.has(number)) number++;
    this.open.set(number, socket);
    return number;
  }
}

/** Reads a `struct mmsghdr` and what it points to. */
function readMessage(message: Uint8Array<ArrayBuffer>) {
  const view = new DataView(message.buffer, message.byteOffset, MESSAGE_SIZE);
  const to = [...bytesAt(view.getBigUint64(0, true), view.getUint32(8, true))];
  const vectors = bytesAt(view.getBigUint64(16, true), 16 * Number(view.getBigUint64(24, true)));
  const parts = Array.from({ length: vectors.length / 16 }, (_, index) => {
    const vector = new DataView(vectors.buffer, index * 16);
    return [...bytesAt(vector.getBigUint64(0, true), Number(vector.getBigUint64(8, true)))];
  });
  const controlSize = Number(view.getBigUint64(40, true));
  if (controlSize === 0) return { to, segments: [parts.flat()] };
  const control = bytesAt(view.getBigUint64(32, true), controlSize);
  const size = new DataView(control.buffer).getUint16(16, true);
  const all = parts.flat();
  const count = Math.ceil(all.length / size);
  return {
    to,
    segments: Array.from({ length: count }, (_, n) => all.slice(n * size, (n + 1) * size)),
  };
}

function bytesAt(address: bigint, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(length));
  if (length === 0) return bytes;
  new Deno.UnsafePointerView(Deno.UnsafePointer.create(address)!).copyInto(bytes);
  return bytes;
}
