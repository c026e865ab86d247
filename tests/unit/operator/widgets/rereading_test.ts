import { equal } from "node:assert/strict";
import { REREAD, rereadWhileVisible } from "../../../../web/operator/widgets/rereading.ts";
import { FakeClock } from "../../../fakes/clock.ts";

class FakePage extends EventTarget {
  hidden = false;

  show(visible: boolean): void {
    this.hidden = !visible;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

function opened({ reread = () => Promise.resolve() }: { reread?: () => Promise<void> } = {}) {
  const clock = new FakeClock();
  const page = new FakePage();
  let count = 0;
  const rereading = rereadWhileVisible({ clock, page }, () => (count++, reread()));
  const pass = async (ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end;) {
      clock.advance(Math.min(1_000, end - clock.now()));
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { page, rereading, pass, count: () => count };
}

Deno.test("[DSH27] what a page fetched is read again every 5 s", async () => {
  const { pass, count, rereading } = opened();
  equal(REREAD, 5_000);
  await pass(4_999);
  equal(count(), 0);
  await pass(1);
  equal(count(), 1);
  await pass(60_000);
  equal(count(), 13);
  rereading[Symbol.dispose]();
  await pass(60_000);
  equal(count(), 13);
});

Deno.test("[DSH27] a hidden page reads nothing, and reads at once when it is visible again", async () => {
  const { page, pass, count, rereading } = opened();
  page.show(false);
  await pass(60_000);
  equal(count(), 0);
  page.show(true);
  equal(count(), 1);
  rereading[Symbol.dispose]();
  page.show(true);
  equal(count(), 1);
});

Deno.test("[DSH27] one reading at a time: a coordinator that does not answer is asked once", async () => {
  const waiting: (() => void)[] = [];
  const { pass, count } = opened({
    reread: () => new Promise<void>((resolve) => waiting.push(resolve)),
  });
  await pass(60_000);
  equal(count(), 1);
  waiting[0]!();
  await pass(5_000);
  equal(count(), 2);
});
