/** A serial line that a test reads the other end of (`man 7 pty`). */
export interface PseudoTerminal extends Disposable {
  /** Path of the line. */
  readonly path: string;
  /** What was written to the line, up to 4,096 bytes. */
  read(): Uint8Array;
}

/** Opens a pseudo-terminal by the C library. */
export function openPseudoTerminal(): PseudoTerminal {
  const { symbols } = Deno.dlopen("libc.so.6", {
    posix_openpt: { parameters: ["i32"], result: "i32" },
    unlockpt: { parameters: ["i32"], result: "i32" },
    ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
  });
  // O_RDWR | O_NOCTTY | O_NONBLOCK
  const descriptor = symbols.posix_openpt(0o2 | 0o400 | 0o4000);
  symbols.unlockpt(descriptor);
  const name = new Uint8Array(64);
  symbols.ptsname_r(descriptor, name, 64n);
  return {
    path: new TextDecoder().decode(name.subarray(0, name.indexOf(0))),
    read() {
      const bytes = new Uint8Array(4_096);
      const length = Number(symbols.read(descriptor, bytes, 4_096n));
      return bytes.subarray(0, Math.max(0, length));
    },
    [Symbol.dispose]: () => void symbols.close(descriptor),
  };
}
