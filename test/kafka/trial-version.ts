import { kafkaVersions } from './broker/jars.js';
import type { KafkaVersion } from './broker/jars.js';

const isVersion = (text: string): text is KafkaVersion => (kafkaVersions as readonly string[]).includes(text);
const wanted = process.env['KAFKA_TRIAL_VERSION'] ?? kafkaVersions[0];
if (!isVersion(wanted)) throw new Error(`there are trials of Kafka ${kafkaVersions.join(' and ')}, not of "${wanted}"`);

/** Which Kafka the trials of this run start. */
export const trialVersion: KafkaVersion = wanted;
