import type { Item } from './list.ts';

/** Called after each change; `undefined` stands for an object that does not exist. */
export type OnChange<T extends Item> = (previous: T | undefined, next: T | undefined) => void;

export interface Memory<T extends Item> {
  readonly items: ReadonlyMap<string, T>;
  /** Remembers the item in place of one of the same name. */
  put(item: T): void;
  /** Forgets the item, unless another object has its name by now. */
  remove(item: T): void;
  /** Remembers exactly these items. */
  replace(items: ReadonlyMap<string, T>): void;
}

/** Returns an empty memory. `onChange` is told of every change and may throw: `onError` is called then, and the change stays. */
export function createMemory<T extends Item>(onChange: OnChange<T>, onError: (error: unknown) => void): Memory<T> {
  const items = new Map<string, T>();

  function tell(previous: T | undefined, next: T | undefined): void {
    try {
      onChange(previous, next);
    } catch (error) {
      onError(error);
    }
  }

  function put(item: T): void {
    const previous = items.get(item.name);
    if (previous !== undefined && !differ(previous, item)) return;
    items.set(item.name, item);
    tell(previous, item);
  }

  function remove(item: T): void {
    const previous = items.get(item.name);
    if (previous?.uid !== item.uid) return;
    items.delete(item.name);
    tell(previous, undefined);
  }

  return {
    items,
    put,
    remove,
    replace(next) {
      for (const item of [...items.values()]) if (!next.has(item.name)) remove(item);
      for (const item of next.values()) put(item);
    },
  };
}

/** Returns the names of the objects that the two do not know in the same state. */
export function differences<T extends Item>(first: ReadonlyMap<string, T>, second: ReadonlyMap<string, T>): string[] {
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names].filter((name) => differ(first.get(name), second.get(name)));
}

function differ(first: Item | undefined, second: Item | undefined): boolean {
  return first?.uid !== second?.uid || first?.resourceVersion !== second?.resourceVersion;
}
