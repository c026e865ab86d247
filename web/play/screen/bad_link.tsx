/**
 * The page of an address that names neither a room nor an app. It asks the coordinator for nothing.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { refuse } from "../../../protocol/envelope.ts";
import { useTitle } from "../../shared/use_title.ts";
import { refusalNotice } from "../words/refusals.ts";
import { NoticeCard } from "./notice.tsx";

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
