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
