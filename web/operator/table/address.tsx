/**
 * An email or web address that a narrow screen breaks between its parts, and not in the middle of a word.
 *
 * @module
 */

/** The parts of an address, each with the sign that ends it: `ada@`, `mail.`, `example.`, `org`. */
export function addressParts(address: string): readonly string[] {
  return address.match(/[^@./:?&=-]*(?:[@./:?&=-]+|$)/g)?.filter(Boolean) ?? [];
}

/** An address with its places for a line break. */
export function Address({ children }: { readonly children: string }) {
  return <>{addressParts(children).map((part, i) => i === 0 ? part : [<wbr key={i} />, part])}</>;
}
