import { VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import '../shared/tokens.css';
import './desk.css';
import './kit.css';
import './narrow.css';
import App from './app.vue';
import { queryOptions } from './query-options.js';
import { router } from './router.js';

createApp(App).use(router).use(VueQueryPlugin, queryOptions).mount('#app');
