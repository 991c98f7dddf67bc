import { createRouter, createWebHistory } from 'vue-router';

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', redirect: '/desk' },
    { path: '/desk', name: 'desk', component: () => import('./queue/desk-page.vue') },
    { path: '/incidents/:id', name: 'incident', component: () => import('./queue/desk-page.vue') },
    { path: '/incidents/:id/replay', name: 'replay', component: () => import('./replay/replay-page.vue') },
    { path: '/district', name: 'district', component: () => import('./district/board-page.vue') },
    { path: '/figures', name: 'figures', component: () => import('./figures/figures-page.vue') },
    { path: '/evidence', name: 'evidence', meta: { presentOnly: true }, component: () => import('./evidence/evidence-page.vue') },
    { path: '/admin', name: 'admin', meta: { presentOnly: true }, component: () => import('./admin/admin-page.vue') },
    { path: '/:rest(.*)*', redirect: '/desk' },
  ],
});
