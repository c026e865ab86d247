/**
 * The frame of every page: the top bar, on a phone the bottom bar, and the banner that is shown while the live
 * connection is lost.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { useServices, useTopics } from "../services.ts";
import { useFetched } from "../widgets/fetched.ts";
import { BottomBar } from "./bottom_bar.tsx";
import { StaleBanner } from "./stale_banner.tsx";
import { TopBar } from "./top_bar.tsx";

/** The frame around every page of a signed-in user. */
export function Shell({ children }: { children: ComponentChildren }) {
  useTopics("alerts");
  useOwnChanges();
  return (
    <div class="shell">
      <a class="skip" href="#page">Skip to the page</a>
      <TopBar />
      <StaleBanner />
      <main id="page" class="page" tabIndex={-1}>{children}</main>
      <BottomBar />
    </div>
  );
}

/** Follows what others change of the signed-in user: the role, the second factor. */
function useOwnChanges(): void {
  const { api } = useServices();
  const { state } = useFetched(contracts.auth.me, {});
  useEffect(() => {
    if (state.state === "ready") api.see(state.value);
  }, [state]);
}
