import { createRouter, createWebHistory } from 'vue-router';

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', redirect: '/desk' },
    { path: '/desk', name: 'desk', component: () => import('./queue/desk-page.vue') },
    { path: '/:rest(.*)*', redirect: '/desk' },
  ],
});
