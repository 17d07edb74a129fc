import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/layout.css';
import './gallery.css';
import { mount } from 'svelte';
import Gallery from './Gallery.svelte';

const theme = new URLSearchParams(location.search).get('theme');
if (theme !== null) document.documentElement.dataset['theme'] = theme;
mount(Gallery, { target: document.body });
