import { describe, expect, it } from '@jest/globals';
import { ServerClock } from './clock.js';

describe('the clock of the engine, as a device knows it', () => {
  const noon = Date.parse('2026-11-23T04:00:00.000Z');
  const started = (wallMs: number) => {
    const device = { wallMs, steadyMs: 5_000 };
    return { device, clock: new ServerClock(() => device.wallMs, () => device.steadyMs) };
  };

  it('is the device\'s own until the engine has said the time', () => {
    expect(started(noon).clock.now()).toBe(noon);
  });

  it('is right within half the way there and back, on a device that is seven minutes off', () => {
    const { device, clock } = started(noon - 420_000);
    device.steadyMs += 300;
    clock.heard(new Date(noon + 150).toISOString(), 5_000);
    expect(clock.now()).toBe(noon + 300);
    device.steadyMs += 60_000;
    expect(clock.now()).toBe(noon + 60_300);
  });

  it('does not move when somebody sets the device\'s clock', () => {
    const { device, clock } = started(noon);
    clock.heard(new Date(noon).toISOString(), 5_000);
    device.wallMs += 420_000;
    expect(clock.now()).toBe(noon);
  });

  it('believes the answer with the shortest way, until that is a minute old', () => {
    const { device, clock } = started(noon);
    clock.heard(new Date(noon).toISOString(), 5_000);
    device.steadyMs += 4_000;
    clock.heard(new Date(noon + 9_000).toISOString(), 5_000);
    expect(clock.now()).toBe(noon + 4_000);
    device.steadyMs += 61_000;
    clock.heard(new Date(noon + 70_000).toISOString(), device.steadyMs - 200);
    expect(clock.now()).toBe(noon + 70_100);
  });

  it('learns nothing from what is no time', () => {
    const { clock } = started(noon);
    clock.heard('soon', 4_000);
    expect(clock.now()).toBe(noon);
  });
});
