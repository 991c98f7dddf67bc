export { cleanPhoto, photoBytesMax } from './clean-photo.js';
export { FolderPhotoStore } from './folder-photo-store.js';
export { MemoryPhotoStore } from './memory-photo-store.js';
export { PhotoShelf } from './photo-shelf.js';
export type { KeptPhoto } from './photo-shelf.js';
export type { PhotoStore } from './photo-store.js';
