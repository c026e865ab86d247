/**
 * The page of settings for the installation or a fleet: access for players, alert rules, the webhook.
 *
 * @module
 */
import { AccessPanel } from "../settings/access.tsx";
import { RulesPanel } from "../settings/alerts.tsx";
import { LinksPanel } from "../settings/links.tsx";
import { WebhookPanel } from "../settings/webhook.tsx";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { useUser } from "../services.ts";
import { useFetched } from "../widgets/fetched.ts";
import { Failure, Loading, Page, useAnchor } from "../widgets/page.tsx";

/** The page of settings. */
export function SettingsPage() {
  const { role } = useUser();
  return (
    <Page title="Settings">
      <div class="settings">
        <AccessPanel />
        {role !== "viewer" && <LinksPanel />}
        {role !== "viewer" && <Alerting />}
      </div>
    </Page>
  );
}

function Alerting() {
  const fetching = useFetched(contracts.alerts.settings, {});
  const { state } = fetching;
  useAnchor(state.state === "ready");
  if (state.state === "loading") return <Loading what="alert rules" rows={6} />;
  if (state.state === "failed") {
    return (
      <Failure
        what="Cannot show alert rules"
        error={state.error}
        retry={() => void fetching.reload()}
      />
    );
  }
  return (
    <>
      <RulesPanel fetching={fetching} settings={state.value} />
      <WebhookPanel fetching={fetching} settings={state.value} />
    </>
  );
}
