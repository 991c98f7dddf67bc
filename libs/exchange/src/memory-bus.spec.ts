import { busContract } from '#testing';
import { MemoryBus } from './memory-bus.js';

busContract('the bus in memory', async () => {
  const bus = new MemoryBus();
  return {
    publisher: () => bus.publisher(),
    consumer: (group) => bus.consumer(group),
    createTopic: (topic, partitions) => Promise.resolve(bus.createTopic(topic, partitions)),
    close: () => Promise.resolve(),
  };
});
