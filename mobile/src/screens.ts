// Every screen by its name.
import type { Component } from 'svelte'
import type { Screen } from './navigate.svelte'
import About from './screens/About.svelte'
import Answer from './screens/Answer.svelte'
import Backup from './screens/Backup.svelte'
import Before from './screens/Before.svelte'
import Card from './screens/Card.svelte'
import Cards from './screens/Cards.svelte'
import ChangePin from './screens/ChangePin.svelte'
import Choose from './screens/Choose.svelte'
import ChoosePin from './screens/ChoosePin.svelte'
import Consent from './screens/Consent.svelte'
import Erase from './screens/Erase.svelte'
import Feedback from './screens/Feedback.svelte'
import Forgot from './screens/Forgot.svelte'
import Help from './screens/Help.svelte'
import History from './screens/History.svelte'
import Language from './screens/Language.svelte'
import Looking from './screens/Looking.svelte'
import Move from './screens/Move.svelte'
import MoveIn from './screens/MoveIn.svelte'
import MoveOut from './screens/MoveOut.svelte'
import Offer from './screens/Offer.svelte'
import Owner from './screens/Owner.svelte'
import Problem from './screens/Problem.svelte'
import Ready from './screens/Ready.svelte'
import Receipt from './screens/Receipt.svelte'
import Received from './screens/Received.svelte'
import Restore from './screens/Restore.svelte'
import Scan from './screens/Scan.svelte'
import Settings from './screens/Settings.svelte'
import Shared from './screens/Shared.svelte'
import ShowCode from './screens/ShowCode.svelte'
import SignIn from './screens/SignIn.svelte'
import TooMuch from './screens/TooMuch.svelte'
import Unlock from './screens/Unlock.svelte'
import WebPage from './screens/WebPage.svelte'

/** A screen takes what the stack says of it. */
type Screens = { [N in Screen['name']]: Component<Omit<Extract<Screen, { name: N }>, 'name'>> }

export const SCREENS: Screens = {
  language: Language,
  about: About,
  choose_pin: ChoosePin,
  ready: Ready,
  before: Before,
  unlock: Unlock,
  forgot: Forgot,
  cards: Cards,
  card: Card,
  scan: Scan,
  looking: Looking,
  page: WebPage,
  offer: Offer,
  sign_in: SignIn,
  received: Received,
  consent: Consent,
  too_much: TooMuch,
  shared: Shared,
  answer: Answer,
  show_code: ShowCode,
  history: History,
  receipt: Receipt,
  settings: Settings,
  choose: Choose,
  change_pin: ChangePin,
  owner: Owner,
  backup: Backup,
  restore: Restore,
  move: Move,
  move_in: MoveIn,
  move_out: MoveOut,
  erase: Erase,
  help: Help,
  feedback: Feedback,
  problem: Problem,
}
