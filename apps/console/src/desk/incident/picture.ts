import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, onScopeDispose } from 'vue';
import type { Ref } from 'vue';
import { api, asked } from '../../shared/api.js';
import type { Shapes } from '../../shared/api.js';
import { live } from '../../shared/stream.js';

export type Picture = Shapes['IncidentPicture'];
export type Fact = Shapes['Fact'];
export type Clock = Shapes['Deadline'];
export type Action = Shapes['Action'];

/** 案件全貌 One incident with its clocks, its history and what the caller may do now; asked again when a fact tells of it. */
export const usePicture = (id: Ref<string | null>) => {
  const client = useQueryClient();
  // The position of the newest fact heard of, so that no answer is older than the stream.
  let heard = 0;
  const headers = () => (heard === 0 ? {} : { header: { 'x-wait-for-position': heard } });

  const query = useQuery({
    queryKey: computed(() => ['incident', id.value]),
    enabled: computed(() => id.value !== null),
    queryFn: async ({ queryKey }) => {
      const path = { id: queryKey[1] as string };
      const [picture, facts] = await Promise.all([asked(api.GET('/api/incidents/{id}', { params: { path, ...headers() } })), asked(api.GET('/api/incidents/{id}/timeline', { params: { path, ...headers() } }))]);
      return { picture, facts: facts.items };
    },
  });

  const leave = live.follow({
    fact: ({ incidentId, position }) => {
      heard = position;
      void client.invalidateQueries({ queryKey: ['incident', incidentId] });
    },
    resync: () => {
      heard = 0;
      void client.invalidateQueries({ queryKey: ['incident'] });
    },
  });
  onScopeDispose(leave);

  /** What was just written is read: nothing is shown as done before the views hold it. */
  const caughtUp = async (incidentId: string, position: number): Promise<void> => {
    heard = Math.max(heard, position);
    await client.invalidateQueries({ queryKey: ['incident', incidentId] });
  };

  return { ...query, caughtUp };
};
