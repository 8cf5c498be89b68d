export interface Progress {
  readonly at: (done: number, all: number) => void;
  /** Takes away what was shown. */
  readonly end: () => void;
}

/** What takes less than this many milliseconds is not worth a word. */
const patience = 1000;

/** How often the numbers change: every so many milliseconds. */
const pace = 100;

/** Shows how many files, or other things, are done, once that has taken a while. */
export function createProgress(
  show: (text: string) => void,
  now: () => number = () => performance.now(),
  things = 'files',
): Progress {
  let next = now() + patience;
  let shown = false;
  return {
    at(done, all) {
      if (now() < next) return;
      next = now() + pace;
      shown = true;
      show(`${done}/${all} ${things}`);
    },
    end() {
      if (shown) show('');
      shown = false;
    },
  };
}
