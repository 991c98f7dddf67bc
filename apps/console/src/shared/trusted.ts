interface TrustedPolicy {
  createScriptURL(url: string): string;
}

const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): TrustedPolicy } }).trustedTypes;

const own = (url: string): string => {
  if (!/^\/(assets\/)?[\w-]+\.js$/.test(url)) throw new Error(`Not a worker of the console: ${url}`);
  return url;
};

const policy = factory?.createPolicy('threeloops-workers', { createScriptURL: own }) ?? { createScriptURL: own };

/** The address of a worker of our own, as the content security policy wants it said. */
export const workerUrl = (path: string): string => policy.createScriptURL(path);
