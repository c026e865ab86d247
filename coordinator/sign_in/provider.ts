/**
 * An OpenID Connect provider, independent of the library that sends its requests.
 *
 * @module
 */

/** What is kept in the browser between the way to the provider and the way back. */
export interface ProviderVisit {
  /** Compared on the way back, so that no other page can begin it (RFC 6749 §10.12). */
  readonly state: string;
  /** Compared with the ID token, so that it is not used twice (OpenID Connect Core §15.5.2). */
  readonly nonce: string;
  /** Proves that the same program began and ends it (PKCE, RFC 7636). */
  readonly verifier: string;
}

/** Who signed in at the provider, as its ID token and its user info say. */
export interface ProviderUser {
  readonly issuer: string;
  /** The user's lasting id at the provider. */
  readonly subject: string;
  readonly email?: string | undefined;
  /** Whether the provider checked that the email belongs to the user. */
  readonly emailVerified: boolean;
  readonly name?: string | undefined;
  readonly groups: readonly string[];
}

/** A provider. */
export interface Provider {
  /**
   * The address at the provider that the browser is sent to. `callback`: where the provider sends it back to.
   *
   * @throws {Error} when the provider does not answer
   */
  begin(callback: string, visit: ProviderVisit): Promise<string>;
  /**
   * Who came back. `url`: the address of the way back, with its query.
   *
   * @throws {Error} when the answer is not the provider's, is not for this visit, or the provider does not answer
   */
  finish(url: URL, visit: ProviderVisit): Promise<ProviderUser>;
}
