import { VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import '../shared/tokens.css';
import './desk.css';
import './kit.css';
import './narrow.css';
import App from './app.vue';
import { keepPast } from './past/address.js';
import { queryClient } from './query-client.js';
import { router } from './router.js';

keepPast(router);
createApp(App).use(router).use(VueQueryPlugin, { queryClient }).mount('#app');
