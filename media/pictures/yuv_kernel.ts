/**
 * Two rows of 32-bit pixels → two rows of Y and one each of Cb and Cr (BT.601, limited range; chroma is the mean of four
 * pixels). The code is WebAssembly for its vector instructions, which JavaScript does not have: 640x480 takes 0.15 ms,
 * swscale 0.5 ms.
 *
 * The instructions are written as expressions here, numbers being WebAssembly's opcodes, and put together into a module
 * once in each thread (decision 0178).
 *
 * @module
 */

/** Pixels that one turn of the kernel's loop converts in each row. */
export const TURN = 16;

/** Weights of blue, green and red, of 2 ** WEIGHT_BITS. */
type Weights = readonly [blue: number, green: number, red: number];
const WEIGHT_BITS = 14;
const LUMA: Weights = [1604, 8260, 4207];
const CHROMA: readonly Weights[] = [[7196, -4768, -2428], [-1170, -6026, 7196]];

/** Where the rows are in the memory, in bytes, and how many turns they take. */
export interface KernelRows {
  readonly top: number;
  readonly bottom: number;
  readonly lumaTop: number;
  readonly lumaBottom: number;
  readonly cb: number;
  readonly cr: number;
  readonly turns: number;
}

/** Converts two rows in its memory; `top` and `bottom` may be the same row. */
export type Kernel = (rows: KernelRows) => void;

/** Makes the kernel on a memory of this many bytes. */
export function openKernel(bytes: number): { readonly memory: ArrayBuffer; readonly run: Kernel } {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  const { exports } = new WebAssembly.Instance(module ??= assemble(), { "": { memory } });
  const convert = exports.convert as (...numbers: number[]) => void;
  return {
    memory: memory.buffer as ArrayBuffer,
    run: ({ top, bottom, lumaTop, lumaBottom, cb, cr, turns }) =>
      convert(top, bottom, lumaTop, lumaBottom, cb, cr, turns),
  };
}

let module: WebAssembly.Module | undefined;

/** Instructions; as an operand they leave one value on the stack. */
type Code = readonly number[];

// Parameters, then locals, by number.
const [TOP, BOTTOM, LUMA_TOP, LUMA_BOTTOM, CB, CR, TURNS] = [0, 1, 2, 3, 4, 5, 6] as const;
const ROWS = [
  { from: TOP, to: LUMA_TOP, redBlue: 7, green: 8, luma: [9, 10, 11] },
  { from: BOTTOM, to: LUMA_BOTTOM, redBlue: 12, green: 13, luma: [14, 15, 16] },
] as const;
const CHROMA_LOCALS = [[17, 18, 19, 20], [21, 22, 23, 24]] as const;
const PIXELS = 25;
const FIRST_CONSTANT = 26;

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
const vector = (...opcode: number[]) => (...operands: Code[]): Code => [
  ...operands.flat(),
  0xfd,
  ...opcode,
];
const and = vector(0x4e);
const add16 = vector(0x8e, 0x01);
const add32 = vector(0xae, 0x01);
const shiftRight = vector(0xac, 0x01);
const splat = vector(0x11);
/** The products of pairs of 16 bits, added in pairs. */
const dot = vector(0xba, 0x01);
const narrow32 = vector(0x85, 0x01);
const narrow16 = vector(0x66);
const evenOf = vector(0x0d, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
const oddOf = vector(0x0d, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
const load = (address: number, offset: number): Code => vector(0x00, 4, offset)(get(address));
const store = (address: number, value: Code): Code => vector(0x0b, 4, 0)(get(address), value);
const storeHalf = (address: number, value: Code): Code =>
  vector(0x5b, 3, 0, 0)(get(address), value);
const whole = (value: number): Code => [0x41, ...signed(value)];
const advance = (local: number, by: number): Code =>
  set(local, [...get(local), ...whole(by), 0x6a]);

/** The constants, each four times the same 32 bits; V8 would make each one anew at each use, so they are locals. */
const constants: number[] = [];
const constant = (value: number): Code => {
  const known = constants.indexOf(value);
  return get(FIRST_CONSTANT + (known >= 0 ? known : constants.push(value) - 1));
};
const halves = (low: number, high: number) => constant(high << 16 | low & 0xffff);

/** The weighted sums of four pixels. */
const weigh = ([blue, green, red]: Weights, redBlue: number, greens: number): Code =>
  add32(dot(get(redBlue), halves(blue, red)), dot(get(greens), halves(green, 0)));
/** Divides four sums of 2 ** `bits` weights and adds `base`, rounded. */
const scaled = (sums: Code, { bits, base }: { bits: number; base: number }): Code =>
  shiftRight(add32(sums, constant((base << bits) + (1 << bits - 1))), whole(bits));

const [top, bottom] = ROWS;
/** Four columns: their luma, and the weighted sums of both rows for chroma. */
const column = (n: 0 | 1 | 2 | 3): Code => [
  ...ROWS.flatMap(({ from, redBlue, green, luma }) => [
    ...set(PIXELS, load(from, 16 * n)),
    ...set(redBlue, and(get(PIXELS), constant(0xff00ff))),
    ...set(green, and(shiftRight(get(PIXELS), whole(8)), constant(0xff00ff))),
    ...lumaOf(n, luma, scaled(weigh(LUMA, redBlue, green), { bits: WEIGHT_BITS, base: 16 })),
  ]),
  ...set(top.redBlue, add16(get(top.redBlue), get(bottom.redBlue))),
  ...set(top.green, add16(get(top.green), get(bottom.green))),
  ...CHROMA.flatMap((weights, plane) =>
    set(CHROMA_LOCALS[plane]![n], weigh(weights, top.redBlue, top.green))
  ),
];
/** Keeps the luma of four columns; after each second of them narrowed, with that before. */
const lumaOf = (n: number, [first, second, left]: readonly [number, number, number], sums: Code) =>
  n % 2 === 0 ? set(left, sums) : set(n === 1 ? first : second, narrow32(get(left), sums));
const luma = ROWS.flatMap(({ to, luma: [first, second] }) =>
  store(to, narrow16(get(first), get(second)))
);
/** Four values of chroma, from eight columns. */
const chromaOf = (left: number, right: number): Code =>
  scaled(add32(evenOf(get(left), get(right)), oddOf(get(left), get(right))), {
    bits: WEIGHT_BITS + 2,
    base: 128,
  });
const chroma = CHROMA_LOCALS.flatMap(([a, b, c, d], plane) => [
  ...set(PIXELS, narrow32(chromaOf(a, b), chromaOf(c, d))),
  ...storeHalf(plane === 0 ? CB : CR, narrow16(get(PIXELS), get(PIXELS))),
]);

const turn = [...([0, 1, 2, 3] as const).flatMap(column), ...luma, ...chroma];
const LOOP = [0x03, 0x40];
const BRANCH_IF = [0x0d, 0];
const END = 0x0b;

function assemble(): WebAssembly.Module {
  const body = [
    ...[1, FIRST_CONSTANT + constants.length - TURNS - 1, 0x7b],
    ...constants.flatMap((value, n) => set(FIRST_CONSTANT + n, splat(whole(value)))),
    ...LOOP,
    ...turn,
    ...[TOP, BOTTOM].flatMap((row) => advance(row, 4 * TURN)),
    ...[LUMA_TOP, LUMA_BOTTOM].flatMap((row) => advance(row, TURN)),
    ...[CB, CR].flatMap((row) => advance(row, TURN / 2)),
    ...advance(TURNS, -1),
    ...get(TURNS),
    ...BRANCH_IF,
    ...[END, END],
  ];
  const parameters = Array<number>(7).fill(0x7f);
  return new WebAssembly.Module(Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    // One type, of the only function; one import, the memory; the function, its name and its code.
    ...section(1, [1, 0x60, parameters.length, ...parameters, 0]),
    ...section(2, [1, 0, ...text("memory"), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("convert"), 0x00, 0]),
    ...section(10, [1, ...sized(body)]),
  ]));
}

function section(id: number, content: Code): Code {
  return [id, ...sized(content)];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function text(name: string): Code {
  return sized(Array.from(name, (character) => character.charCodeAt(0)));
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [value & 127 | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [value & 127 | 128, ...signed(value >> 7)];
}
