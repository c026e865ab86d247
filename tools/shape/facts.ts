/**
 * Reads the facts that the shape rules need about one source file from its syntax tree.
 *
 * @module
 */
import { dirname, join } from "node:path/posix";
import { type ESTree, parseSync, Visitor } from "rolldown/utils";

/**
 * How a file names another one: `value` exists at run time, `type` does not, `dynamic` is `import()`, and
 * `url` is `new URL("./x.ts", import.meta.url)`, which starts the other file in a thread or process of its own.
 */
export type ImportKind = "value" | "type" | "dynamic" | "url";

/** One import of a file. `line` counts from 1. */
export interface Import {
  readonly specifier: string;
  readonly kind: ImportKind;
  readonly line: number;
}

/** A global that the file uses: `Date.now`, `setTimeout()`, `new WebSocket`, `node:crypto#randomBytes`. */
export interface Use {
  readonly name: string;
  readonly line: number;
}

/** The length, imports and guarded uses of one source file. */
export interface Facts {
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly uses: readonly Use[];
  /** Why the file could not be read, in words. */
  readonly error?: string;
}

/** The path of a file of the tree that `path` names, or `undefined` for a package. */
export function targetOf(path: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? join(dirname(path), specifier) : undefined;
}

/** Reads a TypeScript module; of other files only the length is read. */
export function readFacts(path: string, text: string): Facts {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (!/\.tsx?$/.test(path)) return { lines, imports: [], uses: [] };
  const { program, errors } = parseSync(path, text);
  if (errors[0]) return { lines, imports: [], uses: [], error: errors[0].message };
  const imports: Import[] = [];
  const uses: Use[] = [];
  const line = (node: ESTree.Span) => text.slice(0, node.start).split("\n").length;
  const imported = (source: ESTree.Node | null | undefined, kind: ImportKind) => {
    const specifier = stringValue(source);
    if (source && specifier !== undefined) imports.push({ specifier, kind, line: line(source) });
  };
  const used = (node: ESTree.Span, name: string | undefined) => {
    if (name !== undefined) uses.push({ name, line: line(node) });
  };

  new Visitor({
    ImportDeclaration(node) {
      imported(node.source, isTypeOnly(node) ? "type" : "value");
      for (const name of builtinNames(node)) used(node, name);
    },
    ExportNamedDeclaration: (node) => imported(node.source, node.exportKind ?? "value"),
    ExportAllDeclaration: (node) => imported(node.source, node.exportKind ?? "value"),
    ImportExpression: (node) => imported(node.source, "dynamic"),
    TSImportType: (node) => imported(node.source, "type"),
    MemberExpression: (node) => used(node, dotted(node)),
    CallExpression(node) {
      if (node.callee.type === "Identifier") used(node, `${node.callee.name}()`);
    },
    NewExpression(node) {
      const name = dotted(node.callee);
      if (name === "URL" && dotted(node.arguments[1]) === "import.meta.url") {
        imported(node.arguments[0], "url");
      }
      used(node, name && `new ${name}${node.arguments.length === 0 ? "()" : ""}`);
    },
  }).visit(program);
  return { lines, imports, uses };
}

/** `import type …`, or an import whose every name is marked `type`. */
function isTypeOnly({ importKind, specifiers }: ESTree.ImportDeclaration): boolean {
  const marked = specifiers.every((s) => s.type === "ImportSpecifier" && s.importKind === "type");
  return importKind === "type" || (specifiers.length > 0 && marked);
}

/** The names that are imported from the runtime's own modules, as `node:crypto#randomBytes`. */
function builtinNames({ source, specifiers }: ESTree.ImportDeclaration): string[] {
  if (!source.value.startsWith("node:")) return [];
  return specifiers.map((specifier) => {
    const name = specifier.type === "ImportSpecifier" && specifier.imported.type === "Identifier"
      ? specifier.imported.name
      : "*";
    return `${source.value}#${name}`;
  });
}

const GLOBAL = new Set(["globalThis", "window", "self"]);

/** `a.b.c` as text, without a leading `globalThis`; `undefined` for any other expression. */
function dotted(node: ESTree.Node | undefined): string | undefined {
  if (node?.type === "Identifier") return node.name;
  if (node?.type === "MetaProperty") return `${node.meta.name}.${node.property.name}`;
  if (node?.type !== "MemberExpression") return undefined;
  const owner = dotted(node.object);
  const name = node.computed ? stringValue(node.property) : node.property.name;
  if (owner === undefined || name === undefined) return undefined;
  return GLOBAL.has(owner) ? name : `${owner}.${name}`;
}

function stringValue(node: ESTree.Node | null | undefined): string | undefined {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
