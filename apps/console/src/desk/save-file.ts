import { problemIn } from '../shared/problem.js';

/** Saves what the engine answers as a file. Fails with a `Problem`, which a plain link would save as if it were the file. */
export const saveFile = async (address: string, name: string): Promise<void> => {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) throw await problemIn(response);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
};
