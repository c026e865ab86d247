/**
 * The page of an address that names neither a room nor an app. It sends no request to the coordinator.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { refuse } from "../../../protocol/envelope.ts";
import { useTitle } from "../../shared/use_title.ts";
import { refusalNotice } from "../words/refusals.ts";
import { NoticeCard } from "./notice.tsx";

/** Shows that the link leads nowhere, with the way back to the library. */
export function BadLink() {
  const { route } = useLocation();
  const notice = refusalNotice(refuse("link.invalid", "The address cannot be read").error);
  useTitle(`${notice.title} · Farpad`);
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.state = "refused";
    return () => void (dataset.state = "lobby");
  }, []);
  return (
    <div class="cinema" data-theme="dark">
      <main class="stage-area">
        <NoticeCard notice={notice} leave={() => route("/")} quiet={false} />
      </main>
    </div>
  );
}
