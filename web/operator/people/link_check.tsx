/**
 * A one-time link, looked up before its form is shown: a link that does not work shows why, and what to do.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { useTitle } from "../../shared/use_title.ts";
import { useServices } from "../services.ts";
import { Gate, IncompleteLink } from "../widgets/gate.tsx";
import { linkSecrets } from "./link_secrets.ts";

/** The kinds of link that are looked up. */
export type LinkKind = "invitation" | "reset";

type Looked =
  | { readonly state: "looking" }
  | { readonly state: "works" }
  | { readonly state: "over"; readonly message: string };

const OVER: Record<LinkKind, { readonly title: string; readonly todo: string }> = {
  invitation: {
    title: "This invitation does not work",
    todo: "If you made your account with it, sign in.",
  },
  reset: {
    title: "This link does not work",
    todo: "If you set your password with it, sign in.",
  },
};

/** Shows `form` with the link's token if the link works. */
export function OneTimeLink(
  { kind, form }: { kind: LinkKind; form: (token: string) => ComponentChildren },
) {
  const { token } = linkSecrets(location.hash);
  if (!token) return <IncompleteLink />;
  return <LookedUp kind={kind} token={token} form={form} />;
}

function LookedUp(
  { kind, token, form }: {
    kind: LinkKind;
    token: string;
    form: (token: string) => ComponentChildren;
  },
) {
  const { api } = useServices();
  const looked = useSignal<Looked>({ state: "looking" });
  useEffect(() => {
    void api.call(contracts.auth.checkLink, { body: { kind, token } }).then((result) => {
      // Without an answer about the link the form is shown: it says itself why it cannot be sent.
      looked.value = !result.ok && result.error.code.startsWith("token_")
        ? { state: "over", message: result.error.message }
        : { state: "works" };
    });
  }, [token]);
  const { value } = looked;
  switch (value.state) {
    case "looking":
      return (
        <Gate title="Farpad operator">
          <p class="soft" role="status">Looking whether this link works…</p>
        </Gate>
      );
    case "works":
      return <>{form(token)}</>;
    case "over":
      return <LinkOver kind={kind} message={value.message} />;
  }
}

function LinkOver({ kind, message }: { kind: LinkKind; message: string }) {
  const { title, todo } = OVER[kind];
  useTitle(`${title} · Farpad operator`);
  return (
    <Gate title={title}>
      <p class="soft">{message}.</p>
      <p class="soft">{todo}</p>
      <a class="button primary" href="/operator">Sign in</a>
    </Gate>
  );
}
