export { judge } from './sensor.js';
export type { Reading, Sensor } from './sensor.js';
