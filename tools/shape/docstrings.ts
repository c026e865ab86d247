/**
 * Lists exported symbols without a docstring.
 *
 * @module
 */
import { type ESTree, parseSync } from "rolldown/utils";

/**
 * The exported symbols of a TypeScript module that no `/** … *\/` comment precedes; every problem is a sentence that
 * starts with its path and line. A file that cannot be parsed has none: the shape rules report it.
 */
export function checkDocstrings(path: string, text: string): string[] {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) return [];
  const documented = new Set<string>();
  return program.body.flatMap((node) => {
    if (node.type !== "ExportNamedDeclaration" && node.type !== "ExportDefaultDeclaration") {
      return [];
    }
    const names = namesOf(node);
    const hasComment = isDocumented(text, node.start);
    return names.flatMap((name) => {
      // An overload, or a type beside the schema of its name, has the docstring of the first.
      if (hasComment || documented.has(name)) {
        documented.add(name);
        return [];
      }
      const line = text.slice(0, node.start).split("\n").length;
      return [`${path}:${line}: ${name} is exported without a docstring`];
    });
  });
}

/** Whether a docstring ends right before `start`. The module's comment does not count. */
function isDocumented(text: string, start: number): boolean {
  // A directive to the linter may stand between the docstring and its symbol.
  const before = text.slice(0, start).trimEnd().replace(/\n\/\/ deno-lint-ignore[^\n]*$/, "");
  if (!before.endsWith("*/")) return false;
  const comment = before.slice(before.lastIndexOf("/**"));
  return comment.startsWith("/**") && !comment.includes("@module");
}

function namesOf(node: ESTree.ExportNamedDeclaration | ESTree.ExportDefaultDeclaration): string[] {
  if (node.type === "ExportDefaultDeclaration") return ["default"];
  const { declaration } = node;
  if (!declaration) return [];
  if (declaration.type === "VariableDeclaration") {
    return declaration.declarations.flatMap(({ id }) => id.type === "Identifier" ? [id.name] : []);
  }
  const { id } = declaration as { readonly id?: { readonly name?: string } | null };
  return id?.name ? [id.name] : [];
}
