interface Factory {
  createPolicy(name: 'default', rules: { createHTML(markup: string): string | null }): unknown;
}

/** The map asks the browser once, by this markup, whether it can draw; no other text becomes markup anywhere in the desk. */
const harmless = '<svg/>';

(globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('default', { createHTML: (markup) => (markup === harmless ? markup : null) });
