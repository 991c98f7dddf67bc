import { onScopeDispose, ref } from 'vue';

/**
 * 快捷键 Keys are matched by their place on the keyboard, because under a Chinese input method every letter arrives as `Process`. They rest
 * while somebody writes or a dialog is open, and can be switched off altogether (WCAG 2.1.4).
 */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const kept = 'threeloops.keys';

export const keysOn = ref(localStorage.getItem(kept) !== 'off');

export const switchKeys = (on: boolean): void => {
  keysOn.value = on;
  localStorage.setItem(kept, on ? 'on' : 'off');
};

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** `KeyJ`, or `Shift+KeyJ`. */
const nameOf = (event: KeyboardEvent): string => `${event.shiftKey ? 'Shift+' : ''}${event.code}`;

export const useKeys = (keys: Keys): void => {
  const pressed = (event: KeyboardEvent): void => {
    if (!keysOn.value || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (writes(event.target) || document.querySelector('dialog[open]')) return;
    const action = keys[nameOf(event)];
    if (!action) return;
    // A button that has the focus answers Enter and Space itself.
    if ((event.code === 'Enter' || event.code === 'Space') && event.target instanceof HTMLElement && ['BUTTON', 'A', 'SUMMARY'].includes(event.target.tagName)) return;
    event.preventDefault();
    action(event);
  };
  window.addEventListener('keydown', pressed);
  onScopeDispose(() => window.removeEventListener('keydown', pressed));
};
