import { createApp } from 'vue';
import '../shared/tokens.css';
import App from './app.vue';

createApp(App).mount('#app');
