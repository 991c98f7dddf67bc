import { ref, watchEffect } from 'vue';

export const sizes = ['standard', 'large', 'largest'] as const;
export type Size = (typeof sizes)[number];

const kept = 'threeloops.phone-settings';

const read = (): { size: Size; bright: boolean } => {
  try {
    const { size, bright } = JSON.parse(localStorage.getItem(kept) ?? '{}') as { size?: Size; bright?: boolean };
    return { size: size !== undefined && sizes.includes(size) ? size : 'standard', bright: bright === true };
  } catch {
    return { size: 'standard', bright: false };
  }
};

const before = read();
export const size = ref<Size>(before.size);
/** 强光模式 Black on white and darker colours, 7:1 and more. */
export const bright = ref(before.bright);

watchEffect(() => {
  document.documentElement.dataset['size'] = size.value;
  document.documentElement.dataset['bright'] = String(bright.value);
  try {
    localStorage.setItem(kept, JSON.stringify({ size: size.value, bright: bright.value }));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
});
