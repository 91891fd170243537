/** The marking page: one answer at a time, kept in this browser, saved as a file. */
const by = id => document.getElementById(id)
const data = JSON.parse(by('data').textContent)
const columns = ['number', 'exercise', 'part', 'points', 'remark', 'marker', 'when', 'answer']
const state = { place: 0, shown: [], asked: [], marks: {} }

/** Name of an answer: whose, which, and what stood there. */
const key = item => [item.number, item.exercise, item.part, item.answer].join('/')
const marker = () => by('marker').value.trim()
const storage = () => `adam-course-marks/${data.class}/${marker()}`
const question = item => data.parts[item.exercise][item.part]
const mine = item => state.marks[key(item)]
const marked = item => mine(item)?.points !== undefined
const done = item => marked(item) || item.done.includes(marker())
const unsaved = () => data.items.filter(item => marked(item) && !mine(item).saved).length
const current = () => state.shown[state.place]

/** Read the marker's own marks from the browser. */
const load = () => {
  state.marks = {}
  try {
    if (marker()) localStorage.setItem(`adam-course-marker/${data.class}`, marker())
    const found = JSON.parse(localStorage.getItem(storage()) ?? '{}')
    state.marks = found && typeof found === 'object' && !Array.isArray(found) ? found : {}
  } catch {
    warn()
  }
}

/** Keep the marks in the browser, or say that it does not work. */
const keep = () => {
  try {
    localStorage.setItem(storage(), JSON.stringify(state.marks))
  } catch {
    warn()
  }
}

const warn = () => {
  by('warning').textContent =
    'This browser keeps nothing for this page: save your marks as a file before you close it.'
}

/** Choose the answers that the selects ask for; stay at one that is among them. */
const choose = stay => {
  const [exercise, part] = by('part').value.split('/')
  const asked = data.items.filter(
    item => !exercise || (item.exercise === exercise && item.part === part),
  )
  const wanted = { left: item => !done(item), apart: item => item.apart, all: () => true }
  const fits = wanted[by('show').value]
  state.shown = asked.filter(item => item === stay || fits(item))
  state.place = Math.max(0, state.shown.indexOf(stay))
  state.asked = asked
  draw()
}

/** Draw the answer at hand, and how many are left. */
const draw = () => {
  const { asked, shown, place } = state
  const finished = asked.filter(done).length
  by('left').textContent =
    `${finished} of ${asked.length} marked, ${asked.length - finished} left` +
    (unsaved() ? ` · ${unsaved()} not yet saved as a file` : '')
  by('bar').style.width = `${asked.length ? (100 * finished) / asked.length : 0}%`
  const item = current()
  by('work').hidden = !item || !marker()
  by('nothing').hidden = Boolean(item) && Boolean(marker())
  by('nothing').textContent = marker()
    ? 'Nothing is left here. Save your marks as a file, and choose another question.'
    : 'Write your name above to begin: it goes with each of your marks, and no learner sees it.'
  if (!item || !marker()) return
  const asks = question(item)
  by('whose').textContent = `Learner ${item.number} · ${asks.title}`
  by('note').textContent = [
    `${data.titles[item.exercise]} · answer ${place + 1} of ${shown.length}`,
    ...(asks.counts === asks.points ? [] : [`${asks.points} by the rubric count ${asks.counts} here`]),
    ...(item.again ? ['the learner has changed it since it was marked'] : []),
    ...(item.apart ? ['two markers differ by more than a point'] : []),
    ...(mine(item)?.remark && !marked(item) ? ['a remark is saved only with points'] : []),
    ...(item.done.includes(marker()) && !marked(item) ? ['you have marked it, and it is merged'] : []),
  ].join(' · ')
  by('text').textContent = item.text
  by('text').className = asks.code ? 'code' : ''
  by('sample').textContent = asks.sample
  by('sample').className = asks.code ? 'code' : ''
  by('question').textContent = asks.question
  const others = data.items.filter(
    other => other !== item && other.number === item.number && other.exercise === item.exercise,
  )
  by('beside').hidden = !others.length
  by('others').replaceChildren(
    ...others.flatMap(other => [element('h3', question(other).title), element('p', other.text)]),
  )
  by('rubric').replaceChildren(...asks.rubric.map(text => element('li', text)))
  by('rubric').dataset.steps = asks.rubric.length
  const legend = by('points').querySelector('legend')
  by('points').replaceChildren(legend, ...Array.from({ length: asks.points + 1 }, (_, n) => button(item, n)))
  by('remark').value = mine(item)?.remark ?? ''
  by('previous').disabled = place === 0
  by('next').disabled = place === shown.length - 1
  by('without').disabled = !marked(item)
}

const element = (name, text) => Object.assign(document.createElement(name), { textContent: text })

/** A button that gives so many points. */
const button = (item, points) => {
  const made = element('button', String(points))
  made.type = 'button'
  made.setAttribute('aria-pressed', String(mine(item)?.points === points))
  made.setAttribute('aria-label', `${points} of ${question(item).points} points`)
  made.addEventListener('click', () => give(points))
  return made
}

/** Change the marker's own mark of an answer. */
const change = (item, changes) => {
  const when = new Date().toISOString()
  state.marks[key(item)] = { ...mine(item), ...changes, when, saved: false }
  keep()
}

/** Give points, and go on to the next answer. */
const give = points => {
  const item = current()
  if (!item || !marker() || points > question(item).points) return
  change(item, { points })
  if (state.place < state.shown.length - 1) move(1)
  else draw()
}

/** Go to an answer before or behind this one. */
const move = by_ => {
  const place = state.place + by_
  if (place < 0 || place >= state.shown.length) return
  state.place = place
  draw()
  by('whose').focus({ preventScroll: true })
  by('whose').scrollIntoView({ block: 'nearest' })
}

/** A field of a CSV file; a spreadsheet takes none for a formula. */
const field = value => {
  const text = String(value)
  return `"${(/^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
}

/** The marker's marks as the text of a CSV file. */
const table = () => {
  const rows = data.items.filter(marked).map(item => {
    const line = { ...item, remark: '', ...mine(item), marker: marker() }
    return columns.map(name => field(line[name])).join(',')
  })
  return [columns.join(','), ...rows, ''].join('\n')
}

/** Save the marks as a file. */
const save = () => {
  if (!marker()) return
  const link = element('a', '')
  link.href = URL.createObjectURL(new Blob([table()], { type: 'text/csv' }))
  link.download = `marks-${marker().replace(/[^\p{L}\p{N}]+/gu, ' ').trim().replaceAll(' ', '_')}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  for (const item of data.items.filter(marked)) mine(item).saved = true
  keep()
  draw()
}

const seen = new Set()
by('part').append(Object.assign(element('option', 'all'), { value: '' }))
for (const item of data.items) {
  const value = `${item.exercise}/${item.part}`
  if (seen.has(value)) continue
  seen.add(value)
  const words = `${data.titles[item.exercise]}: ${question(item).title}`
  by('part').append(Object.assign(element('option', words), { value }))
}
try {
  by('marker').value = localStorage.getItem(`adam-course-marker/${data.class}`) ?? ''
} catch {
  warn()
}

by('marker').addEventListener('change', () => (load(), choose()))
by('part').addEventListener('change', () => choose())
by('show').addEventListener('change', () => choose())
by('previous').addEventListener('click', () => move(-1))
by('next').addEventListener('click', () => move(1))
by('save').addEventListener('click', save)
by('remark').addEventListener('input', event => change(current(), { remark: event.target.value }))
by('without').addEventListener('click', () => {
  delete state.marks[key(current())]
  keep()
  draw()
})

const keys = {
  n: () => move(1),
  ArrowRight: () => move(1),
  p: () => move(-1),
  ArrowLeft: () => move(-1),
  r: () => by('remark').focus(),
  s: save,
}
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape' && event.target === by('remark')) return by('whose').focus()
  if (event.target.matches('input, select, textarea')) return
  if (/^\d$/.test(event.key)) give(Number(event.key))
  else if (keys[event.key]) keys[event.key]()
  else return
  event.preventDefault()
})
addEventListener('beforeunload', event => {
  if (by('warning').textContent && unsaved()) event.preventDefault()
})
load()
choose()
