import { ref } from 'vue';

export type Screen = 'tasks' | 'report' | 'incident' | 'order' | 'day';
const screens: readonly string[] = ['tasks', 'report', 'incident', 'order', 'day'] satisfies readonly Screen[];

export interface Route {
  readonly screen: Screen;
  readonly id: string;
}

const read = (): Route => {
  const [screen = '', id = ''] = location.hash.replace(/^#\/?/, '').split('/');
  return { screen: screens.includes(screen) ? (screen as Screen) : 'tasks', id };
};

/** Where we are. It stands behind the # of the address, so that one kept page serves every screen. */
export const route = ref<Route>(read());

const hashOf = ({ screen, id }: Route): string => `#/${screen}${id === '' ? '' : `/${id}`}`;

let depth = 0;

addEventListener('hashchange', () => {
  route.value = read();
  scrollTo(0, 0);
});

export const go = (screen: Screen, id = ''): void => {
  depth += 1;
  location.hash = hashOf({ screen, id });
};

/** Instead of where we are, which is not to be come back to. */
export const goInstead = (screen: Screen, id = ''): void => {
  history.replaceState(null, '', hashOf({ screen, id }));
  route.value = read();
  scrollTo(0, 0);
};

export const goBack = (): void => {
  if (depth > 0) {
    depth -= 1;
    history.back();
  } else goInstead('tasks');
};
