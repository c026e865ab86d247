import type { FolderReader, PathKind } from "../../../worker/library/ports.ts";

/** An entry of a fake folder. */
export type Item =
  | { readonly kind: "file" }
  | { readonly kind: "folder"; readonly identity: string }
  | { readonly kind: "link"; readonly to: string }
  /** Every read of it fails with an error. */
  | { readonly kind: "fault"; readonly message: string };

/** A file system in memory: absolute paths and their entries. Folders are made by the files in them. */
export class FakeFolder implements FolderReader {
  readonly items = new Map<string, Item>();
  #made = 0;

  constructor(...files: readonly string[]) {
    for (const file of files) this.add(file);
  }

  add(path: string, item: Item = { kind: "file" }): this {
    this.items.set(path, item);
    for (let above = parent(path); above !== ""; above = parent(above)) {
      if (this.items.has(above)) continue;
      this.items.set(above, { kind: "folder", identity: `folder ${++this.#made}` });
    }
    return this;
  }

  /** Removes a path and what is below it. */
  remove(path: string): void {
    for (const each of [...this.items.keys()]) {
      if (each === path || each.startsWith(`${path}/`)) this.items.delete(each);
    }
  }

  names(folder: string): Promise<readonly string[]> {
    return Promise.try(() => {
      const real = this.#resolve(folder);
      const below = [...this.items.keys()].filter((path) => parent(path) === real);
      return below.map((path) => path.slice(real.length + 1));
    });
  }

  kindOf(path: string): Promise<PathKind | undefined> {
    return Promise.try(() => {
      const real = this.#resolve(path);
      const item = this.items.get(real);
      if (item?.kind === "fault") throw new Error(item.message);
      if (item?.kind === "file") return { kind: "file", identity: real } as const;
      return item?.kind === "folder" ? item : undefined;
    });
  }

  /** Follows links, also in the middle of a path; ends at a loop. */
  #resolve(path: string): string {
    let real = "";
    let left = path.split("/").slice(1);
    for (let links = 0; left.length > 0;) {
      const [name, ...rest] = left;
      const here = `${real}/${name}`;
      const item = this.items.get(here);
      if (item?.kind === "link") {
        if (++links > 40) return "/loop";
        left = [...item.to.split("/").slice(1), ...rest];
        real = "";
      } else [real, left] = [here, rest];
    }
    return real;
  }
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
