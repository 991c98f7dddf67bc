/** A city's files are larger than any other body that is read as JSON, so they come under a name of their own. */
export const referenceType = 'application/vnd.threeloops.reference+json';

/** Bytes of all files of a city together. */
export const referenceBytesMax = 16 * 1024 * 1024;
