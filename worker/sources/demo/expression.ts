/**
 * Arithmetic in assembler operands: `$ff`, `%1010`, `'A'`, names, `+ - * / & |`, parentheses, and `<` `>`
 * for the low and high byte of what follows.
 *
 * @module
 */
const TOKEN = /\s*(\$[0-9a-f]+|%[01]+|\d+|'[^']'|@?[a-z_]\w*|[-+*/&|()<>])/iy;

/** The value of a name, or `undefined` while it is not known. */
export type Lookup = (name: string) => number | undefined;

/**
 * Evaluates `text`; `undefined` when a name in it is not known.
 *
 * @throws {SyntaxError} when it is not an expression.
 */
export function evaluate(text: string, lookup: Lookup): number | undefined {
  const tokens = tokenize(text);
  let position = 0;
  const value = byteOf();
  if (position < tokens.length) throw new SyntaxError(`"${tokens[position]}" is out of place`);
  return value;

  function byteOf(): number | undefined {
    if (take("<")) return map(sum(), (n) => n & 0xff);
    if (take(">")) return map(sum(), (n) => (n >> 8) & 0xff);
    return sum();
  }

  function sum(): number | undefined {
    let left = product();
    for (;;) {
      if (take("+")) left = both(left, product(), (a, b) => a + b);
      else if (take("-")) left = both(left, product(), (a, b) => a - b);
      else if (take("|")) left = both(left, product(), (a, b) => a | b);
      else return left;
    }
  }

  function product(): number | undefined {
    let left = primary();
    for (;;) {
      if (take("*")) left = both(left, primary(), (a, b) => a * b);
      else if (take("/")) left = both(left, primary(), (a, b) => Math.trunc(a / b));
      else if (take("&")) left = both(left, primary(), (a, b) => a & b);
      else return left;
    }
  }

  function primary(): number | undefined {
    if (take("-")) return map(primary(), (n) => -n);
    if (take("(")) {
      const inner = byteOf();
      if (!take(")")) throw new SyntaxError(`")" is missing`);
      return inner;
    }
    const token = tokens[position++];
    if (token === undefined) throw new SyntaxError("an operand is missing");
    if (token.startsWith("$")) return parseInt(token.slice(1), 16);
    if (token.startsWith("%")) return parseInt(token.slice(1), 2);
    if (token.startsWith("'")) return token.charCodeAt(1);
    if (/^\d/.test(token)) return parseInt(token, 10);
    if (/^[@a-z_]/i.test(token)) return lookup(token);
    throw new SyntaxError(`"${token}" is out of place`);
  }

  function take(token: string): boolean {
    if (tokens[position] !== token) return false;
    position += 1;
    return true;
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  let rest = text.trimEnd();
  while (rest !== "") {
    TOKEN.lastIndex = 0;
    const match = TOKEN.exec(rest);
    if (!match) throw new SyntaxError(`"${rest.trim()}" is not an expression`);
    tokens.push(match[1]!);
    rest = rest.slice(match[0].length);
  }
  return tokens;
}

function map(value: number | undefined, change: (n: number) => number): number | undefined {
  return value === undefined ? undefined : change(value);
}

function both(
  a: number | undefined,
  b: number | undefined,
  join: (a: number, b: number) => number,
): number | undefined {
  return a === undefined || b === undefined ? undefined : join(a, b);
}
