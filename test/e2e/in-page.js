// Runs in the page: what is looked at there, and answered as lists of sentences, empty when all is well.
globalThis.screenRules = {
  /** Things to press that are too small, and pairs of which one lies over the other. What is fixed at an edge is left out of the pairs. */
  boxes: () => {
    const root = document.querySelector('dialog[open]') ?? document;
    const fixed = (element) => element.closest('.at-bottom, .bar, .toast, .strips, .zoom, .centre') !== null;
    const seen = (element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 && height > 0 && getComputedStyle(element).visibility !== 'hidden';
    };
    const pressed = [...root.querySelectorAll('button, a[href], summary, input:not(.for-readers), select, textarea, label.camera')].filter(seen);
    const boxes = pressed.map((found) => {
      // A box to tick is as large as the label that ticks it.
      const element = found.matches('input[type=checkbox]') ? (found.closest('label') ?? found) : found;
      return { element, name: (element.textContent ?? '').trim().slice(0, 20) || element.getAttribute('aria-label') || element.tagName, box: element.getBoundingClientRect() };
    });
    const small = boxes.flatMap(({ element, name, box }) => {
      const least = element.matches('.press, .chip:not(.class), .undo') ? 60 : 44;
      return box.height < least - 0.5 || box.width < 43.5 ? [`“${name}” is ${Math.round(box.width)} × ${Math.round(box.height)}`] : [];
    });
    const over = boxes.flatMap((one, index) =>
      boxes.slice(index + 1).flatMap((other) => {
        if (fixed(one.element) || fixed(other.element) || one.element.contains(other.element) || other.element.contains(one.element)) return [];
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        return across > 1 && down > 1 ? [`“${one.name}” and “${other.name}” lie over one another`] : [];
      }));
    return [...small, ...over];
  },

  /** Whether the page can be pushed sideways, and by what. */
  sideways: () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > clientWidth + 1).map((element) => `${element.tagName}.${element.className}`);
    return [`${scrollWidth} > ${clientWidth}: ${wide.slice(0, 6).join(', ')}`];
  },

  /** Rules of accessibility that are broken. */
  spoken: async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${JSON.stringify(target)}: ${failureSummary ?? ''}`));
  },

  /** Words that do not fit into what they stand on, and keys of words that are shown instead of the words. */
  words: () => {
    const clipped = [...document.querySelectorAll('button, .chip, .badge, .press')].filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1);
    const keys = document.body.innerText.match(/\b(?:strip|tasks|report|order|incident|item|day|step|stage|clock|loop)\.[a-z][\w.]*\b/gi) ?? [];
    return [...clipped.map((element) => `“${(element.textContent ?? '').trim().slice(0, 30)}” is clipped`), ...keys.map((key) => `the key ${key} is shown`)];
  },

  /** What the phone keeps of what was written. */
  outbox: () =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open('threeloops');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const asking = opening.result.transaction('items').objectStore('items').index('ordinal').getAll();
        asking.onsuccess = () => {
          opening.result.close();
          resolve(asking.result);
        };
      };
    }),
};
