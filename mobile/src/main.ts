// The app begins.
import { mount } from 'svelte'
import '../../crates/service-kit/assets/symbolon.css'
import './app.css'
import App from './App.svelte'
import CameBack from './CameBack.svelte'
import { passOn } from './ipc'

const target = document.getElementById('app')
if (target) mount(passOn() ? CameBack : App, { target })
