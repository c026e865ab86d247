/**
 * The access policy: which people may play and watch.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { AccessPolicy } from "../../../protocol/rest/settings.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { Refused } from "../widgets/ask_button.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { ReadAge } from "../widgets/figure.tsx";
import { Check, Group } from "../widgets/form.tsx";
import { Failure, Loading } from "../widgets/page.tsx";

const POLICIES: readonly {
  readonly value: AccessPolicy;
  readonly label: string;
  readonly detail: string;
}[] = [
  {
    value: "anyone",
    label: "Everyone who can open the page",
    detail: "Choose it for a machine that can be reached from your own network only.",
  },
  {
    value: "signed_in",
    label: "People who are signed in",
    detail: "Every player needs an account, made by invitation.",
  },
  {
    value: "share_link",
    label: "People who are signed in, or have a share link",
    detail: "A link opens one room, or the library and the fleet of its maker, until it ends.",
  },
];

/** The panel that sets which people may play and watch. */
export function AccessPanel() {
  const { api } = useServices();
  const ask = useAsk("access");
  const readOnly = useReadOnly("admin");
  const { state, reload, replace } = useFetched(contracts.access.get, {});
  const asked = ask.state.value.state === "asked";
  const choose = async (policy: AccessPolicy) => {
    const answer = await ask.run(() => api.call(contracts.access.set, { body: { policy } }));
    if (answer) replace(answer);
    else await reload();
  };
  return (
    <section class="panel" aria-labelledby="access">
      <div class="panel-head">
        <h2 id="access">Who may play</h2>
        <ReadAge of={state} />
      </div>
      <div class="panel-body">
        {state.state === "loading" && <Loading what="the access policy" rows={3} />}
        {state.state === "failed" && (
          <Failure
            what="Cannot show who may play"
            error={state.error}
            retry={() => void reload()}
          />
        )}
        {state.state === "ready" && (
          <Group name={asked ? "Changing…" : "Players and watchers are"}>
            {POLICIES.map(({ value, label, detail }) => (
              <Check
                key={value}
                radio="policy"
                label={label}
                detail={detail}
                checked={state.value.policy === value}
                disabled={readOnly !== undefined || asked}
                change={() => void choose(value)}
              />
            ))}
          </Group>
        )}
        {state.state === "ready" && !state.value.chosen && (
          <p class="soft small">
            This is the default until an administrator chooses. While Farpad listens on this machine
            only, everyone may play; otherwise people who are signed in or have a share link.
          </p>
        )}
        {readOnly && <p class="soft small">{readOnly}</p>}
        <Refused ask={ask} />
      </div>
    </section>
  );
}
