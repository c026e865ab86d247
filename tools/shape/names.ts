/**
 * The names that a source file declares, read from its syntax tree.
 *
 * @module
 */
import { type ESTree, parseSync, Visitor } from "rolldown/utils";

/** A name that the file declares, and its line. */
export interface Declared {
  readonly name: string;
  readonly line: number;
}

/**
 * Every name that the module declares: variables, parameters, functions, classes, types, members, properties of
 * object types and literals. Names that it only uses are left out, because other files or packages declare them.
 */
export function declaredNames(path: string, text: string): readonly Declared[] {
  if (!/\.tsx?$/.test(path)) return [];
  const { program, errors } = parseSync(path, text);
  if (errors[0]) return [];
  const names: Declared[] = [];
  const declare = (node: ESTree.Node | null | undefined): void => {
    if (!node) return;
    switch (node.type) {
      case "Identifier":
      case "PrivateIdentifier":
        names.push({ name: node.name, line: text.slice(0, node.start).split("\n").length });
        return;
      case "ObjectPattern":
        // `{ theirs: ours }` declares `ours` alone; `{ theirs }` repeats a name that was declared elsewhere.
        for (const property of node.properties) {
          if (property.type === "RestElement") declare(property.argument);
          else if (!property.shorthand) declare(property.value);
        }
        return;
      case "ArrayPattern":
        return node.elements.forEach(declare);
      case "AssignmentPattern":
        return declare(node.left);
      case "RestElement":
        return declare(node.argument);
    }
  };
  const key = (node: { readonly computed?: boolean; readonly key: ESTree.Node }) => {
    if (!node.computed) declare(node.key);
  };
  const params = (node: { readonly params: readonly ESTree.Node[] }) =>
    node.params.forEach(declare);
  new Visitor({
    VariableDeclarator: (node) => declare(node.id),
    FunctionDeclaration(node) {
      declare(node.id);
      params(node);
    },
    FunctionExpression: params,
    ArrowFunctionExpression: params,
    ClassDeclaration: (node) => declare(node.id),
    MethodDefinition: key,
    PropertyDefinition: key,
    TSInterfaceDeclaration: (node) => declare(node.id),
    TSTypeAliasDeclaration: (node) => declare(node.id),
    TSEnumDeclaration: (node) => declare(node.id),
    TSPropertySignature: key,
    TSMethodSignature: key,
  }).visit(program);
  return names;
}

/** The words of a name or path, in small letters: `userLeg_server` is user, leg, server. */
export function wordsOf(name: string): readonly string[] {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
}
