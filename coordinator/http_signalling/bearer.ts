/**
 * What the holder of a bearer token may watch. The token is an API token or the secret of a share link.
 *
 * @module
 */
import type { Access, AdmittedPlayer } from "../accounts/access.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";

/** What tokens of share links begin with. */
const SHARE_PREFIX = "shr_";

/** The pass of the holder of a token; without one, of everybody. A token that is not valid is refused in any case. */
export async function admitBearer(
  { access }: { readonly access: Pick<Access, "admit"> },
  token: string | undefined,
): Promise<AdmittedPlayer | Refused> {
  const credentials = token?.startsWith(SHARE_PREFIX) ? { share: token } : { token };
  const admitted = await access.admit(credentials);
  if (isRefused(admitted)) {
    const message = "Cannot watch here without a bearer token: an API token or a share link";
    return refused("unauthenticated", message);
  }
  const { loginId, shareId } = admitted.pass.proof ?? {};
  if (token === undefined || loginId !== undefined || shareId !== undefined) return admitted;
  return refused("unauthenticated", "This bearer token is not valid, or has expired");
}
