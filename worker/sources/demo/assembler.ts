/**
 * A two-pass 6502 assembler. A line is `label:`, `name = value`, an instruction, or one of
 * `.org address`, `.byte list` (numbers and "text"), `.word list`, `.fill count, value`;
 * `;` begins a comment. A label that begins with `@` belongs to the plain label before it.
 *
 * @module
 */
import { evaluate, type Lookup } from "./expression.ts";
import { LENGTH, type Mode, OPCODES } from "./opcodes.ts";

/** An assembled program. */
export interface Program {
  /** Memory from the first byte written to the last; gaps are zero. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Address of the first byte. */
  readonly origin: number;
  /** Labels and constants. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** The bytes of one line. */
interface Piece {
  readonly address: number;
  readonly length: number;
  readonly line: number;
  emit(lookup: Lookup): number[];
}

/**
 * Assembles `source`. `predefined` are constants it may use.
 *
 * @throws {SyntaxError} naming the line and what is wrong with it.
 */
export function assemble(
  source: string,
  predefined: Readonly<Record<string, number>> = {},
): Program {
  const symbols = new Map(Object.entries(predefined));
  const lines = source.split("\n");
  const pieces: Piece[] = [];
  let address = 0;
  let scope = "";

  lines.forEach((text, index) => at(index + 1, () => first(stripComment(text).trim(), index + 1)));
  const laid = pieces.map((piece) => ({
    address: piece.address,
    bytes: at(piece.line, () => piece.emit(lookup)),
  }));
  const origin = Math.min(...pieces.map((piece) => piece.address));
  const end = Math.max(...pieces.map((piece) => piece.address + piece.length));
  if (end > 0x10000) throw new SyntaxError(`Cannot assemble: the program ends beyond $ffff`);
  const bytes = new Uint8Array(pieces.length ? end - origin : 0);
  for (const piece of laid) bytes.set(piece.bytes, piece.address - origin);
  return { bytes, origin: pieces.length ? origin : 0, symbols };

  /** First pass: gives labels their addresses and every line its length. */
  function first(text: string, line: number): void {
    if (text === "") return;
    const label = /^(@?\w+):\s*(.*)$/.exec(text);
    if (label) {
      if (!label[1]!.startsWith("@")) scope = label[1]!;
      define(qualify(label[1]!, scope), address);
      return first(label[2]!, line);
    }
    const constant = /^(\w+)\s*=(.*)$/.exec(text);
    if (constant) return define(constant[1]!, known(constant[2]!, scoped(scope)));
    const [, word = "", operand = ""] = /^(\S+)\s*(.*)$/.exec(text)!;
    if (word === ".org") address = known(operand, scoped(scope));
    else lay(word.startsWith(".") ? data(word, operand) : instruction(word, operand), line);
  }

  function lay(piece: Omit<Piece, "address" | "line">, line: number): void {
    const own = scope;
    const emit = () => piece.emit(scoped(own));
    pieces.push({ address, line, length: piece.length, emit });
    address += piece.length;
  }

  function data(directive: string, operand: string): Omit<Piece, "address" | "line"> {
    const items = splitList(operand);
    switch (directive) {
      case ".byte": {
        const texts = items.map((item) => /^"(.*)"$/.exec(item)?.[1]);
        return {
          length: texts.reduce((sum, text) => sum + (text?.length ?? 1), 0),
          emit: (lookup) =>
            items.flatMap((item, i) => {
              const text = texts[i];
              if (text === undefined) return [byte(known(item, lookup))];
              return Array.from(text, (letter) => letter.charCodeAt(0));
            }),
        };
      }
      case ".word":
        return {
          length: items.length * 2,
          emit: (lookup) => items.flatMap((item) => word(known(item, lookup))),
        };
      case ".fill": {
        const count = known(items[0] ?? "", scoped(scope));
        const emit = (lookup: Lookup) =>
          new Array(count).fill(byte(known(items[1] ?? "0", lookup)));
        return { length: count, emit };
      }
      default:
        throw new SyntaxError(`"${directive}" is not a directive`);
    }
  }

  function instruction(mnemonic: string, operand: string): Omit<Piece, "address" | "line"> {
    const modes = OPCODES.get(mnemonic.toLowerCase());
    if (!modes) throw new SyntaxError(`"${mnemonic}" is not an instruction`);
    const { mode, value } = addressing(operand, modes, scoped(scope));
    const opcode = modes.get(mode);
    if (opcode === undefined) throw new SyntaxError(`"${mnemonic}" has no ${mode} mode`);
    const next = address + LENGTH[mode];
    return {
      length: LENGTH[mode],
      emit(lookup) {
        if (LENGTH[mode] === 1) return [opcode];
        const number = known(value, lookup);
        if (mode === "relative") return [opcode, offset(number - next)];
        return LENGTH[mode] === 2 ? [opcode, byte(number)] : [opcode, ...word(number)];
      },
    };
  }

  function define(name: string, value: number): void {
    if (symbols.has(name)) throw new SyntaxError(`"${name}" is defined twice`);
    symbols.set(name, value);
  }

  function lookup(name: string): number | undefined {
    return symbols.get(name);
  }

  function scoped(label: string): Lookup {
    return (name) => symbols.get(qualify(name, label));
  }

  function at<T>(line: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const text = lines[line - 1]!.trim();
      throw new SyntaxError(`Cannot assemble line ${line}, "${text}": ${error.message}`);
    }
  }
}

/** The mode an operand is written in, and the expression inside it. */
function addressing(
  operand: string,
  modes: ReadonlyMap<Mode, number>,
  lookup: Lookup,
): { mode: Mode; value: string } {
  if (operand === "") return { mode: modes.has("implied") ? "implied" : "accumulator", value: "" };
  if (/^a$/i.test(operand)) return { mode: "accumulator", value: "" };
  if (operand.startsWith("#")) return { mode: "immediate", value: operand.slice(1) };
  if (modes.has("relative")) return { mode: "relative", value: operand };
  const indirectX = /^\((.+),\s*x\s*\)$/i.exec(operand);
  if (indirectX) return { mode: "(indirect,x)", value: indirectX[1]! };
  const indirectY = /^\((.+)\)\s*,\s*y$/i.exec(operand);
  if (indirectY) return { mode: "(indirect),y", value: indirectY[1]! };
  const indirect = /^\((.+)\)$/.exec(operand);
  if (indirect && modes.has("(indirect)")) return { mode: "(indirect)", value: indirect[1]! };

  const indexed = /^(.+?)\s*,\s*([xy])$/i.exec(operand);
  const value = indexed?.[1] ?? operand;
  const index = indexed ? `,${indexed[2]!.toLowerCase() as "x" | "y"}` as const : "";
  const short: Mode = `zeropage${index}`;
  // A name without a value yet counts as a full address, so both passes find the same length.
  const number = evaluate(value, lookup);
  const fits = number !== undefined && number >= 0 && number <= 0xff;
  return { mode: fits && modes.has(short) ? short : `absolute${index}`, value };
}

function known(expression: string, lookup: Lookup): number {
  const value = evaluate(expression, lookup);
  if (value === undefined) throw new SyntaxError(`"${expression.trim()}" has an unknown name`);
  return value;
}

function byte(value: number): number {
  if (value < -128 || value > 255) throw new SyntaxError(`${value} does not fit in a byte`);
  return value & 0xff;
}

function word(value: number): [number, number] {
  if (value < 0 || value > 0xffff) throw new SyntaxError(`${value} is not an address`);
  return [value & 0xff, value >> 8];
}

function offset(distance: number): number {
  if (distance >= -128 && distance <= 127) return distance & 0xff;
  throw new SyntaxError(`the branch is too far: ${distance} bytes, at most -128 … 127`);
}

function qualify(name: string, scope: string): string {
  return name.startsWith("@") ? scope + name : name;
}

/** Removes a comment; a semicolon within quotes is text. */
function stripComment(text: string): string {
  return /^(?:"[^"]*"|'[^']'|[^;])*/.exec(text)![0];
}

/** Splits at commas outside of quotes. */
function splitList(text: string): string[] {
  if (text === "") return [];
  const items = text.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((item) => item.trim());
  if (items.includes("")) throw new SyntaxError("an operand is missing");
  return items;
}
