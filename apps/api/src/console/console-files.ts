import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.webp': 'image/webp',
  '.json': 'application/json; charset=utf-8', '.webmanifest': 'application/manifest+json; charset=utf-8', '.woff2': 'font/woff2',
};

interface ConsoleFile {
  readonly type: string;
  readonly tag: string;
  readonly bytes: Buffer;
  /** The same, compressed when the console was built; null where that saves nothing. */
  readonly gzip: Buffer | null;
}

/**
 * 页面文件 The built console, read once and kept in memory: what is not in the folder when the engine starts is not served, so no address can
 * reach any other file.
 */
export class ConsoleFiles {
  private constructor(private readonly files: ReadonlyMap<string, ConsoleFile>) {}

  /** A folder that is not there holds nothing: then the engine has no console, and says so on its pages. */
  static async of(folder: string): Promise<ConsoleFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = new Map<string, ConsoleFile>();
    for (const entry of entries) {
      const type = types[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const gzip = await readFile(`${path}.gz`).catch(() => null);
      const name = path.slice(join(folder, '/').length).replaceAll('\\', '/');
      files.set(name, { type, bytes, gzip, tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` });
    }
    return new ConsoleFiles(files);
  }

  find(name: string): ConsoleFile | null {
    return this.files.get(name) ?? null;
  }
}
