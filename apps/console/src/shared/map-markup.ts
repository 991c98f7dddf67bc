const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown } }).trustedTypes;

/**
 * The map library asks once, as it is loaded, whether the browser draws vectors, with these words as markup. The content security policy
 * allows no markup made from text; this one question is excepted, and nothing else becomes markup.
 */
factory?.createPolicy('default', { createHTML: (text) => (text === '<svg/>' ? text : null) });
