import { computed, ref, shallowRef } from 'vue';
import type { Point } from './ground.js';

export type HereState = 'idle' | 'asking' | 'known' | 'denied' | 'failed' | 'insecure';

const askMsMax = 12_000;

/** 本机位置 Where the phone is, WGS-84, as far as it tells. */
export const here = shallowRef<(Point & { readonly accuracyMetres: number }) | null>(null);
export const hereState = ref<HereState>('idle');
/** Further off than this, the position is only a hint. */
const accuracyHintMetres = 100;
export const inaccurate = computed(() => here.value !== null && here.value.accuracyMetres > accuracyHintMetres);

const told = ({ coords: { longitude, latitude, accuracy } }: GeolocationPosition): void => {
  here.value = { longitude, latitude, accuracyMetres: Math.round(accuracy) };
  hereState.value = 'known';
};

const failed = ({ code }: GeolocationPositionError): void => {
  hereState.value = here.value ? 'known' : code === 1 ? 'denied' : 'failed';
};

/** Asks once. A person who has said no is not asked again by us: the browser answers for them, and nothing waits for it. */
export const findHere = (): void => {
  if (!isSecureContext || !('geolocation' in navigator)) {
    hereState.value = 'insecure';
    return;
  }
  if (hereState.value === 'asking') return;
  if (!here.value) hereState.value = 'asking';
  navigator.geolocation.getCurrentPosition(told, failed, { enableHighAccuracy: true, timeout: askMsMax, maximumAge: 15_000 });
};

/** For distances in the list: only where the person has agreed already, so that opening the page asks nothing. */
export const findHereQuietly = async (): Promise<void> => {
  const permission = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
  if (permission?.state === 'granted') findHere();
};
