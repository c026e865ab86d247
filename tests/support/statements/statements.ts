/**
 * A table of what a protocol says, with one check of the product for each statement.
 *
 * @module
 */

/** One statement: the rule that it is here, the statement, and a check that throws where the product breaks it. */
export type Statement = readonly [rule: string, says: string, check: () => void | Promise<void>];

/** Makes one test of each statement. */
export function testStatements(statements: readonly Statement[]): void {
  for (const [rule, says, check] of statements) Deno.test(`[${rule}] ${says}`, check);
}
