/**
 * A core's callbacks as machine code for x86-64 (System V calling convention). The code calls no engine: it reads and
 * writes the memory at an address that is placed into each function.
 *
 * @module
 */

/** Whether this machine runs the code: Linux with glibc on x86-64. */
export const HAS_OWN_STACK_CALLBACKS = Deno.build.os === "linux" &&
  Deno.build.arch === "x86_64" && !Deno.build.target.includes("musl");

/** Offsets in that memory, in bytes. */
export const AT = {
  /** The newest picture: the address of its pixels, width, height, bytes a row; whether there is a new one. */
  pixels: 0,
  width: 8,
  height: 12,
  stride: 16,
  drawn: 24,
  /** The sound of this step: pairs that were taken, most pairs, and the address of their memory. */
  pairs: 32,
  maxPairs: 40,
  sound: 80,
  /** The stack of the thread, from its lowest address to the end, and the function that is called only on it. */
  stackFrom: 48,
  stackTo: 56,
  environment: 64,
  /** The pads, {@linkcode PAD_SIZE} bytes each. */
  pads: 128,
} as const;

/** How many pads there are. */
export const PADS = 8;
/** The bytes of one pad. */
export const PAD_SIZE = 128;
/** The size of the memory, in bytes. */
export const MEMORY_SIZE = AT.pads + PADS * PAD_SIZE;
/** Where a pad's 16-bit values begin: buttons by id, all buttons at once, sticks (index · 2 + id), pressures by id. */
export const PAD = { buttons: 0, mask: 16, sticks: 32, pressures: 40 } as const;
/** The byte of a pad that is set once its sticks were read. */
export const READ_STICKS = 126;

const MEMORY = "memory";
type Code = readonly (number | typeof MEMORY)[];

/** `movabs r11, memory` */
const LOAD: Code = [0x49, 0xbb, MEMORY];

const CODE = {
  video: [
    ...LOAD,
    ...[0x48, 0x85, 0xff], // test rdi, rdi: no pixels mean the same picture again
    ...[0x74, 0x17], // jz end
    ...[0x49, 0x89, 0x3b], // mov [r11], rdi
    ...[0x41, 0x89, 0x73, 0x08], // mov [r11+8], esi
    ...[0x41, 0x89, 0x53, 0x0c], // mov [r11+12], edx
    ...[0x49, 0x89, 0x4b, 0x10], // mov [r11+16], rcx
    ...[0x49, 0xc7, 0x43, 0x18, 1, 0, 0, 0], // mov qword [r11+24], 1
    0xc3, // end: ret
  ],
  sample: [
    ...LOAD,
    ...[0x49, 0x8b, 0x43, 0x20], // mov rax, [r11+32]
    ...[0x49, 0x3b, 0x43, 0x28], // cmp rax, [r11+40]
    ...[0x73, 0x11], // jae end: full
    ...[0x49, 0x8b, 0x4b, 0x50], // mov rcx, [r11+80]
    ...[0x66, 0x89, 0x3c, 0x81], // mov [rcx+rax*4], di
    ...[0x66, 0x89, 0x74, 0x81, 0x02], // mov [rcx+rax*4+2], si
    ...[0x49, 0xff, 0x43, 0x20], // inc qword [r11+32]
    0xc3, // end: ret
  ],
  batch: [
    ...LOAD,
    ...[0x48, 0x89, 0xf2], // mov rdx, rsi
    ...[0x49, 0x8b, 0x43, 0x20], // mov rax, [r11+32]
    ...[0x49, 0x8b, 0x4b, 0x28], // mov rcx, [r11+40]
    ...[0x48, 0x29, 0xc1], // sub rcx, rax: the room that is left
    ...[0x48, 0x39, 0xf1], // cmp rcx, rsi
    ...[0x48, 0x0f, 0x47, 0xce], // cmova rcx, rsi
    ...[0x49, 0x01, 0x4b, 0x20], // add [r11+32], rcx
    ...[0x4d, 0x8b, 0x43, 0x50], // mov r8, [r11+80]
    ...[0x48, 0x89, 0xfe], // mov rsi, rdi
    ...[0x49, 0x8d, 0x3c, 0x80], // lea rdi, [r8+rax*4]
    ...[0xf3, 0xa5], // rep movsd
    ...[0x48, 0x89, 0xd0], // mov rax, rdx
    0xc3, // ret
  ],
  poll: [0xc3],
  state: [
    ...LOAD,
    ...[0x31, 0xc0], // xor eax, eax
    ...[0x83, 0xff, PADS], // cmp edi, PADS
    ...[0x73, 0x55], // jae end
    ...[0xc1, 0xe7, 0x07], // shl edi, 7
    ...[0x4d, 0x8d, 0x9c, 0x3b, AT.pads, 0, 0, 0], // lea r11, [r11+rdi+128]
    ...[0x81, 0xe6, 0xff, 0, 0, 0], // and esi, 0xff: the rest is a core's own variant
    ...[0x83, 0xfe, 0x01], // cmp esi, 1
    ...[0x74, 0x26], // je joypad
    ...[0x83, 0xfe, 0x05], // cmp esi, 5
    ...[0x75, 0x3a], // jne end
    ...[0x83, 0xfa, 0x02], // cmp edx, 2
    ...[0x77, 0x35], // ja end
    ...[0x74, 0x10], // je pressure
    ...[0x83, 0xf9, 0x01], // cmp ecx, 1
    ...[0x77, 0x2e], // ja end
    ...[0x41, 0xc6, 0x43, READ_STICKS, 1], // mov byte [r11+126], 1
    ...[0x8d, 0x4c, 0x51, PAD.sticks], // lea ecx, [rcx+rdx*2+32]
    ...[0xeb, 0x1e], // jmp load
    ...[0x83, 0xf9, 0x0f], // pressure: cmp ecx, 15
    ...[0x77, 0x1e], // ja end
    ...[0x83, 0xc1, PAD.pressures], // add ecx, 40
    ...[0xeb, 0x14], // jmp load
    ...[0x81, 0xf9, 0, 1, 0, 0], // joypad: cmp ecx, 256
    ...[0x75, 0x07], // jne button
    ...[0xb9, PAD.mask, 0, 0, 0], // mov ecx, 16
    ...[0xeb, 0x05], // jmp load
    ...[0x83, 0xf9, 0x0f], // button: cmp ecx, 15
    ...[0x77, 0x05], // ja end
    ...[0x41, 0x0f, 0xbf, 0x04, 0x4b], // load: movsx eax, word [r11+rcx*2]
    0xc3, // end: ret
  ],
  /** What is asked on another stack is answered as not available. */
  environment: [
    ...LOAD,
    ...[0x49, 0x3b, 0x63, 0x30], // cmp rsp, [r11+48]
    ...[0x72, 0x0a], // jb other
    ...[0x49, 0x3b, 0x63, 0x38], // cmp rsp, [r11+56]
    ...[0x73, 0x04], // jae other
    ...[0x41, 0xff, 0x63, 0x40], // jmp [r11+64]
    ...[0x31, 0xc0], // other: xor eax, eax
    0xc3, // ret
  ],
} satisfies Record<string, Code>;

/** The name of a callback. */
export type Callback = keyof typeof CODE;

/** All callbacks, one after the other, for the memory at `address`, and where each begins. */
export function callbackCode(
  address: bigint,
): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly starts: Readonly<Record<Callback, number>>;
} {
  const placed = new Uint8Array(8);
  new DataView(placed.buffer).setBigUint64(0, address, true);
  const bytes: number[] = [];
  const starts = { video: 0, sample: 0, batch: 0, poll: 0, state: 0, environment: 0 };
  for (const name of Object.keys(CODE) as Callback[]) {
    starts[name] = bytes.length;
    for (const each of CODE[name] as Code) {
      if (each === MEMORY) bytes.push(...placed);
      else bytes.push(each);
    }
  }
  return { bytes: Uint8Array.from(bytes), starts };
}
