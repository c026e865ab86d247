/**
 * The page for an address that does not exist.
 *
 * @module
 */
import { useLocation } from "preact-iso";
import { Empty, Page } from "../widgets/page.tsx";

/** The page shown at an address that the dashboard does not have. */
export function NoPage() {
  const { path } = useLocation();
  return (
    <Page title="No such page">
      <Empty icon="search" title={`There is nothing at ${path}`}>
        <p class="soft">
          Check the address for a typing error. Links of an older version may not work any more.
        </p>
        <a class="button" href="/operator">Go to the overview</a>
      </Empty>
    </Page>
  );
}
