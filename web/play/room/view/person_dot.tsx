/**
 * The colour of a person, beside the name. It says nothing that the name does not.
 *
 * @module
 */
/** A dot in one of the colours that people choose from; a ring without one. */
export function PersonDot({ colour }: { readonly colour: number | undefined }) {
  return <span class="person-dot" data-colour={colour} aria-hidden="true" />;
}
