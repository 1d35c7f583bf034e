// The app begins.
import { mount } from 'svelte'
import '../../crates/service-kit/assets/symbolon.css'
import './app.css'
import App from './App.svelte'

const target = document.getElementById('app')
if (target) mount(App, { target })
