import { createApp } from 'vue';
import '../shared/tokens.css';
import './phone.css';
import App from './app.vue';

createApp(App).mount('#app');
