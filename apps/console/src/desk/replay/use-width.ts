import { onBeforeUnmount, onMounted, ref, useTemplateRef } from 'vue';

/** The width of the element that the template calls `frame`, as it changes. */
export const useElementSize = () => {
  const width = ref(900);
  const frame = useTemplateRef<HTMLElement>('frame');
  const observer = new ResizeObserver(([entry]) => {
    if (entry) width.value = entry.contentRect.width;
  });
  onMounted(() => frame.value && observer.observe(frame.value));
  onBeforeUnmount(() => observer.disconnect());
  return { width, frame };
};
