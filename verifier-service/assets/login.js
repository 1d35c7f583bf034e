// Asks how far the login is, with this browser's own cookie, and goes on when the wallet has answered.
const login = document.getElementById('login')
const news = document.getElementById('state')
const other = document.querySelector('details.other')
const phone = matchMedia('(max-width: 40rem)')
if (other && phone.matches) other.open = false

const look = async () => {
  let state = 'waiting'
  try {
    const answer = await fetch(login.dataset.stateUrl, { headers: { accept: 'application/json' } })
    if (answer.ok) state = (await answer.json()).state
  } catch {
    // No network for a moment: ask again.
  }
  if (state === 'done') return location.replace(login.dataset.finishUrl)
  if (state === 'refused' || state === 'expired') return location.reload()
  if (state === 'scanned') news.textContent = news.dataset.scanned
  if (state === 'elsewhere') news.textContent = news.dataset.elsewhere
  setTimeout(look, 1000)
}
look()
