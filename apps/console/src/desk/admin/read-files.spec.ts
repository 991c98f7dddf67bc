import { describe, expect, it } from '@jest/globals';
import { missingIn, readChosen, textOf } from './read-files.js';

describe('the files of a new version', () => {
  it('are read as UTF-8, as UTF-16 with its mark, and as GB 18030', () => {
    expect(textOf(new TextEncoder().encode('街道'))).toBe('街道');
    expect(textOf(new Uint8Array([0xff, 0xfe, 0x57, 0x88, 0x53, 0x90]))).toBe('街道');
    expect(textOf(new Uint8Array([0xbd, 0xd6, 0xb5, 0xc0]))).toBe('街道');
  });

  it('are found by name among all that was chosen, and what is missing is named', async () => {
    const files = await readChosen([new File(['code'], 'Places.txt'), new File(['x'], 'README.md'), new File(['x'], 'users.csv'), new File(['{}'], 'city.json')]);
    expect(files.map(({ name }) => name)).toEqual(['Places.txt', 'city.json']);
    expect(missingIn(files)).toEqual(['units.csv', 'catalogue.csv', 'duties.csv', 'policy.json', 'calendar.json']);
  });
});
