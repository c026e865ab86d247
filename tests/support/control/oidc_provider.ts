/**
 * A real OpenID Connect provider (`oidc-provider`) on loopback, and a browser that signs in at it.
 *
 * @module
 */
import { createServer } from "node:http";
import Provider from "oidc-provider";

/** A person who can sign in at the provider. */
export interface Member {
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
}

export const CLIENT = { id: "farpad", secret: "a secret of the client" };

export interface RunningProvider extends AsyncDisposable {
  readonly issuer: string;
}

/** Starts the provider; `callback` is the address registered for the client, `host` the provider's own name. */
export async function startProvider(
  { callback, members, host = "127.0.0.1" }: {
    callback: string;
    members: Readonly<Record<string, Member>>;
    host?: string;
  },
): Promise<RunningProvider> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://${host}:${(server.address() as { port: number }).port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      redirect_uris: [callback],
      token_endpoint_auth_method: "client_secret_basic",
    }],
    scopes: ["openid", "email", "profile", "groups"],
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name"],
      groups: ["groups"],
    },
    pkce: { required: () => true },
    cookies: { keys: ["a key of the test"] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, ...members[sub] }),
    }),
  });
  server.on("request", provider.callback());
  return {
    issuer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A browser without scripts: it keeps cookies by host and follows redirects one by one. */
export class CookieBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Sends one request; `form` makes it a POST. */
  async send(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const { host } = new URL(url);
    const kept = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, kept);
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...kept].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const text of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === "") kept.delete(name);
      else kept.set(name, value);
    }
    return response;
  }

  /** Follows redirects up to a page, or up to an address that begins with `until`, which is not opened. */
  async follow(
    url: string,
    { until, form }: { until?: string; form?: Readonly<Record<string, string>> } = {},
  ): Promise<{ url: string; text: string }> {
    let at = url;
    let sent = form;
    while (until === undefined || !at.startsWith(until)) {
      const response = await this.send(at, sent);
      sent = undefined;
      const next = response.headers.get("location");
      const text = await response.text();
      if (next === null) return { url: at, text };
      at = new URL(next, at).href;
    }
    return { url: at, text: "" };
  }

  /** Signs in as `member` on the provider's pages and consents; returns the address that the provider redirects to. */
  async signInAt(url: string, { member, callback }: { member: string; callback: string }) {
    const until = callback;
    let page = await this.follow(url, { until });
    const forms = [{ prompt: "login", login: member, password: "-" }, { prompt: "consent" }];
    for (const form of forms) {
      if (page.url.startsWith(until)) break;
      const action = /action="([^"]+)"/.exec(page.text)![1]!;
      page = await this.follow(new URL(action, page.url).href, { until, form });
    }
    return page.url;
  }
}
