/**
 * The page for a person without a login: one card in the middle.
 *
 * @module
 */
import type { ComponentChildren } from "preact";

/** The frame of the pages for a person without a login. */
export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="gate">
      <p class="gate-brand">
        <span class="brand-name">farpad</span> <span class="soft">operator</span>
      </p>
      <div class="card gate-card">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** The page of a one-time link that was cut short. */
export function IncompleteLink() {
  return (
    <Gate title="This link is not complete">
      <p class="soft">It ends before its token. Copy the whole address from where you got it.</p>
      <a class="button" href="/operator">Sign in instead</a>
    </Gate>
  );
}
