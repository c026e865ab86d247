import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { assemble } from "../../../../worker/sources/demo/assembler.ts";
import { LENGTH, OPCODES } from "../../../../worker/sources/demo/opcodes.ts";

const hex = (source: string) => Buffer.from(assemble(source).bytes).toString("hex");

for (
  const [source, bytes] of [
    ["lda #$2a", "a92a"],
    ["lda $10", "a510"],
    ["lda $10,x", "b510"],
    ["ldx $10,y", "b610"],
    ["lda $1234", "ad3412"],
    ["lda $1234,x", "bd3412"],
    ["lda $1234,y", "b93412"],
    ["lda $10,y", "b91000"],
    ["lda ($10,x)", "a110"],
    ["lda ($10),y", "b110"],
    ["jmp ($1234)", "6c3412"],
    ["jmp $1234", "4c3412"],
    ["asl a", "0a"],
    ["asl", "0a"],
    ["ASL $10", "0610"],
    ["rts", "60"],
    ["loop: bne loop", "d0fe"],
    ["beq over\n nop\nover: rts", "f001ea60"],
    ["lda #<$1234", "a934"],
    ["lda #>$1234", "a912"],
    ["lda #%1010 | 1", "a90b"],
    ["lda #'A'", "a941"],
    ["lda #(2+3)*4-1", "a913"],
    ["lda #-1", "a9ff"],
    ["size = 3\n lda #size*2", "a906"],
    ["lda later\nlater = $10", "ad1000"],
    ['.byte 1, "A;B", $ff ; three kinds', "01413b42ff"],
    [".word $1234, 5", "34120500"],
    [".fill 3, 7", "070707"],
  ] as const
) {
  Deno.test(`[ASM1] ${JSON.stringify(source)} is ${bytes}`, () => equal(hex(source), bytes));
}

Deno.test("[ASM1] the instruction set has its 151 opcodes, each once", () => {
  const opcodes = [...OPCODES.values()].flatMap((modes) => [...modes.values()]);
  equal(opcodes.length, 151);
  equal(new Set(opcodes).size, 151);
});

Deno.test("[ASM1] every instruction has the length of its mode", () => {
  const operands = {
    "implied": "",
    "accumulator": " a",
    "immediate": " #1",
    "relative": " here",
    "zeropage": " $10",
    "zeropage,x": " $10,x",
    "zeropage,y": " $10,y",
    "absolute": " $1234",
    "absolute,x": " $1234,x",
    "absolute,y": " $1234,y",
    "(indirect)": " ($1234)",
    "(indirect,x)": " ($10,x)",
    "(indirect),y": " ($10),y",
  };
  for (const [mnemonic, modes] of OPCODES) {
    for (const [mode, opcode] of modes) {
      const { bytes } = assemble(`here: ${mnemonic}${operands[mode]}`);
      deepEqual([bytes[0], bytes.length], [opcode, LENGTH[mode]], `${mnemonic} ${mode}`);
    }
  }
});

Deno.test("[ASM2] labels are addresses, and a local label belongs to the label before it", () => {
  const source = ".org $c000\nfirst: nop\n@on: jmp @on\nsecond: nop\n@on: jmp @on";
  const { bytes, origin, symbols } = assemble(source);
  equal(origin, 0xc000);
  deepEqual([symbols.get("first"), symbols.get("second")], [0xc000, 0xc004]);
  equal(Buffer.from(bytes).toString("hex"), "ea4c01c0ea4c05c0");
});

Deno.test("[ASM2] a gap between two origins is zero", () => {
  const { bytes, origin } = assemble(".org $c000\n nop\n .org $c004\n nop");
  deepEqual([origin, ...bytes], [0xc000, 0xea, 0, 0, 0, 0xea]);
});

for (
  const [source, message] of [
    ["nop\n ldq #1", 'Cannot assemble line 2, "ldq #1": "ldq" is not an instruction'],
    ["lda nowhere", 'Cannot assemble line 1, "lda nowhere": "nowhere" has an unknown name'],
    ["sta #1", 'Cannot assemble line 1, "sta #1": "sta" has no immediate mode'],
    ["lda #256", 'Cannot assemble line 1, "lda #256": 256 does not fit in a byte'],
    ["x: nop\nx: nop", 'Cannot assemble line 2, "x: nop": "x" is defined twice'],
    ["lda #1 +", 'Cannot assemble line 1, "lda #1 +": an operand is missing'],
    [".byte ,", 'Cannot assemble line 1, ".byte ,": an operand is missing'],
    [".byte 1,,2", 'Cannot assemble line 1, ".byte 1,,2": an operand is missing'],
    ["lda #(1", 'Cannot assemble line 1, "lda #(1": ")" is missing'],
    ["lda #1 2", 'Cannot assemble line 1, "lda #1 2": "2" is out of place'],
    [".bite 1", 'Cannot assemble line 1, ".bite 1": ".bite" is not a directive'],
    [".org $ffff\n jmp $1234", "Cannot assemble: the program ends beyond $ffff"],
  ] as const
) {
  Deno.test(`[ASM3] ${JSON.stringify(source)} is refused with its line`, () => {
    throws(() => assemble(source), { name: "SyntaxError", message });
  });
}

Deno.test("[ASM3] a branch that is too far is refused", () => {
  throws(() => assemble("beq over\n .fill 128, 0\nover: nop"), /the branch is too far: 128 bytes/);
});

Deno.test("[ASM3] any text that is not a program is refused with a syntax error", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.stringMatching(/^(lda|jmp|\.byte|\.org|x:|x =) [#$<>()+*&,'"a-f0-9]{0,8}$/),
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
    try {
      assemble(lines.join("\n"));
    } catch (error) {
      equal((error as Error).name, "SyntaxError");
    }
  }));
});
